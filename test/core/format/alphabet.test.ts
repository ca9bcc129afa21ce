import { describe, expect, it } from 'vitest';
import { ALPHABETS, parseAlphabet } from '../../../src/core/format/alphabet.js';
import { refusal } from '../../failure.js';

describe('the named alphabets', () => {
  it('keep their symbols in contract order, which ranks, shards and seeds depend on', () => {
    expect(ALPHABETS).toStrictEqual({
      base36: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      crockford32: '0123456789ABCDEFGHJKMNPQRSTVWXYZ',
      windows24: 'BCDFGHJKMPQRTVWXY2346789',
      nolookalike: '23456789ABCDEFGHJKMNPQRSTUVWXYZ',
      hex: '0123456789ABCDEF',
      digits: '0123456789',
      letters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    });
  });

  it.each(Object.entries(ALPHABETS))('%s holds each of its symbols once', (_, symbols) => {
    expect(new Set(symbols).size).toBe(symbols.length);
  });

  it.each([
    ['base36', 36],
    ['crockford32', 32],
    ['windows24', 24],
    ['nolookalike', 31],
    ['hex', 16],
    ['digits', 10],
    ['letters', 26],
  ])('%s has %i symbols', (name, size) => {
    expect(parseAlphabet(name).symbols).toHaveLength(size);
  });

  it('ignore case in their names and answer with the proper one', () => {
    expect(parseAlphabet('CrockFord32')).toStrictEqual({
      name: 'crockford32',
      symbols: ALPHABETS.crockford32,
    });
  });
});

describe('an alphabet in brackets', () => {
  it.each([
    ['[ABC]', 'ABC'],
    ['[CBA]', 'CBA'],
    ['[A-C2-4]', 'ABC234'],
    ['[A-HJ-NP-Z2-9]', 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'],
    ['[\\dA-F]', '0123456789ABCDEF'],
    ['[F-F0]', 'F0'],
    ['[!#$%]', '!#$%'],
    ['[\\]\\[\\\\\\^]', '][\\^'],
    ['[!-,]', '!"#$%&\'()*+,'],
    ['[aA]', 'aA'],
  ])('%s spells %s, in that order', (text, symbols) => {
    expect(parseAlphabet(text)).toStrictEqual({ name: text, symbols });
  });
});

describe('no alphabet', () => {
  it.each(['base32', 'AB', '', ' base36', 'abcdef', '(AB)', '__proto__'])(
    'is the bare word "%s"; the refusal lists the names and the brackets',
    (text) => {
      const { code, message } = refusal(() => parseAlphabet(text));
      expect(code).toBe('invalid_alphabet');
      for (const name of Object.keys(ALPHABETS)) expect(message).toContain(name);
      expect(message).toContain('[A-HJ-NP-Z2-9]');
    },
  );

  it.each([
    ['a symbol twice', '[AA]', 3, 'twice'],
    ['a symbol twice, by a range', '[BA-C]', 3, 'twice'],
    ['a symbol twice, by \\d', '[5\\d]', 3, 'twice'],
    ['the separator _', '[A-C_]', 5, 'separators'],
    ['the separator .', '[A.]', 3, 'separators'],
    ['the separator :', '[:A]', 2, 'separators'],
    ['the separator /', '[A/]', 3, 'separators'],
    ['a hyphen at the end', '[AB-]', 4, 'separators'],
    ['a hyphen at the beginning', '[-AB]', 2, 'separators'],
    ['an escaped hyphen', '[A\\-B]', 3, 'separators'],
    ['a range over separators', '[0-Z]', 2, 'separators'],
    ['a space', '[A B]', 3, 'separators'],
    ['a tab', '[A\tB]', 3, 'printable ASCII'],
    ['a letter beyond ASCII', '[AÄ]', 3, 'printable ASCII'],
    ['a character beyond the basic plane', '[A😀]', 3, 'printable ASCII'],
    ['a range backwards', '[Z-A]', 2, 'lower'],
    ['an exclusion', '[^AB]', 2, 'exclude'],
    ['a caret further on', '[A^]', 3, 'exclude'],
    ['a class of words', '[\\w]', 2, 'punctuation'],
    ['a range to \\d', '[A-\\d]', 4, 'punctuation'],
    ['no closing bracket', '[AB', 1, 'closing bracket'],
    ['nothing in the brackets', '[]', 1, 'needs symbols'],
    ['something behind the bracket', '[AB]C', 5, 'closing bracket'],
  ])('has %s: %s is refused at position %i', (_, text, position, reason) => {
    const { code, message, details } = refusal(() => parseAlphabet(text));
    expect({ code, details }).toStrictEqual({ code: 'invalid_alphabet', details: { position } });
    expect(message).toContain(reason);
  });

  it('has one symbol alone', () => {
    const { code, message } = refusal(() => parseAlphabet('[A]'));
    expect(code).toBe('invalid_alphabet');
    expect(message).toContain('two symbols');
  });
});
