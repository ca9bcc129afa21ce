import { availableParallelism } from 'node:os';
import type { KnownKeys } from '../../core/dedupe/known-keys.js';
import { KeywrightError } from '../../core/errors.js';
import type { FragmentFilter } from '../../core/generate/fragment-filter.js';
import { drawBlocks } from '../../core/generate/generate.js';
import type { JobShare } from '../../core/generate/job-share.js';
import type { KeyBlock } from '../../core/generate/key-block.js';
import type { BatchTally } from '../../core/generate/key-draw.js';
import { type BatchPlan, partPlan } from '../../core/generate/plan.js';
import type { RandomSource } from '../../core/random/random-source.js';
import { drawInThreads } from './drawing-threads.js';

/**
 * Where the keys of a batch come from: fresh keys in blocks, whose bytes are valid until the next one is asked for,
 * and the tally at the end. To be read to its end or `return()`ed, for threads may be drawing.
 */
export type KeySource = Generator<KeyBlock, BatchTally, void> | AsyncGenerator<KeyBlock, BatchTally, void>;

/** What the keys of a {@link KeySource} depend on. */
export interface KeySourceOptions {
  readonly now: Date;
  readonly reject: readonly string[] | undefined;
  /** Made of `reject`, for drawing here. */
  readonly filter: FragmentFilter | undefined;
  /** Where one job draws from in place of the system. */
  readonly random: RandomSource | undefined;
  /** What no new key may repeat; made with `shared` when there are several shares. */
  readonly known: KnownKeys;
  readonly signal: AbortSignal | undefined;
}

/** Below so many keys the start of a thread costs more than it saves. */
const WORTH_THREADS = 2_000_000;
const MOST_JOBS = 256;

/**
 * How many jobs draw a batch.
 *
 * @throws {KeywrightError} `invalid_option` when `jobs` is not 1 to 256, or not 1 beside a seed.
 */
export function jobCount(
  count: number,
  options: { readonly jobs?: number | undefined; readonly seed?: string | undefined },
): number {
  const { jobs, seed } = options;
  if (jobs !== undefined && (!Number.isInteger(jobs) || jobs < 1 || jobs > MOST_JOBS)) {
    throw new KeywrightError('invalid_option', `the number of jobs is out of range: use 1 to ${MOST_JOBS}`, {
      option: 'jobs',
    });
  }
  if (seed === undefined)
    return jobs ?? (count < WORTH_THREADS ? 1 : Math.min(MOST_JOBS, availableParallelism()));
  if (jobs !== undefined && jobs > 1) {
    throw new KeywrightError('invalid_option', 'a seed means one job: leave out jobs', { option: 'jobs' });
  }
  return 1;
}

/** Draws the shares of a planned batch: a single one here, several in threads. */
export function keySource(
  plan: BatchPlan,
  shares: readonly JobShare[],
  { known, random, filter, ...sources }: KeySourceOptions,
): KeySource {
  const { format, exact } = plan;
  const [first, second] = shares;
  if (first !== undefined && second === undefined) {
    const against = known.size > 0 ? known : undefined;
    const part = partPlan(plan, first.count, first.shard);
    return drawBlocks(part, { now: sources.now, filter, against, random });
  }
  return drawInThreads(format, shares, {
    ...sources,
    exact,
    known: known.size > 0 ? known.share() : undefined,
  });
}
