import { describe, expect, it } from 'vitest';
import { keptEntries, keptList, keptMember } from '../../../src/core/encoding/kept-json.js';
import { hostileValues } from '../revocations/hostile-values.js';

describe('what was kept', () => {
  it('is read as far as it can be', () => {
    expect(keptMember({ a: 1 }, 'a')).toBe(1);
    expect(keptMember({ a: 1 }, 'toString')).toBeUndefined();
    expect(keptMember(JSON.parse('{"__proto__":{"a":1}}'), 'a')).toBeUndefined();
    expect(keptList([1, null])).toEqual([1, null]);
    expect(keptList({ length: 1, 0: 1 })).toEqual([]);
    expect(keptEntries({ a: 1, b: null })).toEqual([
      ['a', 1],
      ['b', null],
    ]);
    expect(keptEntries(['a'])).toEqual([]);
    expect(keptEntries('abc')).toEqual([]);
  });

  it('is read from the end, where a list is longer than anybody has', () => {
    expect(keptList(Array.from({ length: 1500 }, (_, index) => index))[0]).toBe(500);
    expect(keptList(Object.assign([], { length: 4_294_967_295 }))).toHaveLength(1000);
  });

  it('never throws', () => {
    for (const value of hostileValues()) {
      expect(() => [keptMember(value, 'name'), keptList(value), keptEntries(value)]).not.toThrow();
    }
  });
});
