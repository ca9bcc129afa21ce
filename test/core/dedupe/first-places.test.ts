import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirstPlaces } from '../../../src/core/dedupe/first-places.js';
import { NEW } from '../../../src/core/dedupe/places-table.js';

describe('a table of first places', () => {
  it.each([0, 100_000])('says what a Map says, one by one and many together, for %i expected', (expected) => {
    const [single, many] = [new FirstPlaces(expected), new FirstPlaces(expected)];
    const twin = new Map<number, number>();
    const count = 64 * 400;
    const fingerprints = new Uint32Array(2 * count);
    // Low halves that differ, 0 among them, so that no two different ones can be taken for equal.
    for (let index = 0; index < count; index++) {
      const id = Math.imul(index % 3 === 0 ? index % 6001 : index, 0x9e3779b1) >>> 0;
      fingerprints[2 * index] = id;
      fingerprints[2 * index + 1] = id;
    }
    const places = { base: 5, words: Uint32Array.from({ length: 3 * count }, (_, at) => at), stride: 3 };
    const skip = new Uint8Array(count).fill(1);
    const met = new Uint32Array(128);
    for (let first = 0; first < count; first += 64) {
      const wanted: number[] = [];
      for (let index = first; index < first + 64; index++) {
        const id = fingerprints[2 * index] ?? 0;
        const there = twin.get(id);
        if (there === undefined) twin.set(id, 5 + 3 * index);
        else wanted.push(index, there);
        expect(single.put(id, id, 5 + 3 * index)).toBe(there ?? NEW);
      }
      const found = many.putAll(fingerprints, first, first + 64, places, skip, met);
      expect([...met.subarray(0, 2 * found)]).toEqual(wanted);
      for (let at = 0; at < found; at++) expect(skip[met[2 * at] ?? 0]).toBe(0);
    }
    expect([single.size, many.size]).toEqual([twin.size, twin.size]);
  });

  it('leaves out what is to be skipped', () => {
    const table = new FirstPlaces(10);
    const fingerprints = Uint32Array.of(1, 1, 2, 2);
    const places = { base: 0, words: Uint32Array.of(7, 8), stride: 1 };
    expect(table.putAll(fingerprints, 0, 2, places, Uint8Array.of(0, 1), new Uint32Array(4))).toBe(0);
    expect(table.size).toBe(1);
    expect(table.put(2, 2, 9)).toBe(8);
  });

  it('finds what wraps around its end (property)', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 5000 }), { maxLength: 2000 }), (tags) => {
        const table = new FirstPlaces(0);
        for (const tag of tags) expect(table.put(0xffffffff, tag, tag)).toBe(NEW);
        for (const tag of tags) expect(table.put(0xffffffff, tag, 0)).toBe(tag);
      }),
      { numRuns: 20 },
    );
  });
});
