import { KnownKeys } from '../dedupe/known-keys.js';
import { KeywrightError } from '../errors.js';
import type { KeyFormat } from '../format/key-format.js';
import { parseFormat } from '../format/parse-format.js';
import type { RandomSource } from '../random/random-source.js';
import { FragmentFilter } from './fragment-filter.js';
import { blockToStrings, type KeyBlock } from './key-block.js';
import { type BatchTally, type DrawSources, KeyDraw } from './key-draw.js';
import { type BatchPlan, planBatch, withUsed } from './plan.js';
import type { Shard } from './shard.js';
import { UsedCapacity } from './used-capacity.js';

/** What a batch depends on beside format and count. */
export interface GenerateOptions {
  /** Where keys are drawn from. Default `systemRandom()`. */
  readonly random?: RandomSource | undefined;
  /** The time for `uuidv7`, which needs it; other formats ignore it. */
  readonly now?: Date | undefined;
  /**
   * Keys issued before, which no new key may repeat in any spelling. Given as {@link KnownKeys}, the new keys
   * are added to them, so that the next batch is held against this one; what they use of the capacity is then
   * the caller's to count (see {@link UsedCapacity}).
   */
  readonly against?: Iterable<string> | KnownKeys | undefined;
  /** Draw only from this shard's ranks. */
  readonly shard?: Shard | undefined;
  /** Fragments that no key may contain, whatever its grouping and case, nor spelled with look-alikes, as 5EX. */
  readonly reject?: Iterable<string> | undefined;
  /** Compare texts as they are, not their canonical forms. */
  readonly exact?: boolean | undefined;
}

/**
 * `count` new keys, different from each other and from all of `against`, in blocks of up to 4,096. Bytes all
 * the way; the bytes of a block are valid until the next one is asked for. The generator returns the tally.
 *
 * @throws {KeywrightError} at the call: `infeasible`, `ambiguous_case`, `invalid_option`, `not_a_key` (in
 * `against`), `unsupported`; while drawing: `exhausted` after a million rejected candidates in a row.
 * @example
 * for (const block of generateBlocks(parseFormat('lukittu'), 100_000)) {
 *   stream.write(block.bytes.subarray(0, block.count * block.stride)); // a key a line
 * }
 */
export function generateBlocks(
  format: KeyFormat,
  count: number,
  options: GenerateOptions = {},
): Generator<KeyBlock, BatchTally, void> {
  const { random, now, shard, exact } = options;
  const filter = options.reject === undefined ? undefined : new FragmentFilter(options.reject);
  // What can never be is refused before lists of any length are read.
  const plan = planBatch(format, count, { shard, exact, accepted: filter?.acceptedShare(format) });
  refuseTimeless(plan, now);
  return drawBlocks(plan, { random, now, filter, against: knownKeys(plan, options) });
}

/** What a planned batch is drawn with. */
export interface DrawOptions extends DrawSources {
  readonly filter?: FragmentFilter | undefined;
  /** Compares as the plan does. Without it keys are held against each other alone. */
  readonly against?: KnownKeys | undefined;
}

/**
 * The keys of a batch that is planned, as {@link generateBlocks} draws them.
 *
 * @throws {KeywrightError} at the call: `invalid_option`, `unsupported`; while drawing: `exhausted`.
 */
export function drawBlocks(plan: BatchPlan, options: DrawOptions): Generator<KeyBlock, BatchTally, void> {
  const { random, now, filter, against } = options;
  refuseTimeless(plan, now);
  return blocksOf(new KeyDraw(plan, { random, now }, against ?? ownKeys(plan, random), filter, !against));
}

function refuseTimeless({ format }: BatchPlan, now: Date | undefined): void {
  if (!format.hasTime || now !== undefined) return;
  throw new KeywrightError('invalid_option', 'uuidv7 keys begin with the time: pass now', { option: 'now' });
}

/** For keys that are held against each other alone; one needs nothing. */
function ownKeys({ count, exact }: BatchPlan, random: RandomSource | undefined): KnownKeys | undefined {
  if (count === 1) return undefined;
  return new KnownKeys({ exact, expected: count, random: random?.fork?.('fingerprints') });
}

function knownKeys(plan: BatchPlan, { against, random }: GenerateOptions): KnownKeys | undefined {
  const { format, count, shard, exact } = plan;
  if (against === undefined) return undefined;
  if (against instanceof KnownKeys) {
    if (against.exact === exact) return against;
    const message = 'known keys and batch must compare alike: both exact or neither';
    throw new KeywrightError('invalid_option', message, { option: 'exact' });
  }
  if (typeof against === 'string') {
    throw new KeywrightError('invalid_option', 'against is a list of keys: put a single one in brackets', {
      option: 'against',
    });
  }
  const used = new UsedCapacity(format, shard, exact);
  const seeds = random?.fork?.('fingerprints');
  const known = new KnownKeys({ exact, expected: count, random: seeds, onNew: used.note });
  for (const key of against) known.add(key);
  withUsed(plan, used.count);
  return known;
}

function* blocksOf(draw: KeyDraw): Generator<KeyBlock, BatchTally, void> {
  for (let block = draw.next(); block !== undefined; block = draw.next()) yield block;
  return draw.tally;
}

/**
 * `count` new keys as strings. See {@link generateBlocks}, which streams, for options, guarantees and errors.
 *
 * @example
 * generateKeys('XXXX-XXXX', 3, { random: seededRandom('fixture') });
 */
export function generateKeys(
  format: KeyFormat | string,
  count: number,
  options: GenerateOptions = {},
): string[] {
  const keys: string[] = [];
  for (const block of generateBlocks(compiled(format), count, options)) {
    for (const key of blockToStrings(block)) keys.push(key);
  }
  return keys;
}

/**
 * One new key. Nothing but `against` can tell that it is new: for more than one use {@link generateKeys}.
 *
 * @throws {KeywrightError} as {@link generateBlocks}.
 *
 * @example
 * generateKey('lukittu').length; // 29
 */
export function generateKey(format: KeyFormat | string, options: GenerateOptions = {}): string {
  const [key = ''] = generateKeys(format, 1, options);
  return key;
}

function compiled(format: KeyFormat | string): KeyFormat {
  return typeof format === 'string' ? parseFormat(format) : format;
}
