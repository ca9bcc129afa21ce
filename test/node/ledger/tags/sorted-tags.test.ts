import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TAG_BYTES } from '../../../../src/node/ledger/tags/cmac.js';
import { sortTags } from '../../../../src/node/ledger/tags/sorted-tags.js';

describe('sortTags', () => {
  it('sorts as bytes sort, keeps the first of equal ones and names the others', () => {
    const few = fc.array(fc.nat(40), { maxLength: 80 });
    fc.assert(
      fc.property(few, fc.boolean(), (numbers, sameHead) => {
        const tags = numbers.map((number) => {
          const tag = Buffer.alloc(TAG_BYTES, 7);
          tag[sameHead ? 9 : 2] = number;
          return tag;
        });
        const { bytes, count, order, repeated, repeats } = sortTags(
          Uint8Array.from(tags.flatMap((tag) => [...tag])),
          tags.length,
        );
        const distinct = [...new Set(numbers)].sort((a, b) => a - b);
        expect(count).toBe(distinct.length);
        expect([...order]).toStrictEqual(distinct.map((number) => numbers.indexOf(number)));
        expect(Buffer.from(bytes)).toStrictEqual(
          Buffer.concat([...order].map((index) => tags[index] ?? Buffer.alloc(0))),
        );
        const later = numbers.flatMap((number, index) => (numbers.indexOf(number) === index ? [] : [index]));
        expect([...repeated].sort((a, b) => a - b)).toStrictEqual(later);
        for (const [at, index] of repeated.entries()) {
          expect(numbers[order[repeats[at] ?? -1] ?? -1]).toBe(numbers[index]);
        }
      }),
    );
  });
});
