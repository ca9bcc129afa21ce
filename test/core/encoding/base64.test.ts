import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../../src/core/encoding/base64.js';

describe('base64', () => {
  it('agrees with the platform both ways, in both alphabets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(encodeBase64(bytes, 'url')).toBe(Buffer.from(bytes).toString('base64url'));
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
        expect(decodeBase64(encodeBase64(bytes, 'url'), 'url')).toEqual(bytes);
      }),
    );
  });

  it('accepts one spelling only of what it accepts', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQgwZz0+/-_= \n'), maxLength: 12 }), (text) => {
        for (const alphabet of ['standard', 'url'] as const) {
          const bytes = decodeBase64(text, alphabet);
          if (bytes !== undefined) expect(encodeBase64(bytes, alphabet)).toBe(text);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a megabyte', () => {
    const bytes = new Uint8Array(1_048_576).fill(0xa5);
    expect(Buffer.from(bytes).equals(decodeBase64(encodeBase64(bytes)) ?? new Uint8Array())).toBe(true);
  });
});
