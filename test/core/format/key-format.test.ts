import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { refusal } from '../../failure.js';
import { masks } from './masks.js';

const formats = [
  parseFormat('lukittu'),
  parseFormat('cryptlex'),
  parseFormat('XXXX-XXXX', { alphabet: 'crockford32', checkCharacter: 'auto', prefix: 'K-' }),
  parseFormat('XXXXX.XXXXX', { checkCharacter: 'auto', suffix: '/EU' }),
  parseFormat('uuid'),
  parseFormat('uuidv7'),
  parseFormat('[CAB]9[!#$]A', { prefix: '9' }),
  parseFormat('/^(AB[xy]\\d){3}$/'),
];

const formatAndRank = fc
  .oneof(
    fc.constantFrom(...formats),
    masks.map(({ mask }) => parseFormat(mask)),
  )
  .chain((format) =>
    fc.record({ format: fc.constant(format), rank: fc.bigInt({ min: 0n, max: format.capacity - 1n }) }),
  );

describe('rank and unrank', () => {
  it('are each other’s inverse (property)', () => {
    fc.assert(
      fc.property(formatAndRank, ({ format, rank }) => {
        const key = format.unrank(rank);
        expect(format.rank(key)).toBe(rank);
        expect(format.unrank(format.rank(key))).toBe(key);
      }),
      { numRuns: 500 },
    );
  });

  it('make keys that regex, test and normalize agree about (property)', () => {
    fc.assert(
      fc.property(formatAndRank, ({ format, rank }) => {
        const key = format.unrank(rank);
        expect(key).toHaveLength(format.length);
        expect(key).toMatch(format.regex);
        expect(format.test(key)).toBe(true);
        expect(format.normalize(key)).toBe(key);
      }),
      { numRuns: 500 },
    );
  });

  it('count all keys of a small format, each once, in the order of its alphabet', () => {
    const format = parseFormat('X-X9', { alphabet: '[CAB]' });
    const keys = Array.from({ length: Number(format.capacity) }, (_, rank) => format.unrank(BigInt(rank)));
    const expected = [...'CAB'].flatMap((a) =>
      [...'CAB'].flatMap((b) => [...'0123456789'].map((c) => `${a}-${b}${c}`)),
    );
    expect(keys).toStrictEqual(expected);
    expect(format.capacity).toBe(90n);
  });

  it('keep lexicographic order where the alphabet is in ASCII order (property)', () => {
    const format = parseFormat('XXXX-XXXX');
    const rank = fc.bigInt({ min: 0n, max: format.capacity - 1n });
    fc.assert(
      fc.property(rank, rank, (a, b) => {
        const [first, second] = [format.unrank(a), format.unrank(b)];
        expect(first < second).toBe(a < b);
      }),
    );
  });

  it('are a contract: these keys have these ranks in every version', () => {
    expect(parseFormat('serial').rank('7QX4-M9K2')).toBe(BigInt(Number.parseInt('7QX4M9K2', 36)));
    expect(parseFormat('solifyn').rank('DEAD-BEEF-0001')).toBe(0xdead_beef_0001n);
    expect(parseFormat('XXXXX', { alphabet: 'windows24' }).unrank(7_962_623n)).toBe('99999');
    expect(parseFormat('XXXXX', { alphabet: 'windows24' }).unrank(1n)).toBe('BBBBC');
    expect(parseFormat('uuid').rank('ffffffff-ffff-4fff-bfff-ffffffffffff')).toBe(2n ** 122n - 1n);
    expect(parseFormat('uuidv7').rank('00000000-0000-7fff-bfff-ffffffffffff')).toBe(2n ** 74n - 1n);
    expect(parseFormat('uuidv7').rank('ffffffff-ffff-7000-8000-000000000001')).toBe(1n);
  });

  it.each(formats.map((format) => [format.mask, format] as const))(
    'of %s refuse what lies outside',
    (_, format) => {
      expect(format.test(format.unrank(format.capacity - 1n))).toBe(true);
      for (const rank of [-1n, format.capacity, format.capacity * 2n]) {
        const { code, details } = refusal(() => format.unrank(rank));
        expect({ code, details }).toStrictEqual({ code: 'invalid_option', details: { option: 'rank' } });
      }
    },
  );

  it.each([
    '',
    'ABCD',
    'ABCD-EFG',
    'ABCD-EFGHI',
    'abcd-efgh',
    'ABCDEFGH',
    'ABCD-EFGH\n',
    ' ABCD-EFGH',
    'ABCD–EFGH',
  ])('give no rank to %j, which is no key of XXXX-XXXX, and do not repeat it', (text) => {
    const { code, message } = refusal(() => parseFormat('XXXX-XXXX').rank(text));
    expect(code).toBe('not_a_key');
    if (text !== '') expect(message).not.toContain(text);
  });

  it('give no rank to a key whose check character is wrong', () => {
    const format = parseFormat('9999', { checkCharacter: 'auto' });
    const right = format.unrank(79n);
    const wrong = right.slice(0, 3) + (right.endsWith('0') ? '1' : '0');
    expect(refusal(() => format.rank(wrong)).code).toBe('not_a_key');
  });
});

describe('a format', () => {
  it.each(formats.map((format) => [format.mask, format] as const))(
    '%s has an example that is a key, always the same',
    (_, format) => {
      expect(format.test(format.example)).toBe(true);
      expect(format.example).toBe(format.example);
    },
  );

  it('knows length, capacity and entropy', () => {
    const format = parseFormat('X{5}-9{3}', { prefix: 'K' });
    expect(format.length).toBe(10);
    expect(format.capacity).toBe(36n ** 5n * 1000n);
    expect(format.entropyBits).toBeCloseTo(5 * Math.log2(36) + 3 * Math.log2(10), 10);
  });

  it.each([
    ['XXXX', 'base36'],
    ['9999', 'digits'],
    ['HHHH', 'hex'],
    ['AAAA', 'letters'],
    ['[0-9A-F]{2}', 'hex'],
    ['[A-F]{2}-[A-F]{2}', '[A-F]'],
    ['[FEDCBA]{2}', '[FEDCBA]'],
    ['XX-99', null],
    ['uuid', null],
  ])('%s draws from the alphabet %s', (mask, alphabet) => {
    expect(parseFormat(mask).alphabet).toBe(alphabet);
  });
});
