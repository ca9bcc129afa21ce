import { KeywrightError } from '../errors.js';
import { expectedCollisions, guessOdds } from '../format/capacity.js';
import type { KeyFormat } from '../format/key-format.js';
import { letterOfBothCases } from '../format/letter-case.js';
import { type RankRange, type Shard, shardRange } from './shard.js';

/** What a batch will be like, before any key is drawn. */
export interface BatchPlan {
  readonly format: KeyFormat;
  readonly count: number;
  /** Undefined: the whole format. */
  readonly shard: Shard | undefined;
  /** Whether texts are compared as they are. */
  readonly exact: boolean;
  /** The share of the keys that no fragment rejects. */
  readonly accepted: number;
  /** The ranks that the batch draws from: the shard's, or all of them. */
  readonly range: RankRange;
  /** How many keys that range holds. */
  readonly available: bigint;
  /** Keys of that range that are known to be issued already. */
  readonly used: number;
  /** Candidates expected to be thrown away because they repeat an earlier one. */
  readonly expectedCollisions: number;
  /** Odds that one guess hits a key of the batch. */
  readonly guessOdds: number;
  /** What a careful issuer would want to hear. */
  readonly warnings: readonly string[];
}

/** What a plan depends on beside format and count. */
export interface PlanOptions {
  readonly shard?: Shard | undefined;
  /** Keys of the shard's range that are issued already. Default 0. */
  readonly used?: number | undefined;
  /** The share of the keys that no fragment rejects: see `FragmentFilter.acceptedShare`. Default 1. */
  readonly accepted?: number | undefined;
  /** Compare texts as they are; without it a format whose keys differ only in case is refused. */
  readonly exact?: boolean | undefined;
}

/**
 * Plans a batch and refuses what cannot be: more than half of the range, which would make keys guessable and
 * the search for fresh ones slow; a format on which canonical form v1 is not injective, unless `exact`.
 *
 * @throws {KeywrightError} `infeasible`, `ambiguous_case`, `invalid_option`.
 * @example
 * planBatch(parseFormat('XXXX-XXXX'), 1_000_000).expectedCollisions; // 0.177…
 */
export function planBatch(format: KeyFormat, count: number, options: PlanOptions = {}): BatchPlan {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new KeywrightError('invalid_option', 'count must be a whole number from 1 on', { option: 'count' });
  }
  const { shard, exact = false, accepted = 1, used = 0 } = options;
  if (!exact) refuseAmbiguousCase(format);
  const range = shardRange(format.capacity, shard);
  const available = range.high - range.low;
  const [odds, warnings] = [guessOdds(count, format.capacity), warningsFor(format)];
  const what = { format, count, shard, exact, accepted };
  return withUsed(
    { ...what, range, available, used: 0, expectedCollisions: 0, guessOdds: odds, warnings },
    used,
  );
}

/**
 * The plan of the same batch, now that so many keys of its range are known to be issued already.
 *
 * @throws {KeywrightError} `infeasible`, `invalid_option`, as {@link planBatch}.
 */
export function withUsed(plan: BatchPlan, used: number): BatchPlan {
  if (!Number.isSafeInteger(used) || used < 0) {
    throw new KeywrightError('invalid_option', 'used is a whole number from 0 on', { option: 'used' });
  }
  const { count, available } = plan;
  refuseCrowded(plan, used);
  const collisions = expectedCollisions(count, available) + (count * used) / Number(available);
  return { ...plan, used, expectedCollisions: collisions };
}

/** The plan of a part of the batch: of so many keys from a shard of its range. */
export function partPlan(plan: BatchPlan, count: number, shard: Shard): BatchPlan {
  const range = shardRange(plan.format.capacity, shard);
  return { ...plan, count, shard, range, available: range.high - range.low };
}

function refuseAmbiguousCase(format: KeyFormat): void {
  const both = letterOfBothCases(format);
  if (both === undefined) return;
  throw new KeywrightError(
    'ambiguous_case',
    `the slots hold both ${both} and ${both.toUpperCase()}, which a typist does not keep apart: choose an alphabet of one case, or compare keys exactly`,
    { symbols: both + both.toUpperCase(), option: 'exact' },
  );
}

function refuseCrowded({ count, available, shard, accepted }: BatchPlan, used: number): void {
  const wanted = BigInt(count) + BigInt(used);
  const left = accepted < 1 ? BigInt(Math.round(Number(available) * accepted)) : available;
  if (wanted * 2n <= left) return;
  const owner = shard === undefined || shard.of === 1 ? 'the format' : `shard ${shard.index}/${shard.of}`;
  const rejected = left < available ? ' without rejected words' : '';
  const issued = used === 0 ? '' : ` beside ${grouped(BigInt(used))} issued already`;
  throw new KeywrightError(
    'infeasible',
    `${grouped(BigInt(count))} keys${issued} are more than half of the ${grouped(left)} that ${owner} has${rejected}: lengthen the format or enlarge its alphabet`,
    { capacity: left, wanted },
  );
}

function warningsFor(format: KeyFormat): readonly string[] {
  if (format.entropyBits >= 64) return [];
  return [
    `the format has ${format.entropyBits.toFixed(1)} bits, under 64: its keys can be guessed where nothing limits the guesses`,
  ];
}

function grouped(value: bigint): string {
  return value.toString().replace(/\B(?=(?:\d{3})+$)/g, ',');
}
