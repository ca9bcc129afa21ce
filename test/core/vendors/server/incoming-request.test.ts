import { describe, expect, it } from 'vitest';
import {
  bearerToken,
  headerOf,
  readJsonBody,
  readTarget,
} from '../../../../src/core/vendors/server/incoming-request.js';

describe('readTarget', () => {
  it.each([
    ['https://host:8080/v1/licenses?key=A%20B&x=1+2#part', ['v1', 'licenses'], { key: 'A B', x: '1 2' }],
    ['/v1/licenses/', ['v1', 'licenses'], {}],
    ['/a%2Fb/c', ['a/b', 'c'], {}],
    ['http://host', [''], {}],
    ['/a?x=1&x=2&&y', ['a'], { x: '1', y: '' }],
    ['/a?key=b?c=d', ['a'], { key: 'b?c=d' }],
    ['/%zz?%zz=%', ['%zz'], { '%zz': '%' }],
    ['', [''], {}],
  ])('%s', (url, path, query) => {
    const target = readTarget(url);
    expect(target.path).toEqual(path);
    expect(Object.fromEntries(target.query)).toEqual(query);
  });
});

const request = { method: 'POST', url: '/' };

it('finds a header written in any case', () => {
  expect(headerOf({ ...request, headers: { 'Content-TYPE': 'a' } }, 'content-type')).toBe('a');
  expect(headerOf(request, 'content-type')).toBeUndefined();
});

it.each([
  ['Bearer abc', 'abc'],
  ['bearer  abc', 'abc'],
  ['Basic abc', undefined],
  ['Bearer', undefined],
])('takes from the header "%s" the token %s', (authorization, token) => {
  expect(bearerToken({ ...request, headers: { Authorization: authorization } })).toBe(token);
});

it.each([
  ['{"a":1}', { value: { a: 1 } }],
  ['null', { value: null }],
  [{ a: 1 }, { value: { a: 1 } }],
  ['', undefined],
  ['{', undefined],
  [undefined, undefined],
])('reads the body %j', (body, read) => {
  expect(readJsonBody({ ...request, body })).toEqual(read);
});
