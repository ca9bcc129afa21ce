import { KeywrightError } from '../errors.js';

/** One job's share of a batch, from 1: `{ index: 2, of: 8 }` is the second of eight. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** A range of ranks: `low ≤ rank < high`. */
export interface RankRange {
  readonly low: bigint;
  readonly high: bigint;
}

/**
 * The ranks that a shard owns: ⌊C(i−1)/n⌋ ≤ r < ⌊Ci/n⌋ of the capacity C. A contract between versions: n
 * jobs are disjoint without talking to each other, and together they are the whole.
 *
 * @throws {KeywrightError} `invalid_option` unless 1 ≤ index ≤ of ≤ 2^32, whole numbers.
 */
export function shardRange(capacity: bigint, shard: Shard = { index: 1, of: 1 }): RankRange {
  const { index, of } = shard;
  if (!Number.isInteger(index) || !Number.isInteger(of) || index < 1 || index > of || of > 2 ** 32) {
    throw new KeywrightError('invalid_option', 'a shard must be i/n with 1 ≤ i ≤ n, as 2/8', {
      option: 'shard',
    });
  }
  const [i, n] = [BigInt(index), BigInt(of)];
  return { low: (capacity * (i - 1n)) / n, high: (capacity * i) / n };
}
