import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateKeys } from '../../../src/core/generate/generate.js';
import { jobShards, jobShares } from '../../../src/core/generate/job-share.js';
import { type Shard, shardRange } from '../../../src/core/generate/shard.js';
import { UsedCapacity } from '../../../src/core/generate/used-capacity.js';
import { runs } from '../../runs.js';
import { chiSquare, chiSquareP } from './chi-square.js';

const shards = fc
  .integer({ min: 1, max: 40 })
  .chain((of) => fc.integer({ min: 1, max: of }).map((index): Shard => ({ index, of })));
const none = (jobs: number) => Array.from({ length: jobs }, () => 0);

describe('the shards of jobs', () => {
  it('are together the shard that is divided, and disjoint (property)', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 2n ** 140n }),
        shards,
        fc.integer({ min: 1, max: 256 }),
        (capacity, shard, jobs) => {
          const ranges = jobShards(shard, jobs).map((part) => shardRange(capacity, part));
          expect(ranges).toHaveLength(jobs);
          const whole = shardRange(capacity, shard);
          expect(ranges[0]?.low).toBe(whole.low);
          expect(ranges.at(-1)?.high).toBe(whole.high);
          for (const [index, { low }] of ranges.entries())
            if (index > 0) expect(low).toBe(ranges[index - 1]?.high);
        },
      ),
    );
  });

  it('are fewer where there would be more than 2^32 of them', () => {
    expect(jobShards({ index: 1, of: 2 ** 31 }, 5)).toHaveLength(2);
    expect(jobShards({ index: 7, of: 2 ** 32 }, 5)).toStrictEqual([{ index: 7, of: 2 ** 32 }]);
  });
});

describe('the shares of jobs', () => {
  const format = parseFormat('[A-D]{2}-[A-D]{3}');

  it('come to the batch, each in proportion to what is free of its part and at most half of it (property)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 512 }),
        fc.array(fc.nat(120), { minLength: 1, maxLength: 9 }),
        (count, used) => {
          const free = 1024 - used.reduce((sum, taken) => sum + taken, 0);
          fc.pre(count <= free);
          const shares = jobShares(format, count, undefined, used);
          expect(shares.reduce((sum, share) => sum + share.count, 0)).toBe(count);
          if (shares.length === 1) return;
          for (const share of shares) {
            const { low, high } = shardRange(format.capacity, share.shard);
            const taken = used[share.shard.index - 1] ?? 0;
            expect(Math.abs(share.count - (count * (Number(high - low) - taken)) / free)).toBeLessThan(1);
            expect(share.count + taken).toBeLessThanOrEqual(Number(high - low) / 2);
          }
        },
      ),
    );
  });

  it('are one where a part is more than half full', () => {
    expect(jobShares(format, 100, undefined, [300, 0])).toStrictEqual([
      { shard: { index: 1, of: 1 }, count: 100 },
    ]);
    const shard = { index: 2, of: 3 };
    expect(jobShares(format, 20, shard, [0, 100])).toStrictEqual([{ shard, count: 20 }]);
  });

  it('are fewer than the jobs where there are fewer keys', () => {
    expect(jobShares(format, 3, undefined, none(256))).toHaveLength(3);
    expect(jobShares(format, 1, undefined, none(2))).toHaveLength(1);
  });

  it('are fewer than the jobs where the format has fewer keys', () => {
    const tiny = parseFormat('[AB]{2}');
    const shares = jobShares(tiny, 2, undefined, none(200));
    expect(shares.reduce((sum, share) => sum + share.count, 0)).toBe(2);
    const keys = shares.flatMap(({ shard, count }) => generateKeys(tiny, count, { shard }));
    expect(new Set(keys).size).toBe(2);
  });

  it('give every free rank the same chance (chi-square, real source)', () => {
    const small = parseFormat('[A-F]{2}');
    // Of the three parts 8, 12 and 12 ranks are free, which 2, 3 and 3 keys take in proportion.
    const issued = ['AA', 'AB', 'AC', 'BF'];
    const counts = new Map<string, number>();
    for (let run = 0; run < 600; run++) {
      const used = new UsedCapacity(small, undefined, false, 3);
      for (const key of issued) used.note?.(new TextEncoder().encode(key), 2);
      const shares = jobShares(small, 8, undefined, used.counts);
      expect(shares.map(({ count }) => count)).toStrictEqual([2, 3, 3]);
      for (const { shard, count } of shares) {
        for (const key of generateKeys(small, count, { shard, against: issued }))
          counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(32);
    expect(chiSquareP(chiSquare([...counts.values()]), 31)).toBeGreaterThan(1e-6);
  });
});

describe('used capacity by jobs', () => {
  it('adds up to that of the whole shard (property)', () => {
    const format = parseFormat('[A-D]{3}');
    fc.assert(
      fc.property(
        shards,
        fc.integer({ min: 1, max: 9 }),
        fc.uniqueArray(fc.bigInt({ min: 0n, max: 63n })),
        (shard, jobs, ranks) => {
          const [one, many] = [1, jobs].map((parts) => new UsedCapacity(format, shard, false, parts));
          for (const rank of ranks) {
            const bytes = new TextEncoder().encode(format.unrank(rank));
            one?.note?.(bytes, bytes.length);
            many?.note?.(bytes, bytes.length);
          }
          expect(many?.count).toBe(one?.count);
          for (const [part, jobShard] of jobShards(shard, jobs).entries()) {
            const { low, high } = shardRange(format.capacity, jobShard);
            expect(many?.counts[part]).toBe(ranks.filter((rank) => rank >= low && rank < high).length);
          }
        },
      ),
    );
  });
});

describe('ranks of a part of the first pair', () => {
  it.each([
    ['X{12}', { index: 5, of: 7 }],
    ['X{12}', { index: 2, of: 2 }],
    ['9999', { index: 2, of: 3 }],
    ['HH[ABC]{5}', { index: 3, of: 13 }],
  ])('of %s %o are equally likely, drawn from the system (chi-square in 32 buckets)', (mask, shard) => {
    const format = parseFormat(mask);
    const { low, high } = shardRange(format.capacity, shard);
    const counts = new Uint32Array(32);
    for (let n = 0; n < runs(8000, 2000); n++) {
      const [key = ''] = generateKeys(format, 1, { shard });
      const rank = format.rank(key);
      if (rank < low || rank >= high) expect.fail(`${key} is none of them`);
      const bucket = Number(((rank - low) * 32n) / (high - low));
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    expect(chiSquareP(chiSquare(counts), 31)).toBeGreaterThan(1e-6);
  });

  it.each(['9999', '999', '[A-Z]9', '[A-Q]9-9'])('of %s come to all ranks of each part', (mask) => {
    const format = parseFormat(mask);
    for (const shard of jobShards(undefined, 4)) {
      const { low, high } = shardRange(format.capacity, shard);
      const ranks = new Set<bigint>();
      for (let run = 0; run < 400 && ranks.size < Number(high - low); run++)
        for (const key of generateKeys(format, Number((high - low) / 2n), { shard }))
          ranks.add(format.rank(key));
      expect([...ranks].every((rank) => rank >= low && rank < high)).toBe(true);
      expect(ranks.size).toBe(Number(high - low));
    }
  });
});
