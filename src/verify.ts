export type { JsonObject, JsonValue } from './core/encoding/json-text.js';
export * from './core/errors.js';
export { newNonce } from './core/random/nonce.js';
export type { KeyPurpose } from './core/sign/artefacts.js';
export {
  type Keyring,
  type KeyringKey,
  type KeyStatus,
  parseKeyring,
} from './core/sign/keyring.js';
export type { VerifyPolicy } from './core/sign/policy.js';
export type { Algorithm, PublicKey } from './core/sign/public-key.js';
export type { KeyringRole } from './core/sign/role.js';
export {
  type Refused,
  type Verdict,
  type Verified,
  type VerifyReason,
  verifyResponse,
} from './core/sign/verify.js';
