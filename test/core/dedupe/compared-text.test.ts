import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Comparison,
  comparedKey,
  comparedText,
  isAsciiKey,
} from '../../../src/core/dedupe/compared-text.js';
import { KeyComparer } from '../../../src/core/dedupe/key-comparer.js';
import { KnownKeys } from '../../../src/core/dedupe/known-keys.js';
import { isKeywrightError } from '../../../src/core/errors.js';
import { systemRandom } from '../../../src/core/random/random-source.js';

describe('what is compared of a key', () => {
  it.each([
    ['abcd-EFGH', 1, 'ABCDEFGH', undefined],
    ['abcd-EFGH', 'exact', 'abcd-EFGH', undefined],
    ['ＡＢ', 1, 'AB', undefined],
    ['ＡＢ', 'exact', 'ＡＢ', 'holds U+FF21, which is no character of license keys'],
    ['schlüssel', 1, 'SCHLüSSEL', 'holds U+00FC, which is no character of license keys'],
    ['---', 1, '---', 'holds nothing but separators'],
    ['---', 'exact', '---', 'holds nothing but separators'],
    ['', 1, '', 'holds nothing but separators'],
  ] as const)('%j compared by %s', (key, comparison, text, problem) => {
    expect(comparedKey(key, comparison)).toStrictEqual({ text, problem });
    expect(comparedText(key, comparison)).toBe(text);
  });

  it('is the text itself where it cannot be normalised', () => {
    const long = 'a'.repeat(5000);
    expect(comparedKey(long, 1)).toStrictEqual({ text: long, problem: 'is longer than 4 KiB' });
    const marked = `a${'\u0301'.repeat(31)}`;
    const problem = 'holds more than 30 combining marks in a row';
    expect(comparedKey(marked, 1)).toStrictEqual({ text: marked, problem });
  });

  it('makes one judgement for texts, for bytes, for a comparer and for known keys (property)', () => {
    const unit = fc.constantFrom(...'aZ09-_ .~\t', 'é', 'Ａ', '\u0000', '\u0301');
    const lengths = fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, fc.constantFrom(31, 600, 4096, 4097));
    const text = fc
      .tuple(fc.string({ unit, minLength: 1, maxLength: 6 }), lengths)
      .map(([part, times]) => part.repeat(times));
    fc.assert(
      fc.property(text, fc.constantFrom<Comparison>(1, 'exact'), (key, comparison) => {
        const exact = comparison === 'exact';
        const isKey = comparedKey(key, comparison).problem === undefined;
        const bytes = new TextEncoder().encode(key);
        if (exact) expect(isAsciiKey(bytes, 0, bytes.length)).toBe(isKey);
        const comparer = new KeyComparer(exact ? 'exact' : 'fold', systemRandom());
        expect(comparer.hashKey(bytes, 0, bytes.length, new Uint32Array(2), 0)).toBe(isKey);
        if (/^\s*$/.test(key)) return;
        expect(isKnown(() => new KnownKeys({ exact }).add(key))).toBe(isKey);
        const [spans, lines] = [Uint32Array.of(0, bytes.length), Uint32Array.of(0)];
        const listed = { bytes, spans, lines, firstLine: 1, count: 1 };
        expect(isKnown(() => new KnownKeys({ exact }).addSpans(listed))).toBe(isKey);
      }),
      { numRuns: 500 },
    );
  });
});

/** Whether known keys took it. */
function isKnown(add: () => unknown): boolean {
  try {
    add();
    return true;
  } catch (error) {
    if (!isKeywrightError(error, 'not_a_key')) throw error;
    return false;
  }
}
