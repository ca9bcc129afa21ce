export type { Cause } from './core/explain/cause.js';
export { type Explanation, explainResponse, explainVerdict } from './core/explain/explain.js';
export { parsePublicKeys } from './core/public-keys/public-key-text.js';
export type { VerifyPolicy } from './core/sign/policy.js';
export type { Refused, Verdict, Verified, VerifyReason } from './core/sign/verify.js';
