import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalForm, canonicalizeAscii } from '../../../src/core/format/canonical.js';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateKey } from '../../../src/core/generate/generate.js';
import { refusal } from '../../failure.js';
import { masks } from './masks.js';

/** Text with much in it that the canonical form folds, drops or composes. */
const tricky = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
      fc.constantFrom(
        ...'aAiIzZ09-_.:/ \t\n',
        '\u0307',
        '\u0308',
        '\u0338',
        '\u030c',
        '\u0331',
        '\u200b',
        '\u00ad',
      ),
      fc.constantFrom(
        '\u2212',
        '\u2013',
        '\u3000',
        '\u00a8',
        '\u017f',
        '\u212a',
        'ﬃ',
        '…',
        '℀',
        'İ',
        'ı',
        'Ａ',
        '\ud800',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('canonical form v1', () => {
  it.each([
    ['upper-cases', 'abcde-fghij', 'ABCDEFGHIJ'],
    ['keeps what is upper case', 'ABCDE-FGHIJ', 'ABCDEFGHIJ'],
    ['upper-cases mixed case', 'aBcDe-FgHiJ', 'ABCDEFGHIJ'],
    ['drops the separators', 'A-B_C.D:E/F G', 'ABCDEFG'],
    ['drops white space at the ends', ' \t7qx4m-9k2td\r\n', '7QX4M9K2TD'],
    ['drops a no-break space', 'AB\u00a0CD', 'ABCD'],
    ['drops an ideographic space', 'AB\u3000CD', 'ABCD'],
    ['drops a line separator', 'AB\u2028CD', 'ABCD'],
    ['drops dashes of every width', 'A\u2010B\u2011C\u2012D\u2013E\u2014F\u2015G', 'ABCDEFG'],
    ['drops the minus sign U+2212', 'AB\u2212CD', 'ABCD'],
    ['drops full-width and small dashes', 'A\uff0dB\ufe63C', 'ABC'],
    ['drops a zero-width space', 'AB\u200bCD', 'ABCD'],
    ['drops a byte order mark', '\ufeffABCD', 'ABCD'],
    ['drops a soft hyphen', 'AB\u00adCD', 'ABCD'],
    ['drops marks of direction', '\u202aAB\u202c\u200fCD', 'ABCD'],
    ['reads full-width letters and digits', 'ａｂ１２', 'AB12'],
    ['reads mathematical letters', '𝐀𝐁𝟏', 'AB1'],
    ['reads circled digits', '①②', '12'],
    ['keeps Cyrillic look-alikes apart', 'АВ12', 'АВ12'],
    ['upper-cases ASCII only', 'straße', 'STRAßE'],
    ['keeps other punctuation', 'A+B=C', 'A+B=C'],
    ['does not fold look-alikes', 'O0-I1', 'O0I1'],
    ['is empty of nothing but separators', ' - ', ''],
  ])('%s', (_, text, canonical) => {
    expect(canonicalForm(text)).toBe(canonical);
  });

  it.each([
    'i\u0307',
    'a\u200b\u0308',
    'A\u200b\u030a',
    '\u00a8a',
    'a\u00a8',
    'h\u0331',
    'j\u030c',
    'i\u0307A',
    'iı\u0307',
  ])('is its own canonical form where marks compose: %j', (text) => {
    expect(canonicalForm(canonicalForm(text))).toBe(canonicalForm(text));
  });

  it('is idempotent on any text (property)', () => {
    fc.assert(
      fc.property(tricky, (text) => {
        const once = canonicalForm(text);
        expect(canonicalForm(once)).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });

  it('is the same of every compatible spelling of one text (property)', () => {
    fc.assert(
      fc.property(tricky, (text) => {
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) {
          expect(canonicalForm(text.normalize(form))).toBe(canonicalForm(text));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a text that is too long to be a key', () => {
  it.each([
    ['of 4,097 bytes', 'A'.repeat(4097), 'is longer than 4 KiB'],
    ['of 1,366 characters of 3 bytes', '\u20ac'.repeat(1366), 'is longer than 4 KiB'],
    ['with 31 marks in a row', `A${'\u0301'.repeat(31)}`, 'more than 30 combining marks'],
    ['with 31 marks when separators are gone', `X${'\u0301-'.repeat(31)}`, 'more than 30 combining marks'],
    [
      'with marks that come out of compatible characters',
      '\ufc5e'.repeat(16),
      'more than 30 combining marks',
    ],
  ])('%s is refused before it is normalised', (_, text, message) => {
    const refused = refusal(() => canonicalForm(text));
    expect(refused.code).toBe('not_a_key');
    expect(refused.message).toContain(message);
  });

  it('is one of 4 KiB, or with 30 marks in a row, not yet', () => {
    expect(canonicalForm('a'.repeat(4096))).toBe('A'.repeat(4096));
    expect(canonicalForm('\u20ac'.repeat(1365))).toBe('\u20ac'.repeat(1365));
    expect(canonicalForm(`A${'\u0301'.repeat(30)}`)).toHaveLength(30);
  });

  it('gets no canonical form of bytes either', () => {
    const bytes = new Uint8Array(5000).fill(0x41);
    expect(canonicalizeAscii(bytes, 0, 4096, new Uint8Array(5000))).toBe(4096);
    expect(canonicalizeAscii(bytes, 0, 4097, new Uint8Array(5000))).toBe(-1);
  });
});

describe('canonicalizeAscii', () => {
  const run = (text: string) => {
    const bytes = new TextEncoder().encode(`##${text}##`);
    const out = new Uint8Array(bytes.length);
    const length = canonicalizeAscii(bytes, 2, bytes.length - 2, out);
    return length < 0 ? undefined : new TextDecoder().decode(out.subarray(0, length));
  };

  it('equals canonicalForm on printable ASCII and white space (property)', () => {
    const text = fc.string({
      unit: fc.constantFrom(
        ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)),
        '\t',
        '\n',
        '\v',
        '\f',
        '\r',
      ),
    });
    fc.assert(
      fc.property(text, (ascii) => {
        expect(run(ascii)).toBe(canonicalForm(ascii));
      }),
      { numRuns: 1000 },
    );
  });

  it('equals canonicalForm on each ASCII character alone and beside letters, or leaves it to canonicalForm', () => {
    for (let code = 0; code < 128; code++) {
      const character = String.fromCharCode(code);
      const strange = (code < 32 && !/\s/.test(character)) || code === 127;
      for (const text of [character, `a${character}`, `A${character}b`, `ab${character}cd`]) {
        expect([code, run(text)]).toStrictEqual([code, strange ? undefined : canonicalForm(text)]);
      }
    }
  });

  it('leaves text beyond ASCII to canonicalForm', () => {
    expect(run('ABＣ')).toBeUndefined();
    expect(run('AB–C')).toBeUndefined();
  });
});

describe('on the keys of one format', () => {
  it('is injective, unless a slot holds a letter in both cases (property)', () => {
    const cases = masks
      .map(({ mask }) => parseFormat(mask))
      .filter((format) =>
        format.slots.every(
          ({ symbols }) =>
            ![...symbols].some((s) => s !== s.toUpperCase() && symbols.includes(s.toUpperCase())),
        ),
      );
    fc.assert(
      fc.property(
        cases.chain((format) => {
          const rank = fc.bigInt({ min: 0n, max: format.capacity - 1n });
          return fc.record({ format: fc.constant(format), ranks: fc.uniqueArray(rank, { maxLength: 20 }) });
        }),
        ({ format, ranks }) => {
          const forms = new Set(ranks.map((rank) => canonicalForm(format.unrank(rank))));
          expect(forms.size).toBe(ranks.length);
        },
      ),
    );
  });

  it.each([
    '[a-dA-D0-3]{2}',
    '\\a[aA]',
    '[aA0]{2}',
    '[xX]\\-[01]{2}',
    '[ab][AB]',
    '\\L[a-f0-9]{2}',
    '[a1][A1]',
  ])('is injective on all keys of %s, or that format is refused', (mask) => {
    const format = parseFormat(mask);
    const forms = new Set<string>();
    for (let rank = 0n; rank < format.capacity; rank++) forms.add(canonicalForm(format.unrank(rank)));
    const injective = BigInt(forms.size) === format.capacity;
    if (injective && !mask.includes('aA')) expect(generateKey(format)).toMatch(format.regex);
    else expect(refusal(() => generateKey(format)).code).toBe('ambiguous_case');
  });

  it('has an exact twin: a format of both cases is refused unless compared exactly', () => {
    const format = parseFormat('XXXXXXXX', { alphabet: '[A-Za-z0-9]' });
    const { code, details, message } = refusal(() => generateKey(format));
    expect({ code, details }).toStrictEqual({
      code: 'ambiguous_case',
      details: { symbols: 'aA', option: 'exact' },
    });
    expect(message).toContain('exact');
    expect(generateKey(format, { exact: true })).toMatch(format.regex);
  });
});
