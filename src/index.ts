export * from './core/errors.js';
export {
  type BulkOptions,
  type BulkResult,
  type CreatedKeys,
  createLicenseKeys,
  memoryKeys,
  type Outcome,
  type Stored,
} from './core/license/bulk-create.js';
export type { BulkRequest, FieldErrors, LicenseStatus } from './core/license/bulk-request.js';
export {
  type Envelope,
  formatEnvelope,
  type SignOptions,
  signResponse,
  signToText,
  stampPayload,
} from './core/sign/envelope.js';
export type { JsonStyle } from './core/sign/json-spelling.js';
export type { JsonObject, JsonValue } from './core/sign/json-text.js';
export { generateKeyPair, type KeyPairOptions } from './core/sign/key-pair.js';
export {
  type Keyring,
  type KeyringKey,
  type KeyStatus,
  loadKeyring,
  type Role,
} from './core/sign/keyring.js';
export {
  addKey,
  compromiseKey,
  formatKeyring,
  type KeyTerms,
  retireKey,
} from './core/sign/keyring-changes.js';
export { readKeyring } from './core/sign/mistaken-key.js';
export { newNonce } from './core/sign/nonce.js';
export type { Policy } from './core/sign/policy.js';
export { type PrivateKey, parsePrivateKey, privateKeyFromSeed } from './core/sign/private-key.js';
export type { Algorithm, PublicKey } from './core/sign/public-key.js';
export { ed25519Signer, rsaSigner, type Signer } from './core/sign/signer.js';
export { fingerprint, parsePublicKey, publicKeyPem } from './core/sign/spki.js';
export {
  type Reason,
  type Refused,
  type Verdict,
  type Verified,
  verifyResponse,
} from './core/sign/verify.js';
