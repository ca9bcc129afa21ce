import { describe, expect, it } from 'vitest';
import type { KeyFormat } from '../../../src/core/format/key-format.js';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateBlocks, generateKeys } from '../../../src/core/generate/generate.js';
import { type RandomSource, systemRandom } from '../../../src/core/random/random-source.js';
import { seededRandom } from '../../../src/core/random/seeded-random.js';
import { runs } from '../../runs.js';
import { chiSquare, chiSquareP } from './chi-square.js';

const KEYS = 100_000;

/** How often each combination of the slots at `slots` came up in {@link KEYS} keys, in mixed radix. */
function tally(format: KeyFormat, random: RandomSource, combinations: readonly (readonly number[])[]) {
  const slots = combinations.map((indices) =>
    indices.flatMap((index) => {
      const slot = format.slots[index];
      if (slot === undefined) return [];
      const digits = new Uint8Array(128);
      for (const [digit, symbol] of [...slot.symbols].entries()) digits[symbol.charCodeAt(0)] = digit;
      return [{ offset: slot.offset, size: slot.symbols.length, digits }];
    }),
  );
  const counts = slots.map(
    (combined) => new Uint32Array(combined.reduce((size, slot) => size * slot.size, 1)),
  );
  for (const { bytes, count, stride } of generateBlocks(format, KEYS, { random })) {
    for (let start = 0; start < count * stride; start += stride) {
      for (const [index, combined] of slots.entries()) {
        let cell = 0;
        for (const { offset, size, digits } of combined)
          cell = cell * size + (digits[bytes[start + offset] ?? 0] ?? 0);
        const counted = counts[index];
        if (counted !== undefined) counted[cell] = (counted[cell] ?? 0) + 1;
      }
    }
  }
  return counts;
}

describe('the chi-square of this file', () => {
  it.each([
    [18.307, 10, 0.05],
    [23.209, 10, 0.01],
    [124.342, 100, 0.05],
    [135.807, 100, 0.01],
    [9.342, 10, 0.5],
    [149.449, 100, 0.001],
  ])('has the p that tables print: %d at %i degrees of freedom is %d', (statistic, freedom, p) => {
    expect(Math.abs(chiSquareP(statistic, freedom) / p - 1)).toBeLessThan(0.03);
  });

  it('sees a symbol that comes one time in a hundred too often', () => {
    const counts = Array.from({ length: 36 }, (_, index) => (index < 16 ? 28_070 : 27_520));
    expect(chiSquareP(chiSquare(counts), 35)).toBeLessThan(1e-3);
  });
});

describe.each([
  ['digits', 10],
  ['windows24', 24],
  ['nolookalike', 31],
  ['crockford32', 32],
  ['base36', 36],
])('symbols of %s (%i)', (alphabet, size) => {
  const format = parseFormat('X{17}', { alphabet });
  const places = format.slots.map((_, index) => [index]);
  const boundaries = [
    [0, 1],
    [1, 2],
    [2, 3],
    [15, 16],
    [0, 16],
  ];

  it('are equally likely at each place (chi-square, fixed seed)', () => {
    for (const [place, counts] of tally(format, seededRandom(`unbiased ${alphabet}`), places).entries()) {
      expect(counts).toHaveLength(size);
      expect.soft(chiSquareP(chiSquare(counts), size - 1), `place ${place}`).toBeGreaterThan(1e-3);
    }
  });

  it('are equally likely beside each other, within a pair of slots and across two (chi-square, fixed seed)', () => {
    for (const [index, counts] of tally(format, seededRandom(`pairs ${alphabet}`), boundaries).entries()) {
      const title = `slots ${boundaries[index]?.join(' and ')}`;
      expect.soft(chiSquareP(chiSquare(counts), size * size - 1), title).toBeGreaterThan(1e-3);
    }
  });

  it('are equally likely from the real source (all places together, p > 1e-6)', () => {
    const statistics = tally(format, systemRandom(), places).map((counts) => chiSquare(counts));
    const all = statistics.reduce((sum, statistic) => sum + statistic, 0);
    expect(chiSquareP(all, places.length * (size - 1))).toBeGreaterThan(1e-6);
  });
});

describe('ranks of a shard', () => {
  it.each([
    ['9999', { index: 2, of: 3 }],
    ['[ABC]{7}', { index: 3, of: 7 }],
    ['X{12}', { index: 5, of: 7 }],
  ])('of %s %o are equally likely (chi-square in 32 buckets, fixed seed)', (mask, shard) => {
    const format = parseFormat(mask);
    const low = (format.capacity * BigInt(shard.index - 1)) / BigInt(shard.of);
    const width = (format.capacity * BigInt(shard.index)) / BigInt(shard.of) - low;
    const counts = new Uint32Array(32);
    // One key a batch: keys of one batch differ, and so would spread too evenly.
    const random = seededRandom(mask);
    for (let n = 0; n < runs(8000, 2000); n++) {
      const [key = ''] = generateKeys(format, 1, { random, shard });
      const bucket = Number(((format.rank(key) - low) * 32n) / width);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    // Buckets of a range that 32 does not divide differ by one rank: a shift far below the noise here.
    expect(chiSquareP(chiSquare(counts), 31)).toBeGreaterThan(1e-3);
  });
});
