import { describe, expect, it } from 'vitest';
import { KeyInLine } from '../../../../src/node/lists/columns/key-in-line.js';

describe('a line with a key of a shape, and more', () => {
  const key = new KeyInLine('4-4', 'AB12-CD34');
  const long = new KeyInLine('8', 'AB12CD34');
  const small = new KeyInLine('4-4', 'abcd-efgh');

  it.each([
    'AB12-CD34--sold',
    'AB12-CD34+',
    'x-AB12-CD34',
    'AB12-CD34/1',
    '"AB12–CD34',
    '…AB12-CD34',
    'AB12-CD34-EF56-test',
  ])('is found: %s', (line) => {
    expect(key.isIn(line)).toBe(true);
    expect(key.holdsMore(line)).toBe(true);
  });

  it.each(['AB12-CD34', 'AB12-CD34-', 'AB12-CD34-EF56', 'AB12-CD34-SALE', 'AB12-CD345', 'AB12CD34'])(
    'is none where it may be a key, or the same one: %s',
    (line) => {
      expect(key.holdsMore(line)).toBe(false);
    },
  );

  it('goes by what the keys look like', () => {
    expect(small.holdsMore('abcd-efgh-ijkl')).toBe(false);
    expect(small.holdsMore('abcd-efgh-used')).toBe(true);
    expect(long.holdsMore('3f2504e0-4f89-11d3-9a0c-0305e82c3301')).toBe(false);
    expect(long.holdsMore('AB12CD34-sold')).toBe(true);
  });
});
