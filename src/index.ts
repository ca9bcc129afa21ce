export {
  type BulkOptions,
  type BulkResult,
  type CreatedKeys,
  createLicenseKeys,
  memoryKeys,
  type Outcome,
  type Stored,
} from './core/bulk-create/bulk-create.js';
export type { BulkRequest, FieldErrors, LicenseStatus } from './core/bulk-create/bulk-request.js';
export { type DedupeOptions, type DedupeTally, type Duplicate, dedupe } from './core/dedupe/dedupe.js';
export type { KeySpans, LineHash } from './core/dedupe/key-spans.js';
export { KnownKeys, type KnownKeysOptions } from './core/dedupe/known-keys.js';
export type { JsonStyle } from './core/encoding/json-spelling.js';
export type { JsonObject, JsonValue } from './core/encoding/json-text.js';
export * from './core/errors.js';
export { ALPHABETS, type Alphabet, parseAlphabet } from './core/format/alphabet.js';
export { canonicalForm } from './core/format/canonical.js';
export {
  collisionOdds,
  expectedCollisions,
  GUESSES_PER_SECOND,
  guessOdds,
  largestSensibleBatch,
  secondsToGuess,
} from './core/format/capacity.js';
export type { KeyFormat, Slot } from './core/format/key-format.js';
export { checkKey, type Fold, type KeyCheck } from './core/format/normalize.js';
export { DEFAULT_FORMAT, type FormatOptions, parseFormat } from './core/format/parse-format.js';
export type { Position } from './core/format/position.js';
export { PRESETS, type Preset } from './core/format/preset.js';
export { type GenerateOptions, generateBlocks, generateKey, generateKeys } from './core/generate/generate.js';
export { blockToStrings, type KeyBlock } from './core/generate/key-block.js';
export type { BatchTally } from './core/generate/key-draw.js';
export { type BatchPlan, type PlanOptions, planBatch } from './core/generate/plan.js';
export type { RankRange, Shard } from './core/generate/shard.js';
export { UsedCapacity } from './core/generate/used-capacity.js';
export {
  applyKeyringUpdate,
  type KeyringState,
  type KeyringUpdate,
  type KeyringUpdateReason,
  type RefusedKeyringUpdate,
} from './core/keyring-update/keyring-update.js';
export {
  endorseKeyringUpdate,
  type KeyringUpdateTerms,
  signKeyringUpdate,
} from './core/keyring-update/sign-keyring-update.js';
export type { License } from './core/license/license.js';
export type { LicensePolicy, TypedLicensePolicy } from './core/license/license-policy.js';
export { type LicenseTerms, type SignLicenseOptions, signLicense } from './core/license/sign-license.js';
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
export { parsePublicKey, parsePublicKeys } from './core/public-keys/public-key-text.js';
export { newNonce } from './core/random/nonce.js';
export { type RandomSource, systemRandom } from './core/random/random-source.js';
export { seededRandom } from './core/random/seeded-random.js';
export type { ListBreach, ListPolicy } from './core/revocations/list-policy.js';
export {
  openRevocations,
  type RefusedRevocations,
  type Revocations,
  type RevocationsPolicy,
  type RevocationsReason,
} from './core/revocations/revocations.js';
export { type LicenseComparison, revokedId } from './core/revocations/revoked-id.js';
export { type RevocationsTerms, signRevocations } from './core/revocations/sign-revocations.js';
export type { Checkpoint } from './core/seal/checkpoint.js';
export type { SealClaims } from './core/seal/seal-claims.js';
export type { SealPolicy } from './core/seal/seal-policy.js';
export { type SealedRows, type SealRow, sealRows } from './core/seal/seal-rows.js';
export { formatClaims } from './core/seal/seal-tree.js';
export { endorseSeal, signSeal } from './core/seal/sign-seal.js';
export {
  type ProofReason,
  type ProofVerdict,
  type ProvenKey,
  type RefusedProof,
  verifySealedKey,
} from './core/seal/verify-sealed-key.js';
export type { KeyPurpose } from './core/sign/artefacts.js';
export {
  type Envelope,
  formatEnvelope,
  type SignOptions,
  signResponse,
  signToText,
  stampPayload,
} from './core/sign/envelope.js';
export { generateKeyPair, type KeyPairOptions } from './core/sign/key-pair.js';
export {
  type Keyring,
  type KeyringKey,
  type KeyStatus,
  parseKeyring,
} from './core/sign/keyring.js';
export {
  addPublicKey,
  compromisePublicKey,
  formatKeyring,
  type KeyTerms,
  removePublicKey,
  retirePublicKey,
} from './core/sign/keyring-changes.js';
export type { VerifyPolicy } from './core/sign/policy.js';
export { type PrivateKey, parsePrivateKey, privateKeyFromSeed } from './core/sign/private-key.js';
export type { Algorithm, PublicKey } from './core/sign/public-key.js';
export type { KeyringRole } from './core/sign/role.js';
export { ed25519Signer, rsaSigner, type Signer } from './core/sign/signer.js';
export { formatPublicKey, thumbprint } from './core/sign/spki.js';
export {
  type Refused,
  type Verdict,
  type Verified,
  type VerifyReason,
  verifyResponse,
} from './core/sign/verify.js';
