import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALPHABETS } from '../../../src/core/format/alphabet.js';
import { checkKey } from '../../../src/core/format/normalize.js';
import { parseFormat } from '../../../src/core/format/parse-format.js';

const serial = parseFormat('XXXX-XXXX');
const crockford = parseFormat('XXXX-XXXX', { alphabet: 'crockford32' });
const checked = parseFormat('XXXX-XXXX', { alphabet: 'crockford32', checkCharacter: 'auto' });

describe('normalize', () => {
  it.each([
    ['as printed', 'ABCD-EFGH', 'ABCD-EFGH'],
    ['lower case', 'abcd-efgh', 'ABCD-EFGH'],
    ['mixed case', 'aBcD-eFgH', 'ABCD-EFGH'],
    ['no hyphen', 'ABCDEFGH', 'ABCD-EFGH'],
    ['hyphens elsewhere', 'AB-CD-EF-GH', 'ABCD-EFGH'],
    ['spaces and a line end', '  ABCD EFGH\r\n', 'ABCD-EFGH'],
    ['a dash of typography', 'ABCD–EFGH', 'ABCD-EFGH'],
    ['the minus sign', 'ABCD\u2212EFGH', 'ABCD-EFGH'],
    ['a zero-width space', 'ABCD-\u200bEFGH', 'ABCD-EFGH'],
    ['full width', 'ＡＢＣＤ－ＥＦＧＨ', 'ABCD-EFGH'],
    ['too short', 'ABCD-EFG', undefined],
    ['too long', 'ABCD-EFGHI', undefined],
    ['a Cyrillic look-alike', 'АBCD-EFGH', undefined],
    ['a letter with a mark', 'ÁBCD-EFGH', undefined],
    ['a dotless i, which is no I', 'ıBCD-EFGH', undefined],
    ['a sharp s, which is no SS', 'ßBCD-EFG', undefined],
    ['nothing', '', undefined],
  ])('reads a key typed with %s', (_, typed, key) => {
    expect(serial.normalize(typed)).toBe(key);
  });

  it('takes a literal for what it is', () => {
    const format = parseFormat('9999', { prefix: 'Lic+' });
    expect(format.normalize('lic+0000')).toBe('Lic+0000');
    expect(format.normalize('L1c+0000')).toBeUndefined();
    expect(format.normalize('0000')).toBeUndefined();
  });

  it('keeps case where the slot has both', () => {
    const format = parseFormat('XX', { alphabet: '[aAbB]' });
    expect(format.normalize('aB')).toBe('aB');
  });

  it('lower-cases where the format is lower case', () => {
    const uuid = parseFormat('uuid');
    expect(uuid.normalize('919108F7-52D1-4320-9BAC-F847DB4148A8')).toBe(
      '919108f7-52d1-4320-9bac-f847db4148a8',
    );
  });

  it('is idempotent on typed keys and on any text (property)', () => {
    const formats = [
      serial,
      crockford,
      checked,
      parseFormat('uuid'),
      parseFormat('uuidv7'),
      parseFormat('9{4}', { prefix: 'a/B' }),
    ];
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...'01OIlLABCDabcd-_ \u200b–'), maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...formats), text, (format, typed) => {
        const key = format.normalize(typed);
        if (key === undefined) return;
        expect(format.test(key)).toBe(true);
        expect(format.normalize(key)).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads every key back from any typing of it (property)', () => {
    const noise = fc.constantFrom('', '', '', '-', ' ', '–', '\u200b', '_', '\u00a0');
    const typings = fc.record({
      format: fc.constantFrom(serial, crockford, checked, parseFormat('cryptlex')),
      n: fc.bigInt({ min: 0n, max: 2n ** 160n }),
      noises: fc.array(noise, { minLength: 50, maxLength: 50 }),
      lower: fc.array(fc.boolean(), { minLength: 50, maxLength: 50 }),
    });
    fc.assert(
      fc.property(typings, ({ format, n, noises, lower }) => {
        const key = format.unrank(n % format.capacity);
        const typed = [...key]
          .map(
            (character, index) =>
              (noises[index] ?? '') + (lower[index] === true ? character.toLowerCase() : character),
          )
          .join('');
        expect(format.normalize(typed)).toBe(key);
      }),
    );
  });
});

describe('a look-alike', () => {
  it.each([
    ['O for 0, I and L for 1', crockford, 'OIL0-1111', '0110-1111'],
    ['in lower case', crockford, 'oil0-1111', '0110-1111'],
  ])('is folded: %s', (_, format, typed, key) => {
    expect(format.normalize(typed)).toBe(key);
  });

  it.each([
    ['in the alphabet itself', 'base36', 'O0I1'],
    ['absent, like all that it resembles', 'windows24', '0000'],
    ['absent, and resembling two symbols that are present', '[1LAB]', 'IIII'],
  ])('is never folded where it is %s', (_, alphabet, typed) => {
    const format = parseFormat('XXXX', { alphabet });
    expect(checkKey(format, typed).folded).toStrictEqual([]);
    expect(format.normalize(typed)).toBe(alphabet === 'base36' ? typed : undefined);
  });

  it.each(Object.entries(ALPHABETS))('never replaces a symbol of %s', (name, symbols) => {
    const format = parseFormat('XX', { alphabet: name });
    for (const symbol of symbols) expect(format.normalize(symbol + symbol)).toBe(symbol + symbol);
  });

  it('is reported with its place in what was typed', () => {
    expect(checkKey(crockford, ' ab-cO 1lef').folded).toStrictEqual([
      { position: 6, typed: 'O', read: '0' },
      { position: 9, typed: 'l', read: '1' },
    ]);
  });
});

describe('checkKey', () => {
  it.each([
    ['ends too soon', 'ABCD-EFG', 9],
    ['holds what cannot stand there', 'AB!D-EFGH', 3],
    ['goes on too long', 'ABCD-EFGHI', 10],
    ['goes on behind a space', 'ABCD-EFGH X', 11],
    ['holds a character beyond the basic plane', 'A😀CD-EFGH', 2],
    ['is empty', '', 1],
  ])('says where a text %s', (_, typed, position) => {
    const check = checkKey(serial, typed);
    expect(check.ok).toBe(false);
    expect(check.key).toBeUndefined();
    expect(check.problem?.position).toBe(position);
  });

  it('gives the canonical form of the key, or of the text that is none', () => {
    expect(checkKey(crockford, 'abco-1lef').canonical).toBe('ABC011EF');
    expect(checkKey(serial, 'abcd-efg').canonical).toBe('ABCDEFG');
  });

  it('says of the check character that it is right, wrong, or not reached', () => {
    const key = checked.example;
    const wrong = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
    expect(checkKey(checked, key)).toMatchObject({
      ok: true,
      key,
      checkCharacter: 'right',
      problem: undefined,
    });
    expect(checkKey(checked, wrong)).toMatchObject({ ok: false, key: undefined, checkCharacter: 'wrong' });
    expect(checkKey(checked, wrong).problem?.position).toBe(key.length);
    expect(checkKey(checked, key.slice(0, -1)).checkCharacter).toBeUndefined();
    expect(checkKey(serial, 'ABCD-EFGH').checkCharacter).toBeUndefined();
  });

  it('does not read what is too long to be a key', () => {
    for (const text of ['A'.repeat(5000), `A${'\u0301'.repeat(40)}`]) {
      expect(checkKey(serial, text)).toMatchObject({ ok: false, canonical: '', problem: { position: 0 } });
    }
  });

  it('never throws, and is ok exactly when it has a key (property)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(serial, crockford, checked),
        fc.string({ unit: 'binary' }),
        (format, text) => {
          const check = checkKey(format, text);
          expect(check.ok).toBe(check.key !== undefined);
          expect(check.ok).toBe(check.problem === undefined);
        },
      ),
    );
  });
});
