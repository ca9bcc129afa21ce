import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TAG_BYTES } from '../../../../src/node/ledger/tags/cmac.js';
import { SortScratch, sortTags } from '../../../../src/node/ledger/tags/sorted-tags.js';

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

  it('puts a result where one was that is given back', () => {
    const scratch = new SortScratch();
    const tagsOf = (count: number, salt: number) =>
      Uint8Array.from({ length: count * TAG_BYTES }, (_, at) => (at * 2_654_435_761 * salt) >>> 24);
    for (const [turn, count] of [3000, 2000, 5, 3000, 4000].entries()) {
      const tags = tagsOf(count, turn + 1);
      const kept = sortTags(tags, count, scratch);
      const fresh = sortTags(tags.slice(), count);
      expect(kept.count).toBe(fresh.count);
      expect(Buffer.from(kept.bytes).equals(Buffer.from(fresh.bytes))).toBe(true);
      expect(kept.order).toStrictEqual(fresh.order);
      scratch.giveBack(kept);
    }
  });

  it('leaves a result alone that is not given back', () => {
    const scratch = new SortScratch();
    const first = sortTags(new Uint8Array(2000 * TAG_BYTES).fill(1), 1, scratch);
    scratch.giveBack(sortTags(new Uint8Array(2000 * TAG_BYTES).fill(2), 2000, scratch));
    sortTags(new Uint8Array(2000 * TAG_BYTES).fill(3), 2000, scratch);
    expect([...first.bytes]).toStrictEqual(Array.from({ length: TAG_BYTES }, () => 1));
  });
});
