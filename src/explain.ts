export type { Cause } from './core/sign/cause.js';
export { type Explanation, explainResponse } from './core/sign/explain.js';
export { readKeyring } from './core/sign/mistaken-key.js';
export type { Policy } from './core/sign/policy.js';
export type { Reason, Refused, Verdict, Verified } from './core/sign/verify.js';
