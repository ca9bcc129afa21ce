import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyFormat } from '../../../src/core/format/key-format.js';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateKeys } from '../../../src/core/generate/generate.js';
import { type Shard, shardRange } from '../../../src/core/generate/shard.js';
import { seededRandom } from '../../../src/core/random/seeded-random.js';
import { masks } from '../format/masks.js';
import { textbookStream } from './textbook.js';

function textbookBatch(format: KeyFormat, count: number, seed: string, shard: Shard, now: Date): string[] {
  const { low, high } = shardRange(format.capacity, shard);
  const keys = new Set<string>();
  for (const key of textbookStream(format, low, high, seededRandom(seed), now)) {
    if (keys.add(key).size === count) break;
  }
  return [...keys];
}

const now = new Date('2024-02-29T12:34:56.789Z');
const named = ['lukittu', 'cryptlex', 'solifyn', 'serial', 'uuid', 'uuidv7', '9{5}', 'X'];
const checked = ['base36', 'crockford32', 'hex', 'digits', 'windows24'].flatMap((alphabet) =>
  ['XXXX-XXXX', 'X{14}', 'X{5}'].map((mask) => parseFormat(mask, { alphabet, checkCharacter: 'auto' })),
);
const formats = fc.oneof(
  fc.constantFrom(...named.map((spec) => parseFormat(spec))),
  fc.constantFrom(...checked),
  masks.map(({ mask }) => parseFormat(mask)),
);
const shards = fc
  .integer({ min: 1, max: 12 })
  .chain((of) => fc.integer({ min: 1, max: of }).map((index): Shard => ({ index, of })));

describe('the fast path', () => {
  it.each([
    ['the whole format', fc.constant<Shard>({ index: 1, of: 1 })],
    ['a shard of it', shards],
  ])('draws the keys of the textbook, in its order, from %s (property)', (_, shardOf) => {
    fc.assert(
      fc.property(
        formats,
        shardOf,
        fc.integer({ min: 1, max: 200 }),
        fc.string(),
        (format, shard, most, seed) => {
          const { low, high } = shardRange(format.capacity, shard);
          const count = high - low > 400n ? most : Number((high - low) / 2n);
          fc.pre(count > 0);
          const options = { random: seededRandom(seed), now, shard, exact: true };
          expect(generateKeys(format, count, options)).toStrictEqual(
            textbookBatch(format, count, seed, shard, now),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('draws the same keys over many blocks', () => {
    const format = parseFormat('XXXX');
    const keys = generateKeys(format, 20_000, { random: seededRandom('many') });
    expect(keys).toStrictEqual(textbookBatch(format, 20_000, 'many', { index: 1, of: 1 }, now));
  });

  it('draws a smaller batch as the beginning of a larger one', () => {
    const batch = (count: number) => generateKeys('lukittu', count, { random: seededRandom('prefix') });
    const largest = batch(9000);
    for (const count of [1, 63, 64, 65, 4095, 4096, 4097])
      expect(batch(count)).toStrictEqual(largest.slice(0, count));
  });
});
