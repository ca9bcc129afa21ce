export * from './core/errors.js';
export type { JsonObject, JsonValue } from './core/sign/json-text.js';
export {
  type Keyring,
  type KeyringKey,
  type KeyStatus,
  loadKeyring,
  type Role,
} from './core/sign/keyring.js';
export { newNonce } from './core/sign/nonce.js';
export type { Policy } from './core/sign/policy.js';
export type { Algorithm, PublicKey } from './core/sign/public-key.js';
export {
  type Reason,
  type Refused,
  type Verdict,
  type Verified,
  verifyResponse,
} from './core/sign/verify.js';
