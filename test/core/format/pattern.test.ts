import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { refusal } from '../../failure.js';

describe('the regex subset', () => {
  it.each([
    ['/^([A-F0-9]{6}-){5}[A-F0-9]{6}$/', '([A-F0-9]{6}-){5}[A-F0-9]{6}', 16n ** 36n],
    ['/[A-F]{3}/', '[A-F]{3}', 6n ** 3n],
    ['/^[A-F]{3}/', '[A-F]{3}', 6n ** 3n],
    ['/[A-F]{3}$/', '[A-F]{3}', 6n ** 3n],
    ['/^\\d{4}-\\d{4}$/', '\\d{4}-\\d{4}', 10n ** 8n],
    ['/^KEY-[\\dA-F]{4}$/', 'KEY-[\\dA-F]{4}', 16n ** 4n],
    ['/^(?:AB[CD]){2}$/', '(?:AB[CD]){2}', 4n],
    ['/^\\(\\d\\)\\$$/', '\\(\\d\\)\\$', 10n],
    ['/^\\d\\$/', '\\d\\$', 10n],
    ['/^\\d\\\\$/', '\\d\\\\', 10n],
    ['/^A\\.B[01]$/', 'A\\.B[01]', 2n],
    ['/^a/b[01]$/', 'a\\/b[01]', 2n],
  ])('%s is read as a regex reads it', (spec, source, capacity) => {
    const format = parseFormat(spec);
    const meant = new RegExp(`^(?:${source})$`);
    expect(format.capacity).toBe(capacity);
    for (const rank of [0n, format.capacity / 2n, format.capacity - 1n]) {
      expect(format.unrank(rank)).toMatch(meant);
      expect(format.test(format.unrank(rank))).toBe(true);
    }
  });

  it('takes letters that a mask would fill as they stand', () => {
    expect(parseFormat('/^XAH9#-[01]$/').unrank(1n)).toBe('XAH9#-1');
  });

  it('has a mask that says the same', () => {
    expect(parseFormat('/^KEY-[\\dA-F]{4}$/').mask).toBe('\\K\\E\\Y-[0-9A-F]{4}');
  });
});

describe('outside the subset', () => {
  it.each([
    ['a star', '/^[A-F]*$/', 8, 'one length'],
    ['a plus', '/^[A-F]+$/', 8, 'one length'],
    ['a question mark', '/^[A-F]?$/', 8, 'one length'],
    ['a range of repeats', '/^[A-F]{2,3}$/', 8, 'one length'],
    ['an open repeat', '/^[A-F]{2,}$/', 8, 'one length'],
    ['a lazy repeat', '/^[A-F]{2}?$/', 11, 'one length'],
    ['a repeat of nothing', '/^{2}[AB]$/', 3, 'one length'],
    ['an alternation', '/^[AB]|[CD]$/', 7, 'alternation'],
    ['an alternation in a group', '/^([AB]|C)$/', 8, 'alternation'],
    ['a look-ahead', '/^(?=A)[AB]$/', 4, 'look-around'],
    ['a look-behind', '/^(?<!A)[AB]$/', 4, 'look-around'],
    ['a back-reference', '/^([AB])\\1$/', 9, 'back-references'],
    ['the dot', '/^[AB].$/', 7, 'any character'],
    ['\\w', '/^\\w{4}$/', 3, '\\w is not supported'],
    ['\\b', '/^[AB]\\b$/', 7, '\\b is not supported'],
    ['\\0', '/^[AB]\\0$/', 7, '\\0 is not supported'],
    ['an anchor in the middle', '/^[AB]^[AB]$/', 7, 'anchors'],
    ['an end in the middle', '/^[AB]$[AB]$/', 7, 'anchors'],
    ['flags', '/^[AB]{4}$/i', 12, 'flags'],
    ['no second slash', '/^[AB]{4}$', 11, 'ends with a slash'],
    ['a slash alone', '/', 2, 'ends with a slash'],
    ['a group that stays open', '/^([AB]$/', 3, 'never closed'],
    ['a group that was never open', '/^[AB])$/', 7, 'never opened'],
    ['an empty group', '/^()[AB]$/', 3, 'empty'],
    ['a letter beyond ASCII', '/^Ä[AB]$/', 3, 'printable ASCII'],
  ])('%s is refused: %s at %i', (_, spec, position, words) => {
    const { code, message, details } = refusal(() => parseFormat(spec));
    expect({ code, details }).toStrictEqual({ code: 'invalid_format', details: { position } });
    expect(message).toContain(words);
  });

  it.each([
    ['an exclusion', '/^[^AB]$/', 4],
    ['a separator in a class', '/^[A_]$/', 5],
    ['a word class in a class', '/^[\\w]$/', 4],
    ['a symbol twice', '/^[ABA]$/', 6],
  ])('%s is refused as an alphabet: %s at %i', (_, spec, position) => {
    const { code, details } = refusal(() => parseFormat(spec));
    expect({ code, details }).toStrictEqual({ code: 'invalid_alphabet', details: { position } });
  });

  it('an escaped parenthesis opens no look-around', () => {
    expect(refusal(() => parseFormat('/^\\(?[AB]$/')).message).toContain('one length');
  });
});
