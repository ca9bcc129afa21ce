import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ascending } from '../../../../src/node/dedupe/memory/ascending.js';

it('orders as a sort of the indexes does (property)', () => {
  const word = fc.oneof(
    fc.nat(20),
    fc.nat(2 ** 32 - 1),
    fc.constantFrom(0, 2047, 2048, 2 ** 22, 2 ** 32 - 1),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 300 }), fc.nat(10), (list, more) => {
      const count = Math.max(0, list.length - more);
      const words = Uint32Array.from(list);
      const wanted = [...list.slice(0, count).keys()].sort(
        (a, b) => (list[a] ?? 0) - (list[b] ?? 0) || a - b,
      );
      expect([...ascending(words, count)]).toEqual(wanted);
      expect([...words]).toEqual(list);
    }),
  );
});
