import type { KeyFormat } from '../format/key-format.js';
import { type Shard, shardRange } from './shard.js';

/** What one of several jobs draws of a batch: so many keys, from a range of its own. */
export interface JobShare {
  readonly shard: Shard;
  readonly count: number;
}

/** The most shards there may be. */
const MOST_SHARDS = 2 ** 32;

/** The shards that together are `shard`, for as many jobs, or for as many as it can be divided among. */
export function jobShards(shard: Shard = { index: 1, of: 1 }, jobs = 1): readonly Shard[] {
  const parts = Math.min(jobs, Math.floor(MOST_SHARDS / shard.of));
  return Array.from({ length: parts }, (_, part) => {
    return { index: (shard.index - 1) * parts + part + 1, of: shard.of * parts };
  });
}

/**
 * Divides a batch among jobs that do not talk to each other. Each draws from its own part of the range, uniformly and
 * without replacement, so keys of two jobs never meet.
 *
 * A part with f of the F free ranks gets count · f / F keys, rounded so that the parts add up: each free rank is drawn
 * with probability count / F, as by one job, but for less than one key a part. Only the spread differs: how many
 * keys fall into a part varies when one job draws, and here it does not. Which part a key is of can be told from where
 * it stood, for neighbours in the file mostly share one: that is log2 of the jobs in bits.
 *
 * `used`: the ranks of each part that are issued already, or zeros for a range so large that nobody counts. Where a
 * part would be more than half full, and the search for fresh keys slow, one job draws the whole batch.
 */
export function jobShares(
  format: KeyFormat,
  count: number,
  shard: Shard | undefined,
  used: readonly number[],
): readonly JobShare[] {
  const parts = jobShards(shard, used.length).map((part, index) => {
    const { low, high } = shardRange(format.capacity, part);
    const taken = BigInt(used[index] ?? 0);
    return { shard: part, taken, free: high - low - taken };
  });
  const free = parts.reduce((sum, part) => sum + part.free, 0n);
  const shares: JobShare[] = [];
  let before = 0n;
  for (const part of parts) {
    const from = (BigInt(count) * before) / free;
    before += part.free;
    const wanted = (BigInt(count) * before) / free - from;
    // Half of the part is `(free + taken) / 2`.
    if (2n * (wanted + part.taken) > part.free + part.taken) return [{ shard: shard ?? WHOLE, count }];
    if (wanted > 0n) shares.push({ shard: part.shard, count: Number(wanted) });
  }
  return shares;
}

const WHOLE: Shard = { index: 1, of: 1 };
