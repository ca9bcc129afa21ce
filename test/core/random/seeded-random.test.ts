import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateBlocks, generateKeys } from '../../../src/core/generate/generate.js';
import { seededRandom } from '../../../src/core/random/seeded-random.js';
import { GOLDEN_BATCHES, GOLDEN_HASHES, GOLDEN_NOW, GOLDEN_SEED } from '../generate/golden.js';

describe('seededRandom', () => {
  it('is SHAKE256 (FIPS 202) over the name of the stream and the seed, as node:crypto computes it (property)', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), lengths, (seed, parts) => {
        const random = seededRandom(seed);
        const filled = parts.map((length) => {
          const bytes = new Uint8Array(length);
          random.fill(bytes);
          return bytes;
        });
        const outputLength = parts.reduce((sum, length) => sum + length, 0);
        if (outputLength === 0) return;
        const expected = createHash('shake256', { outputLength })
          .update(`keywright/stream/v1\n${seed}`)
          .digest('hex');
        expect(Buffer.concat(filled).toString('hex')).toBe(expected);
      }),
    );
  });

  it('begins, for the seed fixture, with these bytes in any language', () => {
    const bytes = new Uint8Array(8);
    seededRandom('fixture').fill(bytes);
    expect(Buffer.from(bytes).toString('hex')).toBe('f4b89017556f367b');
  });
});

describe('stream v1 never changes', () => {
  it.each(GOLDEN_BATCHES)('$spec $options, shard $shard', ({ spec, options, shard, keys }) => {
    const format = parseFormat(spec, options);
    const random = seededRandom(GOLDEN_SEED);
    const now = new Date(GOLDEN_NOW);
    expect(generateKeys(format, keys.length, { random, now, shard })).toStrictEqual(keys);
  });

  it.each(Object.entries(GOLDEN_HASHES))('%s: 100,000 keys, a key a line', (spec, sha256) => {
    const hash = createHash('sha256');
    for (const block of generateBlocks(parseFormat(spec), 100_000, { random: seededRandom(GOLDEN_SEED) })) {
      hash.update(block.bytes.subarray(0, block.count * block.stride));
    }
    expect(hash.digest('hex')).toBe(sha256);
  });
});
