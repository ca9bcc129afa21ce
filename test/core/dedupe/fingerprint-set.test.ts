import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FingerprintSet } from '../../../src/core/dedupe/fingerprint-set.js';
import { seededRandom } from '../../../src/core/random/seeded-random.js';

function words(seed: string, count: number): Uint32Array {
  const all = new Uint32Array(count);
  seededRandom(seed).fill(new Uint8Array(all.buffer));
  return all;
}

describe('a set of fingerprints', () => {
  it('answers as a Set does, while it grows over several tables', () => {
    const set = new FingerprintSet(0);
    const twin = new Set<string>();
    const random = words('growth', 200_000);
    for (let index = 0; index < random.length; index += 2) {
      // Every other one comes back: some out of the newest table, some out of older ones.
      const again = index % 4 === 2 ? ((random[index + 1] ?? 0) % index) & ~1 : index;
      const [high = 0, low = 0] = random.subarray(again, again + 2);
      const fresh = twin.size < twin.add(`${high} ${low}`).size;
      if (set.add(high, low) !== fresh)
        expect.fail(`fingerprint ${index} should ${fresh ? '' : 'not '}be new`);
    }
    expect(twin.size).toBeGreaterThan(4 * 3072);
    expect(set.size).toBe(twin.size);
  });

  it('on crowded runs never takes an old one for new, nor a new low half for old (property)', () => {
    const halves = fc.tuple(
      fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1),
      fc.integer({ min: 1, max: 400 }),
    );
    fc.assert(
      fc.property(fc.array(halves, { maxLength: 400 }), (added) => {
        const set = new FingerprintSet(0);
        const tags = new Set<string>();
        for (const [high, low] of added) {
          const known = [...tags].some((tag) => tag.endsWith(` ${low}`));
          const fresh = set.add(high, low);
          if (!known) expect(fresh).toBe(true);
          if (tags.has(`${high} ${low}`)) expect(fresh).toBe(false);
          tags.add(`${high} ${low}`);
        }
      }),
    );
  });

  it('takes a million random fingerprints for new, all of them', () => {
    const set = new FingerprintSet(1_000_000);
    const random = words('a million', 2_000_000);
    let refused = 0;
    for (let index = 0; index < random.length; index += 2) {
      if (!set.add(random[index] ?? 0, random[index + 1] ?? 0)) refused++;
    }
    expect(refused).toBe(0);
    expect(set.size).toBe(1_000_000);
    for (let index = 0; index < random.length; index += 2) {
      if (set.add(random[index] ?? 0, random[index + 1] ?? 0))
        expect.fail('one that was added came out as new');
    }
  });

  it('wraps from its last slot to its first', () => {
    const set = new FingerprintSet(0);
    for (let low = 1; low <= 2000; low++) expect(set.add(2 ** 32 - 1, low)).toBe(true);
    for (let low = 1; low <= 2000; low++) expect(set.add(2 ** 32 - 1, low)).toBe(false);
    expect(set.size).toBe(2000);
  });

  it('holds a low half of 0, which it takes for 1', () => {
    const set = new FingerprintSet(0);
    expect(set.add(7, 0)).toBe(true);
    expect(set.add(7, 0)).toBe(false);
    expect(set.add(7, 1)).toBe(false);
    expect(set.add(2 ** 31, 0)).toBe(true);
  });
});
