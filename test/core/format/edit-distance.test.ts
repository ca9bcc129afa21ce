import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance } from '../../../src/core/format/edit-distance.js';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['verify', 'vreify', 1],
    ['export', 'import', 2],
    ['ca', 'abc', 3],
  ])('of %s and %s is %i', (a, b, steps) => expect(editDistance(a, b)).toBe(steps));

  it('is symmetric, nought only of equals, and never more than the longer is long', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const steps = editDistance(a, b);
        expect(steps).toBe(editDistance(b, a));
        expect(steps === 0).toBe(a === b);
        expect(steps).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
