import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalForm } from '../../../src/core/format/canonical.js';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { ungroupedOffsets } from '../../../src/core/generate/compared-form.js';
import { FragmentFilter } from '../../../src/core/generate/fragment-filter.js';
import { generateBlocks, generateKeys } from '../../../src/core/generate/generate.js';
import { seededRandom } from '../../../src/core/random/seeded-random.js';
import { refusal } from '../../failure.js';

const upper = (text: string) => canonicalForm(text).toUpperCase();

describe('a reject list', () => {
  it('finds what includes() finds, whatever the fragments (property)', () => {
    const letters = fc.constantFrom(...'ABabC1');
    const words = fc.array(fc.string({ unit: letters, minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        words,
        fc.string({ unit: fc.constantFrom(...'ABabC1x'), maxLength: 16 }),
        (fragments, text) => {
          const bytes = new TextEncoder().encode(`##${text}`);
          const offsets = Uint8Array.from({ length: text.length }, (_, index) => index);
          const naive = fragments.some((fragment) => text.toUpperCase().includes(fragment.toUpperCase()));
          expect(new FragmentFilter(fragments).matches(bytes, 2, offsets)).toBe(naive);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('keeps its fragments out of every key, across groups and in any case (property)', () => {
    const words = fc.array(fc.stringMatching(/^[A-Fa-f0-9]{2,3}$/), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(words, fc.constantFrom('HH-HH-HH-HH', 'uuid', 'solifyn'), (reject, spec) => {
        for (const key of generateKeys(spec, 100, { reject })) {
          for (const fragment of reject) expect(upper(key)).not.toContain(fragment.toUpperCase());
        }
      }),
      { numRuns: 60 },
    );
  });

  it('loses no key that it need not lose (exhaustive over a small format)', () => {
    const format = parseFormat('[AB]{3}-[AB]{3}');
    const allowed = Array.from({ length: 64 }, (_, rank) => format.unrank(BigInt(rank))).filter(
      (key) => !key.replace('-', '').includes('ABA') && !key.replace('-', '').includes('BBBB'),
    );
    const drawn = new Set<string>();
    for (let run = 0; run < 100; run++) {
      const random = seededRandom(`${run}`);
      const keys = generateKeys(format, allowed.length >> 1, { reject: ['A-ba', 'b b b b'], random });
      expect(new Set(keys).size).toBe(allowed.length >> 1);
      for (const key of keys) drawn.add(key);
    }
    expect([...drawn].toSorted()).toStrictEqual(allowed.toSorted());
  });

  it('counts what it rejected', () => {
    const blocks = generateBlocks(parseFormat('HH-HH-HH-HH'), 1000, { reject: ['0'] });
    let step = blocks.next();
    while (step.done !== true) step = blocks.next();
    expect(step.value.count).toBe(1000);
    expect(step.value.fragmentsRejected).toBeGreaterThan(300);
  });

  it('may hold blank lines and fragments in any spelling', () => {
    const keys = generateKeys('HHHH-HHHH', 2000, { reject: ['', '  ', ' a-a ', 'ｂｂ'] });
    for (const key of keys) expect(upper(key)).not.toMatch(/AA|BB/);
  });

  it.each([
    ['no fragment', []],
    ['only blank lines', ['', ' ', '-']],
    ['a fragment beyond ASCII', ['ABC', 'ÄBC']],
  ])('with %s is refused', (_, reject) => {
    const { code, details } = refusal(() => generateKeys('lukittu', 1, { reject }));
    expect({ code, details }).toStrictEqual({ code: 'invalid_option', details: { option: 'reject' } });
  });

  it('that nothing of a shard passes ends after a million candidates, and says how many keys there were', () => {
    const options = { reject: ['A'], shard: { index: 1, of: 2 } };
    const { code, details, message } = refusal(() => generateKeys('[AB]9999', 10, options));
    expect({ code, details }).toStrictEqual({
      code: 'exhausted',
      details: { produced: 0, rejected: 1_000_000 },
    });
    expect(message).toContain('reject list');
  });

  it('that hits the prefix lets nothing pass either', () => {
    const format = parseFormat('XXXX-XXXX', { prefix: 'LIC-' });
    expect(refusal(() => generateKeys(format, 1, { reject: ['lic'] })).code).toBe('infeasible');
    expect(refusal(() => generateKeys(format, 1, { reject: ['1ic'] })).code).toBe('infeasible');
  });

  it('finds its words spelled with look-alikes as well', () => {
    const filter = new FragmentFilter(['SEX', 'b0b']);
    const matches = (key: string) =>
      filter.matches(
        new TextEncoder().encode(key),
        0,
        Uint8Array.from(key, (_, index) => index),
      );
    for (const key of ['SEX', '5EX', 'sex', 'A5eXA', 'BOB', '80B', '8o8', 'b08'])
      expect(matches(key)).toBe(true);
    for (const key of ['5E', '2EX', 'EX5', 'BQB', '0B0']) expect(matches(key)).toBe(false);
    const keys = generateKeys('[SE5X]{6}', 1000, { reject: ['sex'] });
    expect(keys.filter((key) => /[S5]EX/.test(key))).toEqual([]);
  });

  it('tells which share of a format it leaves, exactly (exhaustive over small formats)', () => {
    for (const [mask, reject] of [
      ['[AB]{3}-[AB]{3}', ['aba', 'bbbb']],
      ['9{4}', ['00', '5', '123']],
      ['\\K[A-E5S]{3}', ['kas', 'ee', 'ab']],
    ] as const) {
      const [format, filter] = [parseFormat(mask), new FragmentFilter(reject)];
      const offsets = ungroupedOffsets(format);
      let left = 0;
      for (let rank = 0n; rank < format.capacity; rank++) {
        const bytes = new TextEncoder().encode(format.unrank(rank));
        if (!filter.matches(bytes, 0, Uint8Array.from(offsets))) left++;
      }
      expect(filter.acceptedShare(format)).toBeCloseTo(left / Number(format.capacity), 12);
      const most = Math.floor(left / 2);
      expect(generateKeys(format, most, { reject })).toHaveLength(most);
      const refused = refusal(() => generateKeys(format, most + 1, { reject }));
      expect(refused.code).toBe('infeasible');
      expect(refused.message).toContain('without rejected words');
    }
  });
});
