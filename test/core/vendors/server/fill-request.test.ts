import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../src/core/encoding/json-text.js';
import { fillRequest } from '../../../../src/core/vendors/server/fill-request.js';

const filled = (id: JsonValue) => {
  const request = {
    method: 'POST',
    url: 'https://api.example/v3/licenses/{data.id}/activate',
    headers: {},
  } as const;
  return fillRequest(request, { secrets: {}, reply: { data: { id } } }).url;
};

describe('a member of the first reply, in a URL', () => {
  it.each([
    ['.', '%252E'],
    ['..', '%252E%252E'],
    ['...', '...'],
    ['a.b', 'a.b'],
    ['../../x', '..%2F..%2Fx'],
    ['%2e%2e', '%252e%252e'],
    ['?a#b', '%3Fa%23b'],
    ['\ud800', '%EF%BF%BD'],
    ['a\udc00\ud800b', 'a%EF%BF%BD%EF%BF%BDb'],
    ['🔑', '%F0%9F%94%91'],
  ])('%j is escaped as %s', (id, escaped) => {
    expect(filled(id)).toBe(`https://api.example/v3/licenses/${escaped}/activate`);
  });

  it.each(['', null, [], {}])('%j is no segment', (id) => {
    expect(() => filled(id)).toThrow('the first reply has no data.id');
  });

  it('stays one segment of the path, whatever it is', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.string({
        minLength: 1,
        unit: fc.constantFrom('.', '/', '\\', '%', '2', 'e', 'E', '?', '#', '\ud83d', '\n'),
      }),
    );
    fc.assert(
      fc.property(texts, (id) => {
        const { origin, pathname, search, hash } = new URL(filled(id));
        expect([origin, search, hash]).toEqual(['https://api.example', '', '']);
        expect(pathname).toMatch(/^\/v3\/licenses\/[^/]+\/activate$/);
      }),
      { numRuns: 1000 },
    );
  });
});
