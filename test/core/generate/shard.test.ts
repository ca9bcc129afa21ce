import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateKeys } from '../../../src/core/generate/generate.js';
import { type Shard, shardRange } from '../../../src/core/generate/shard.js';
import { seededRandom } from '../../../src/core/random/seeded-random.js';
import { refusal } from '../../failure.js';

const everyShard = (of: number) =>
  Array.from({ length: of }, (_, index): Shard => ({ index: index + 1, of }));

describe('shardRange', () => {
  it('partitions any capacity into any number of shards, none a key larger than another (property)', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 2n ** 200n }),
        fc.integer({ min: 1, max: 200 }),
        (capacity, of) => {
          const ranges = everyShard(of).map((shard) => shardRange(capacity, shard));
          expect(ranges[0]?.low).toBe(0n);
          expect(ranges.at(-1)?.high).toBe(capacity);
          const least = capacity / BigInt(of);
          for (const [index, { low, high }] of ranges.entries()) {
            if (index > 0) expect(low).toBe(ranges[index - 1]?.high);
            expect([least, least + 1n]).toContain(high - low);
          }
        },
      ),
    );
  });

  it('partitions among the most shards there may be (property)', () => {
    const of = 2 ** 32;
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 2n ** 200n }),
        fc.integer({ min: 1, max: of - 1 }),
        (capacity, index) => {
          expect(shardRange(capacity, { index, of }).high).toBe(
            shardRange(capacity, { index: index + 1, of }).low,
          );
        },
      ),
    );
  });

  it('is a contract: ⌊C(i−1)/n⌋ ≤ r < ⌊Ci/n⌋', () => {
    expect(shardRange(100n, { index: 1, of: 3 })).toStrictEqual({ low: 0n, high: 33n });
    expect(shardRange(100n, { index: 2, of: 3 })).toStrictEqual({ low: 33n, high: 66n });
    expect(shardRange(100n, { index: 3, of: 3 })).toStrictEqual({ low: 66n, high: 100n });
    expect(shardRange(100n)).toStrictEqual({ low: 0n, high: 100n });
    expect(shardRange(2n, { index: 1, of: 4 })).toStrictEqual({ low: 0n, high: 0n });
  });

  it.each([
    [3, 2],
    [0, 2],
    [-1, 2],
    [1, 0],
    [1.5, 2],
    [1, 2.5],
    [Number.NaN, 2],
    [1, Number.NaN],
    [1, Number.POSITIVE_INFINITY],
    [1, 2 ** 32 + 1],
  ])('refuses shard %d/%d', (index, of) => {
    const { code, details } = refusal(() => generateKeys('lukittu', 1, { shard: { index, of } }));
    expect({ code, details }).toStrictEqual({ code: 'invalid_option', details: { option: 'shard' } });
  });
});

describe('the shards of a batch', () => {
  const small = [
    ['[ABCD]{3}', 1],
    ['[ABCD]{3}', 2],
    ['[ABCD]{3}', 7],
    ['[ABCD]{3}', 16],
    ['[ABCD]{3}', 32],
    ['[ABC][01]{4}', 5],
    ['[AB]-[AB]-[01]-[0-4]', 3],
  ] as const;

  it.each(small)('of %s in %i: each draws only its own ranks, and in the end all of them', (mask, of) => {
    const format = parseFormat(mask);
    const drawn = everyShard(of).map((shard) => {
      const { low, high } = shardRange(format.capacity, shard);
      const ranks = new Set<bigint>();
      const half = Number((high - low) / 2n);
      for (let run = 0; run < 200 && ranks.size < Number(high - low); run++) {
        const random = seededRandom(`${run} of ${shard.index}/${of}`);
        for (const key of generateKeys(format, half, { shard, random })) ranks.add(format.rank(key));
      }
      return ranks;
    });
    const all = drawn.flatMap((ranks) => [...ranks]);
    expect(all).toHaveLength(Number(format.capacity));
    expect(new Set(all).size).toBe(Number(format.capacity));
  });

  it.each(['lukittu', 'uuid', 'uuidv7', 'XXXX-XXXX-XXXX'])('of %s lie in the range (property)', (spec) => {
    const format = parseFormat(spec);
    const now = new Date();
    const shards = fc
      .integer({ min: 1, max: 2 ** 32 })
      .chain((of) => fc.record({ index: fc.integer({ min: 1, max: of }), of: fc.constant(of) }));
    fc.assert(
      fc.property(shards, (shard) => {
        const { low, high } = shardRange(format.capacity, shard);
        for (const key of generateKeys(format, 5, { shard, now })) {
          const rank = format.rank(key);
          expect(rank >= low && rank < high).toBe(true);
        }
      }),
    );
  });

  it('begin with the lowest rank and end with the highest, where the range cuts through its leading slots', () => {
    const format = parseFormat('H{14}');
    const constant = (value: number) => ({ fill: (bytes: Uint8Array) => void bytes.fill(value) });
    const first = generateKeys(format, 1, { shard: { index: 2, of: 2 }, random: constant(0) });
    const last = generateKeys(format, 1, { shard: { index: 2, of: 2 }, random: constant(0xff) });
    expect([first, last]).toStrictEqual([['80000000000000'], ['FFFFFFFFFFFFFF']]);
  });

  it('that is empty has no key to give', () => {
    const { code, message } = refusal(() => generateKeys('[AB]', 1, { shard: { index: 1, of: 4 } }));
    expect(code).toBe('infeasible');
    expect(message).toContain('shard 1/4');
  });
});
