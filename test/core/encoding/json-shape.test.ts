import { describe, expect, it } from 'vitest';
import {
  listOf,
  nullable,
  objectOf,
  objectShape,
  readShape,
  refined,
  textShape,
  truthShape,
  wholeNumberShape,
} from '../../../src/core/encoding/json-shape.js';

const SHAPE = objectOf({
  name: refined(textShape, (name) => name !== ''),
  sizes: listOf(wholeNumberShape),
  note: nullable(textShape),
  more: objectShape,
  done: truthShape,
});
const GOOD = { name: 'a', sizes: [0, 7], note: null, more: { any: [1.5] }, done: false };

describe('a text of JSON that was kept', () => {
  it('is read where it has its shape; members that are not asked for are left out', () => {
    expect(readShape(JSON.stringify({ ...GOOD, other: 1 }), SHAPE)).toStrictEqual(GOOD);
    expect(readShape(JSON.stringify({ ...GOOD, note: 'n' }), SHAPE)?.note).toBe('n');
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['no object', '[]'],
    ['null', 'null'],
    ['a member that is missing', JSON.stringify({ ...GOOD, done: undefined })],
    ['a member that only all objects have', '{"__proto__":{"name":"a"}}'],
    ['an empty name', JSON.stringify({ ...GOOD, name: '' })],
    ['a name that is a number', JSON.stringify({ ...GOOD, name: 1 })],
    ['half a thing', JSON.stringify({ ...GOOD, sizes: [0.5] })],
    ['fewer than none', JSON.stringify({ ...GOOD, sizes: [-1] })],
    ['more than can be counted', JSON.stringify({ ...GOOD, sizes: [2 ** 53] })],
    ['a list that is an object', JSON.stringify({ ...GOOD, sizes: { length: 0 } })],
    ['an object that is a list', JSON.stringify({ ...GOOD, more: [] })],
    ['a truth in words', JSON.stringify({ ...GOOD, done: 'false' })],
  ])('is refused: %s', (_, json) => expect(readShape(json, SHAPE)).toBeUndefined());
});
