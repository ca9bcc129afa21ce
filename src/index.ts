export { type DedupeOptions, type DedupeTally, type Duplicate, dedupe } from './core/dedupe/dedupe.js';
export type { KeySpans } from './core/dedupe/key-spans.js';
export { KnownKeys, type KnownKeysOptions } from './core/dedupe/known-keys.js';
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
export { type GenerateOptions, generateKey, generateKeys, keyBlocks } from './core/generate/generate.js';
export { blockKeys, type KeyBlock } from './core/generate/key-block.js';
export type { BatchTally } from './core/generate/key-draw.js';
export { type BatchPlan, type PlanOptions, planBatch } from './core/generate/plan.js';
export { type RandomSource, systemRandom } from './core/generate/random-source.js';
export { seededRandom } from './core/generate/seeded-random.js';
export type { RankRange, Shard } from './core/generate/shard.js';
export { UsedCapacity } from './core/generate/used-capacity.js';
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
