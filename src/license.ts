export type { JsonObject, JsonValue } from './core/encoding/json-text.js';
export * from './core/errors.js';
export {
  applyKeyringUpdate,
  type KeyringState,
  type KeyringUpdate,
  type KeyringUpdateReason,
  type RefusedKeyringUpdate,
} from './core/keyring-update/keyring-update.js';
export type { License } from './core/license/license.js';
export type { LicensePolicy, TypedLicensePolicy } from './core/license/license-policy.js';
export {
  addEvidence,
  earliestNow,
  effectiveNow,
  type SignedAt,
  type TimeEvidence,
} from './core/license/time-evidence.js';
export {
  type Licensed,
  type LicenseReason,
  type LicenseVerdict,
  type RefusedLicense,
  verifyLicense,
} from './core/license/verify-license.js';
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
export type { KeyPurpose } from './core/sign/artefacts.js';
export {
  type Keyring,
  type KeyringKey,
  type KeyStatus,
  parseKeyring,
} from './core/sign/keyring.js';
export type { Algorithm, PublicKey } from './core/sign/public-key.js';
export type { KeyringRole } from './core/sign/role.js';
