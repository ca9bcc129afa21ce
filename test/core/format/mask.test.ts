import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { refusal } from '../../failure.js';

describe('a mask', () => {
  it.each([
    ['XXXXX-XXXXX', '^[0-9A-Z]{5}-[0-9A-Z]{5}$'],
    ['##', '^[0-9A-Z]{2}$'],
    ['99-AA-HH', '^[0-9]{2}-[A-Z]{2}-[0-9A-F]{2}$'],
    ['[A-F]X', '^[A-F][0-9A-Z]$'],
    ['[ACE]9', '^[ACE][0-9]$'],
    ['[AB]9', '^[AB][0-9]$'],
    ['[ABC]9', '^[A-C][0-9]$'],
    ['X-_.:/ X', '^[0-9A-Z]-_\\.:\\/ [0-9A-Z]$'],
    ['\\X\\{\\}X', '^X\\{\\}[0-9A-Z]$'],
    ['\\[X\\]', '^\\[[0-9A-Z]\\]$'],
    ['[Q]9', '^Q[0-9]$'],
    ['X{3}', '^[0-9A-Z]{3}$'],
    ['9(-9){2}', '^[0-9]-[0-9]-[0-9]$'],
    ['((9{2}-){2}A){2}', '^[0-9]{2}-[0-9]{2}-[A-Z][0-9]{2}-[0-9]{2}-[A-Z]$'],
    ['9-{4}9', '^[0-9]-{4}[0-9]$'],
    ['\\Q{3}9', '^QQQ[0-9]$'],
    ['(9)', '^[0-9]$'],
  ])('%s is the regex %s', (mask, regex) => {
    expect(parseFormat(mask).regex.source).toBe(regex);
  });

  it('keeps the text that it was written as', () => {
    expect(parseFormat('X{5}(-X{5}){4}').mask).toBe('X{5}(-X{5}){4}');
  });
});

describe('a character that a mask does not know', () => {
  it.each([
    ['LINUX-XXXX', 1, 'XXXX', 'the mask XXXX with the prefix LINUX-'],
    ['AXE-XXXX-XXXX', 3, 'XXXX-XXXX', 'the mask XXXX-XXXX with the prefix AXE-'],
    ['KEY.2024.XXXX', 1, 'XXXX', 'the mask XXXX with the prefix KEY.2024.'],
    ['PRO_####', 1, '####', 'the mask #### with the prefix PRO_'],
    ['UVWX-1234', 1, 'XXXX-XXXX', 'example key, its mask is XXXX-XXXX'],
    ['9A1B-C2D3', 3, 'XXXX-XXXX', 'example key, its mask is XXXX-XXXX'],
    ['7QX4M.9K2TD', 1, 'XXXXX.XXXXX', 'example key, its mask is XXXXX.XXXXX'],
  ])('%s is refused at %i, and %s suggested', (spec, position, suggestion, words) => {
    const { code, message, details } = refusal(() => parseFormat(spec));
    expect({ code, details }).toStrictEqual({
      code: 'invalid_format',
      details: { position, suggestion, option: 'prefix' },
    });
    expect(message).toContain(words);
    expect(message).toMatch(new RegExp(`^position ${position}: `));
  });

  it.each([
    ['XX*', 3, 'write \\* for the literal'],
    ['XX]', 3, 'write \\] for the literal'],
    ['XX}', 3, 'write \\} for the literal'],
    ['XX=', 3, 'write \\= for the literal'],
    ['XXÄ', 3, 'printable ASCII'],
    ['XX–XX', 3, 'printable ASCII'],
    ['XX\tXX', 3, 'printable ASCII'],
    ['XX\n', 3, 'printable ASCII'],
    ['XX😀', 3, 'printable ASCII'],
    ['XX\\', 3, 'backslash'],
    ['XX\\Ä', 4, 'printable ASCII'],
  ])('%s is refused at %i: %s', (spec, position, words) => {
    const { code, message, details } = refusal(() => parseFormat(spec));
    expect({ code, details }).toStrictEqual({ code: 'invalid_format', details: { position } });
    expect(message).toContain(words);
  });

  it('is refused with the prefix as a way out where the mask may be meant', () => {
    const { message, details } = refusal(() => parseFormat('XXXX-Q{4}'));
    expect(message).toContain('or use a prefix');
    expect(details).toStrictEqual({ position: 6, option: 'prefix' });
  });

  it('does not make a long text expensive to refuse', () => {
    const spec = `Q-${'X-'.repeat(50_000)}Q`;
    // In quadratic time this would take minutes.
    expect(refusal(() => parseFormat(spec)).code).toBe('invalid_format');
  });
});

describe('the structure of a mask', () => {
  it.each([
    ['{3}X', 1, 'before it'],
    ['X{2}{3}', 5, 'before it'],
    ['X{}', 2, 'number in braces'],
    ['X{0}', 2, 'number in braces'],
    ['X{01}', 2, 'number in braces'],
    ['X{1,2}', 2, 'one length'],
    ['X{2,}', 2, 'one length'],
    ['X{-1}', 2, 'number in braces'],
    ['X{1e2}', 2, 'number in braces'],
    ['X{9999}', 2, 'number in braces'],
    ['X{5', 2, 'number in braces'],
    ['(XX', 1, 'never closed'],
    ['X(X(X)', 2, 'never closed'],
    ['XX)', 3, 'never opened'],
    ['X()', 2, 'empty'],
    ['X(){2}', 2, 'empty'],
  ])('%s is refused at %i: %s', (spec, position, words) => {
    const { code, message, details } = refusal(() => parseFormat(spec));
    expect({ code, details }).toStrictEqual({ code: 'invalid_format', details: { position } });
    expect(message).toContain(words);
  });

  it.each([
    ['XX[A', 3, 'closing bracket'],
    ['XX[]', 3, 'needs symbols'],
    ['XX[AA]', 5, 'twice'],
    ['XX[^A]', 4, 'exclude'],
    ['XX[Z-A]', 4, 'lower'],
    ['XX[A_]', 5, 'separators'],
  ])('%s holds no class that a slot may have: refused at %i', (spec, position, words) => {
    const { code, message, details } = refusal(() => parseFormat(spec));
    expect({ code, details }).toStrictEqual({ code: 'invalid_alphabet', details: { position } });
    expect(message).toContain(words);
  });
});
