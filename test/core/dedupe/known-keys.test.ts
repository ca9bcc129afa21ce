import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeySpans } from '../../../src/core/dedupe/key-spans.js';
import { KnownKeys } from '../../../src/core/dedupe/known-keys.js';
import { canonicalForm } from '../../../src/core/format/canonical.js';
import { refusal } from '../../failure.js';

function spansOf(keys: readonly string[]): KeySpans {
  const parts = keys.map((key) => new TextEncoder().encode(key));
  const spans = new Uint32Array(2 * keys.length);
  let end = 3;
  for (const [index, part] of parts.entries()) {
    spans[2 * index] = end;
    end += part.length;
    spans[2 * index + 1] = end;
    end += 1;
  }
  const bytes = new Uint8Array(end).fill(0x0a);
  for (const [index, part] of parts.entries()) bytes.set(part, spans[2 * index]);
  return { bytes, spans, lines: Uint32Array.from(keys, (_, line) => line), firstLine: 1, count: keys.length };
}

const printable = fc.string({ unit: fc.constantFrom(...'ABCabc012-_ .!'), maxLength: 8 });

describe('known keys', () => {
  it('know a key by its canonical form', () => {
    const known = new KnownKeys();
    expect(known.add('ABCD-EFGH')).toBe(true);
    for (const spelling of [
      'abcd-efgh',
      'ABCDEFGH',
      ' abcd efgh ',
      'ABCD–EFGH',
      'ＡＢＣＤＥＦＧＨ',
      '\ufeffABCD_EFGH',
      'aBCD-EFGH',
    ]) {
      expect(known.add(spelling)).toBe(false);
    }
    expect(known.size).toBe(1);
  });

  it('take a key of a list as they take its text', () => {
    const keys = ['abcd-efgh', 'ABCD EFGH', 'x', 'Ａ-Ｂ', 'AB'];
    const list = spansOf(keys);
    const [one, other] = [new KnownKeys(), new KnownKeys()];
    const added = keys.map((_, index) => one.addSpan(list, index));
    expect(added).toEqual([true, false, true, true, false]);
    expect(added).toEqual(keys.map((key) => other.add(key)));
    expect(refusal(() => one.addSpan(spansOf(['--']), 0)).code).toBe('not_a_key');
  });

  it('take a key of a list with hashes, or without one, as they take its text', () => {
    const seen: string[] = [];
    const known = new KnownKeys({
      onNew: (bytes, length) => seen.push(new TextDecoder().decode(bytes.subarray(0, length))),
    });
    const keys = ['abcd-efgh', 'ABCDEFGH', 'AB CD', '--', 'ab_cd', 'abc'];
    const list = spansOf(keys);
    const hashes = new Uint32Array(2 * keys.length);
    for (const [index, key] of keys.entries()) {
      const [start = 0, end] = list.spans.subarray(2 * index);
      // A reader that finds more behind it leaves it without.
      if (known.lineHash?.hashLine(list.bytes, start, hashes, 2 * index) !== end)
        hashes.fill(0, 2 * index, 2 * index + 2);
      expect(hashes[2 * index] !== 0, key).toBe(!/ |^-+$/.test(key));
    }
    known.prefetchSpans({ ...list, hashes }, 0, keys.length);
    const added = (index: number) => known.addSpan({ ...list, hashes }, index);
    expect([0, 1, 2, 4, 5].map(added)).toEqual([true, false, true, false, true]);
    expect(refusal(() => added(3)).code).toBe('not_a_key');
    expect(seen).toEqual(['ABCDEFGH', 'ABCD', 'ABC']);
  });

  it('know a text as it is when exact', () => {
    const known = new KnownKeys({ exact: true });
    for (const text of ['ABCD-EFGH', 'abcd-efgh', 'ABCDEFGH', 'ABCD EFGH'])
      expect(known.add(text)).toBe(true);
    expect(known.add('ABCD-EFGH')).toBe(false);
  });

  it.each([false, true])(
    'answer as a Set of compared texts does, one by one and from a reader; exact: %s (property)',
    (exact) => {
      fc.assert(
        fc.property(
          fc.array(
            printable.filter((key) => canonicalForm(key) !== ''),
            { maxLength: 40 },
          ),
          (keys) => {
            const [single, bulk] = [new KnownKeys({ exact }), new KnownKeys({ exact })];
            const twin = new Set<string>();
            for (const key of keys) {
              const compared = exact ? key : canonicalForm(key);
              expect(single.add(key)).toBe(!twin.has(compared));
              twin.add(compared);
            }
            expect(bulk.addSpans(spansOf(keys))).toBe(twin.size);
            expect([single.size, bulk.size]).toStrictEqual([twin.size, twin.size]);
          },
        ),
      );
    },
  );

  it('call onNew with what is compared, for each new key', () => {
    const seen: string[] = [];
    const known = new KnownKeys({
      onNew: (bytes, length) => seen.push(new TextDecoder().decode(bytes.subarray(0, length))),
    });
    known.add('ab-cd');
    known.add('AB CD');
    known.addSpans(spansOf(['abcd', '', 'efg-h', 'ｅｆｇｈ', 'X'.repeat(700)]));
    expect(seen).toStrictEqual(['ABCD', 'EFGH', 'X'.repeat(700)]);
  });

  it('take what is no plain ASCII the long way, to the same end', () => {
    const known = new KnownKeys();
    expect(known.addSpans(spansOf(['ＡＢ–ＣＤ', 'AB\u00a0CD', 'abcd', '\u200bABCE']))).toBe(2);
  });

  it.each([
    ['U+0000', 'AB\u0000CD'],
    ['U+00C4', 'ÄBCD'],
    ['U+0410', '\u0410BCD'],
    ['U+1F600', 'AB😀'],
  ])('refuse a key that holds %s, by the name of the character', (name, key) => {
    for (const exact of [false, true]) {
      const single = refusal(() => new KnownKeys({ exact }).add(key));
      expect(single.code).toBe('not_a_key');
      expect(single.message).toContain(name);
      const third = refusal(() => new KnownKeys({ exact }).addSpans(spansOf(['ABCD', 'EFGH', key])));
      expect(third.code).toBe('not_a_key');
      expect(third.details).toStrictEqual({ position: 3 });
      expect(third.message).not.toContain('BCD');
    }
  });

  it('take bytes that are no UTF-8 for no key', () => {
    const keys = { ...spansOf(['ABCD']), bytes: Uint8Array.of(0, 0, 0, 0x41, 0xff, 0x42, 0x43) };
    expect(refusal(() => new KnownKeys().addSpans(keys)).code).toBe('not_a_key');
  });

  it.each([Number.NaN, -1, 1.5, 2 ** 53, Number.POSITIVE_INFINITY])('cannot expect %d keys', (expected) => {
    const { code, details } = refusal(() => new KnownKeys({ expected }));
    expect({ code, details }).toStrictEqual({ code: 'invalid_option', details: { option: 'expected' } });
  });
});
