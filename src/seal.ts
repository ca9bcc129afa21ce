export type { JsonObject, JsonValue } from './core/encoding/json-text.js';
export * from './core/errors.js';
export {
  addEvidence,
  earliestNow,
  effectiveNow,
  type SignedAt,
  type TimeEvidence,
} from './core/license/time-evidence.js';
export type { LatestSeen, SeenIssue } from './core/note/latest-seen.js';
export type { ListBreach, ListPolicy } from './core/revocations/list-policy.js';
export {
  openRevocations,
  type RefusedRevocations,
  type Revocations,
  type RevocationsPolicy,
  type RevocationsReason,
} from './core/revocations/revocations.js';
export type { LicenseComparison } from './core/revocations/revoked-id.js';
export type { SealClaims } from './core/seal/seal-claims.js';
export type { SealPolicy } from './core/seal/seal-policy.js';
export {
  type ProofReason,
  type ProofVerdict,
  type ProvenKey,
  type RefusedProof,
  verifySealedKey,
} from './core/seal/verify-sealed-key.js';
export type { KeyPurpose } from './core/sign/artefacts.js';
export {
  type Keyring,
  type KeyringKey,
  type KeyStatus,
  parseKeyring,
} from './core/sign/keyring.js';
export type { Algorithm, PublicKey } from './core/sign/public-key.js';
export type { KeyringRole } from './core/sign/role.js';
