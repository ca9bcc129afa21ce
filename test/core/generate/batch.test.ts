import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnownKeys } from '../../../src/core/dedupe/known-keys.js';
import { canonicalForm } from '../../../src/core/format/canonical.js';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateBlocks, generateKey, generateKeys } from '../../../src/core/generate/generate.js';
import { blockToStrings } from '../../../src/core/generate/key-block.js';
import { type Shard, shardRange } from '../../../src/core/generate/shard.js';
import { seededRandom } from '../../../src/core/random/seeded-random.js';
import { refusal } from '../../failure.js';

/** Ways in which one key gets into a list of keys. */
const spellings: readonly ((key: string) => string)[] = [
  (key) => key,
  (key) => key.toLowerCase(),
  (key) => key.toUpperCase(),
  (key) => key.replaceAll('-', ''),
  (key) => ` ${key.replaceAll('-', ' ')}\r\n`,
  (key) => key.replaceAll('-', '–'),
  (key) => [...key].join('\u200b'),
  (key) => key.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0)),
  (key) => `\ufeff${key.toLowerCase().replaceAll('-', '_')}`,
];

describe('a batch', () => {
  it.each([
    ['XXXX', 100_000],
    ['XXXX', 839_808],
    ['9{6}', 500_000],
    ['lukittu', 100_000],
  ])('of %s holds %i different keys', (spec, count) => {
    const format = parseFormat(spec);
    const keys = new Set(generateKeys(format, count));
    expect(keys.size).toBe(count);
    for (const key of [...keys].slice(0, 500)) expect(format.test(key)).toBe(true);
  });

  it('comes in blocks of up to 4,096, each a text file as it stands', () => {
    const format = parseFormat('XXXX-XXXX');
    const sizes: number[] = [];
    for (const block of generateBlocks(format, 10_000)) {
      sizes.push(block.count);
      expect(block.length).toBe(9);
      expect(block.stride).toBe(10);
      const text = new TextDecoder().decode(block.bytes.subarray(0, block.count * block.stride));
      expect(text).toBe(
        blockToStrings(block)
          .map((key) => `${key}\n`)
          .join(''),
      );
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4096);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10_000);
  });

  it('tells how many candidates were duplicates', () => {
    const blocks = generateBlocks(parseFormat('999'), 500);
    let step = blocks.next();
    while (step.done !== true) step = blocks.next();
    expect(step.value.count).toBe(500);
    expect(step.value.fragmentsRejected).toBe(0);
    // Half of a thousand takes 693 draws on average.
    expect(step.value.duplicatesRejected).toBeGreaterThan(100);
    expect(step.value.duplicatesRejected).toBeLessThan(400);
  });

  it.each(['HH-H', '[0-9a-f]{2}-[0-9a-f]', 'H\\K{70}HH'])(
    'of %s never meets what it is held against, however that is spelled (property)',
    (spec) => {
      const format = parseFormat(spec);
      const ranks = fc.uniqueArray(fc.bigInt({ min: 0n, max: format.capacity - 1n }), {
        minLength: 1,
        maxLength: 1000,
      });
      fc.assert(
        fc.property(
          ranks,
          fc.array(fc.constantFrom(...spellings), { minLength: 1, maxLength: 8 }),
          (issued, spelled) => {
            const against = issued.map(
              (rank, index) => spelled[index % spelled.length]?.(format.unrank(rank)) ?? '',
            );
            const keys = generateKeys(format, Number(format.capacity) / 2 - issued.length, { against });
            const old = new Set(issued);
            expect(keys.filter((key) => old.has(format.rank(key)))).toStrictEqual([]);
            expect(new Set([...keys, ...against].map(canonicalForm)).size).toBe(Number(format.capacity) / 2);
          },
        ),
        { numRuns: 20 },
      );
    },
  );

  it('compares texts as they are when exact', () => {
    const format = parseFormat('X{8}', { alphabet: '[ab]' });
    const all = Array.from({ length: 256 }, (_, rank) => format.unrank(BigInt(rank)).toUpperCase());
    expect(generateKeys(format, 128, { against: all, exact: true })).toHaveLength(128);
    expect(refusal(() => generateKeys(format, 1, { against: all })).code).toBe('infeasible');
  });

  it('keeps keys apart that differ only in case when exact', () => {
    const format = parseFormat('XX', { alphabet: '[aAbB]' });
    const keys = new Set<string>();
    for (let run = 0; run < 60; run++) {
      for (const key of generateKeys(format, 8, { exact: true, random: seededRandom(`${run}`) }))
        keys.add(key);
    }
    expect(keys.size).toBe(16);
  });

  it('does not mind lists of other keys, blank lines, or keys twice', () => {
    const against = ['', ' ', 'ABCD', 'not of this format', 'AAAA-AAAA', 'aaaa aaaa', 'x'.repeat(2000)];
    expect(generateKeys('XXXX-XXXX', 10, { against })).toHaveLength(10);
  });

  it.each(['KEY\u0000ABCD', 'ABCD-ÄÖÜ', 'АБВГ', '😀'])(
    'refuses to be held against %j, without repeating it',
    (key) => {
      const { code, message } = refusal(() => generateKeys('XXXX-XXXX', 10, { against: ['ABCD-EFGH', key] }));
      expect(code).toBe('not_a_key');
      expect(message).toMatch(/U\+[0-9A-F]{4,5}/);
      expect(message).not.toContain(key);
    },
  );

  it('repeats no key of a list in other capitals', () => {
    const format = parseFormat('HH', { prefix: 'ACME-' });
    const sold = generateKeys(format, 100).map((key) => key.replace(/..$/, (end) => end.toLowerCase()));
    const fresh = generateKeys(format, 28, { against: sold });
    const forms = new Set(sold.map((key) => key.toUpperCase()));
    expect(fresh.filter((key) => forms.has(key))).toEqual([]);
  });

  it('of one key is held against a list too', () => {
    const format = parseFormat('[AB]{2}');
    for (let run = 0; run < 20; run++) expect(generateKey(format, { against: ['AA'] })).not.toBe('AA');
  });
});

describe('known keys shared between batches', () => {
  it('take up the keys of each, so that the next does not meet them', () => {
    const against = new KnownKeys();
    const format = parseFormat('HHH');
    against.add('0-0-0');
    const first = generateKeys(format, 1500, { against });
    const second = generateKeys(format, 1500, { against });
    expect(new Set([...first, ...second, '000']).size).toBe(3001);
    expect(against.size).toBe(3001);
  });

  it('take up the key of generateKey as well', () => {
    const against = new KnownKeys();
    const key = generateKey('lukittu', { against });
    expect(against.add(key.toLowerCase())).toBe(false);
  });

  it.each([
    [true, false],
    [false, true],
  ])('made with exact: %s do not serve a batch with exact: %s', (mine, yours) => {
    const { code, details } = refusal(() =>
      generateKey('lukittu', { against: new KnownKeys({ exact: mine }), exact: yours }),
    );
    expect({ code, details }).toStrictEqual({ code: 'invalid_option', details: { option: 'exact' } });
  });

  it('that hold the whole format end the search after a million candidates', () => {
    const format = parseFormat('[AB]{4}');
    const against = new KnownKeys();
    for (let rank = 0n; rank < 16n; rank++) against.add(format.unrank(rank));
    const { code, details } = refusal(() => generateKey(format, { against }));
    expect({ code, details }).toStrictEqual({
      code: 'exhausted',
      details: { produced: 0, rejected: 1_000_000 },
    });
  });
});

describe('half of the capacity', () => {
  const sizes = Array.from({ length: 40 }, (_, index) => index + 2);
  const symbols = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&';

  it.each(sizes)('of %i keys is the most that a batch may take', (size) => {
    const format = parseFormat('X', { alphabet: `[${symbols.slice(0, size)}]` });
    const half = Math.floor(size / 2);
    expect(new Set(generateKeys(format, half)).size).toBe(half);
    const { code, details } = refusal(() => generateKeys(format, half + 1));
    expect({ code, details }).toStrictEqual({
      code: 'infeasible',
      details: { capacity: BigInt(size), wanted: BigInt(half + 1) },
    });
  });

  it('counts what the list uses of the shard, in any spelling, each key once (property)', () => {
    const format = parseFormat('[A-D]{2}-[A-D]{2}');
    const shards = fc
      .integer({ min: 1, max: 9 })
      .chain((of) => fc.integer({ min: 1, max: of }).map((index): Shard => ({ index, of })));
    const issued = fc.array(fc.bigInt({ min: 0n, max: format.capacity - 1n }), { maxLength: 60 });
    fc.assert(
      fc.property(
        shards,
        issued,
        fc.array(fc.nat(7), { minLength: 60, maxLength: 60 }),
        (shard, ranks, how) => {
          const { low, high } = shardRange(format.capacity, shard);
          const against = ranks.map((rank, index) => spellings[how[index] ?? 0]?.(format.unrank(rank)) ?? '');
          const used = new Set(ranks.filter((rank) => rank >= low && rank < high)).size;
          const most = Math.floor(Number(high - low) / 2) - used;
          if (most > 0) {
            const keys = generateKeys(format, most, { shard, against });
            expect(new Set([...keys.map((key) => format.rank(key)), ...ranks]).size).toBe(
              most + new Set(ranks).size,
            );
          }
          const more = Math.max(1, most + 1);
          const { code, details } = refusal(() => generateKeys(format, more, { shard, against }));
          expect({ code, details }).toStrictEqual({
            code: 'infeasible',
            details: { capacity: high - low, wanted: BigInt(more + used) },
          });
        },
      ),
    );
  });

  it.each([
    ['look-alikes, which are other keys', '[01]{5}', ['OOOOO', 'OOOO1', 'IIIII'], false],
    ['another case, compared exactly', '[AB]{5}', ['aaaaa', 'aaaab', 'aAaAa'], true],
    ['another grouping, compared exactly', '[AB]{2}-[AB]{3}', ['AAAAA', 'AA_AAA', 'AA AAA'], true],
    ['other lengths', '[AB]{5}', ['AAAA', 'AAAAAA'], false],
  ])('does not count %s', (_, mask, against, exact) => {
    expect(generateKeys(mask, 16, { against, exact })).toHaveLength(16);
  });

  it('says exactly why a batch is refused', () => {
    const { message } = refusal(() => generateKeys('9999', 6000));
    expect(message).toContain('6,000 keys are more than half of the 10,000 that the format has');
    const beside = refusal(() => generateKeys('99', 50, { against: ['17'] }));
    expect(beside.message).toContain('50 keys beside 1 issued already are more than half of the 100');
  });

  it('is judged before the list is read', () => {
    const against = {
      [Symbol.iterator](): Iterator<string> {
        throw new Error('the list was read');
      },
    };
    expect(refusal(() => generateKeys('9999', 6000, { against })).code).toBe('infeasible');
  });
});

describe('count', () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
    'of %d is refused at the call',
    (count) => {
      for (const run of [
        () => generateBlocks(parseFormat('lukittu'), count),
        () => generateKeys('lukittu', count),
      ]) {
        const { code, details } = refusal(run);
        expect({ code, details }).toStrictEqual({ code: 'invalid_option', details: { option: 'count' } });
      }
    },
  );

  it('may be the largest safe integer, for blocks come one by one', () => {
    const [block] = generateBlocks(parseFormat('lukittu'), Number.MAX_SAFE_INTEGER);
    expect(block?.count).toBe(4096);
  });
});

it('a batch of a million comes whole', () => {
  let count = 0;
  for (const block of generateBlocks(parseFormat('lukittu'), 1_000_000)) count += block.count;
  expect(count).toBe(1_000_000);
});
