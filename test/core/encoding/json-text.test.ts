import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { respellJson, spellValue } from '../../../src/core/encoding/json-spelling.js';
import {
  findDifference,
  type JsonValue,
  ownMember,
  parseJson,
} from '../../../src/core/encoding/json-text.js';
import { refusal } from '../../failure.js';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('reading', () => {
  it.each([
    ['{"a":1,"a":1}', 'names a member twice'],
    ['{"a":1,"\\u0061":1}', 'names a member twice'],
    ['[{"b":{"a":1, "x":[{}] , "a" : 1}}]', 'names a member twice'],
    ['{"__proto__":1,"__proto__":2}', 'names a member twice'],
    ['"\\ud800"', 'holds half a surrogate pair'],
    ['"\\udc00\\ud800"', 'holds half a surrogate pair'],
    ['"\ud800"', 'holds half a surrogate pair'],
    ['{"\\ud83d":1}', 'holds half a surrogate pair'],
    [nested(65), 'is nested deeper than 64'],
    ['\ufeff{}', 'is not JSON'],
    ['{} {}', 'is not JSON'],
    ['"abc', 'is not JSON'],
    ['"abc\\', 'is not JSON'],
    ['{"a":NaN}', 'is not JSON'],
    ['', 'is not JSON'],
    [']'.repeat(100_000), 'is not JSON'],
  ])('refuses %j, which %s', (text, fault) => {
    expect(parseJson(text)).toEqual({ fault });
  });

  it.each([
    '{"a":{"a":[{"a":1},{"a":1}]},"b":{"a":1}}',
    '{"a":"a","b":"a:"}',
    '["a","a"]',
    '{"":1}',
    nested(64),
    '"\\\\"',
    '"\\ud83d\\ude00"',
  ])('accepts %s', (text) => {
    expect(parseJson(text)).toEqual({ value: JSON.parse(text) });
  });

  it('leaves __proto__ inert', () => {
    const reading = parseJson('{"__proto__":{"admin":true}}');
    const value = 'value' in reading ? reading.value : null;
    expect(typeof value === 'object' && value !== null && 'admin' in value).toBe(false);
    expect(ownMember(Object(value), '__proto__')).toEqual({ admin: true });
    expect(ownMember({}, 'toString')).toBeUndefined();
  });

  it('reads what JSON.stringify writes, in time that grows with its length', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        expect(parseJson(text)).toEqual({ value: JSON.parse(text) });
      }),
    );
    expect(parseJson(`["${'\\\\'.repeat(500_000)}","${'\\"'.repeat(500_000)}"]`)).toHaveProperty('value');
  });
});

describe('spelling', () => {
  it('keeps order and numbers, drops white space, and escapes by style', () => {
    const text =
      ' {"b" : 1E400,\t"2":9007199254740993, "1":-0 ,"s":"\\u00e9\\/é/\\u0041 \\uD83D\\uDE00\\n\\u001f\u2028"}\r\n';
    expect(respellJson(text, 'compact')).toBe(
      '{"b":1E400,"2":9007199254740993,"1":-0,"s":"é/é/A 😀\\n\\u001f\u2028"}',
    );
    expect(respellJson(text, 'php')).toBe(
      '{"b":1E400,"2":9007199254740993,"1":-0,"s":"\\u00e9\\/\\u00e9\\/A \\ud83d\\ude00\\n\\u001f\\u2028"}',
    );
  });

  it('says the same, and is its own spelling', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('compact', 'php'), fc.nat(4), (value, style, indent) => {
        const text = JSON.stringify(value, null, indent);
        const spelled = respellJson(text, style);
        expect(JSON.parse(spelled)).toEqual(JSON.parse(text));
        expect(respellJson(spelled, style)).toBe(spelled);
        if (style === 'compact') expect(spelled).toBe(JSON.stringify(JSON.parse(text)));
        else expect(spelled).toMatch(/^[\x20-\x7f]*$/);
      }),
    );
  });

  it('spells values that survive exactly', () => {
    const value = { z: [1, -0, 0.1, 1e-7, null, true], a: { b: '/é"' }, n: Number.MAX_SAFE_INTEGER };
    expect(spellValue(value)).toBe('{"z":[1,-0,0.1,1e-7,null,true],"a":{"b":"/é\\""},"n":9007199254740991}');
  });

  it.each([
    ['an unsafe integer', { a: 2 ** 53 }],
    ['infinity', { a: Number.POSITIVE_INFINITY }],
    ['NaN', { a: Number.NaN }],
    ['an integer-like member name', { a: 1, 2: 1 }],
    ['undefined', { a: undefined }],
    ['a bigint', { a: 1n }],
    ['a function', { a: () => 1 }],
    ['a date', { a: new Date(0) }],
    ['a map', { a: new Map() }],
    ['a hole', { a: new Array(2) }],
    ['a symbol', { a: Symbol('x') }],
  ])('refuses %s', (_, value) => {
    expect(refusal(() => spellValue(value)).code).toBe('invalid_payload');
  });

  it('refuses a value that holds itself', () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(refusal(() => spellValue(loop)).code).toBe('invalid_payload');
  });
});

describe('difference', () => {
  it('is none between equal JSON values, whatever the order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const signed: JsonValue = JSON.parse(JSON.stringify(value));
        const reversed = (given: unknown): unknown => {
          if (Array.isArray(given)) return given.map(reversed);
          if (typeof given !== 'object' || given === null) return given;
          return Object.fromEntries(
            Object.entries(given)
              .reverse()
              .map(([name, member]) => [name, reversed(member)]),
          );
        };
        expect(findDifference(reversed(signed), signed)).toBeUndefined();
      }),
    );
  });

  it.each([
    [{ a: 1 }, { a: 2 }, ['a']],
    [{ a: [{ b: 1 }] }, { a: [{ b: '1' }] }, ['a', '0', 'b']],
    [{}, { a: 1 }, ['a']],
    [{ a: 1, b: 1 }, { a: 1 }, ['b']],
    [[], {}, []],
    [{ 0: 1 }, [1], []],
    [null, {}, []],
    ['1', 1, []],
    [[1, 2], [1], ['1']],
    [new Array(1), [null], ['0']],
    [{ toString: 1 }, {}, ['toString']],
    [Object.create({ a: 1 }), { a: 1 }, ['a']],
    ['e\u0301', '\u00e9', []],
  ])('between %j and %j is at %j', (given, signed, path) => {
    expect(findDifference(given, signed)).toEqual(path);
  });
});
