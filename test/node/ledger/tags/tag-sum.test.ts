import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { TagSum } from '../../../../src/node/ledger/tags/tag-sum.js';

function sumOf(tags: readonly Uint8Array[]): TagSum {
  const sum = new TagSum();
  for (const tag of tags) sum.add(tag, 0);
  return sum;
}

const tags = Array.from({ length: 20 }, () => randomBytes(16));

it('of tags is the same in any order, and of a list as of its parts', () => {
  const sum = String(sumOf(tags));
  expect(sum).toMatch(/^[0-9a-f]{16}$/);
  expect(String(sumOf(tags.toReversed()))).toBe(sum);
  const listed = new TagSum();
  for (let place = 0; place < tags.length; place++) listed.add(Buffer.concat(tags), place);
  expect(String(listed)).toBe(sum);
  expect(listed.count).toBe(20);
});

it('without one that was added is as before', () => {
  const sum = sumOf(tags);
  sum.subtract(Buffer.concat(tags), 3);
  expect(String(sum)).toBe(String(sumOf(tags.toSpliced(3, 1))));
  expect(sum.count).toBe(19);
  expect(String(new TagSum())).toBe('0'.repeat(16));
});

it('of two lists is that of both, also where one only takes away', () => {
  const less = new TagSum();
  less.subtract(Buffer.concat(tags), 3);
  const rest = sumOf(tags).plus(less);
  expect([rest.count, String(rest)]).toStrictEqual([19, String(sumOf(tags.toSpliced(3, 1)))]);
  expect(String(sumOf(tags.slice(0, 5)).plus(sumOf(tags.slice(5))))).toBe(String(sumOf(tags)));
});

it('is another one whichever bit turns over, also of two tags at once', () => {
  const sum = String(sumOf(tags));
  const turned = (tag: Uint8Array, bit: number) =>
    Uint8Array.from(tag, (byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
  for (let bit = 0; bit < 128; bit++) {
    expect(String(sumOf(tags.map((tag, index) => (index === 7 ? turned(tag, bit) : tag))))).not.toBe(sum);
    expect(String(sumOf(tags.map((tag, index) => (index < 2 ? turned(tag, bit) : tag))))).not.toBe(sum);
  }
});

it('stays what it was between versions', () => {
  expect(String(sumOf([Uint8Array.from({ length: 16 }, (_, index) => index)]))).toBe('5ff7b0aa4c99615f');
});
