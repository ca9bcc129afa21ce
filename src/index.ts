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
