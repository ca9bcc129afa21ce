import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha512 } from '../../../src/core/sign/sha512.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const expected = (bytes: Uint8Array) => createHash('sha512').update(bytes).digest('hex');

it('hashes "abc" as FIPS 180-4 does', () => {
  expect(hex(sha512(Buffer.from('abc')))).toBe(
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  );
});

it('agrees with node:crypto at every length around the block size, and on anything', () => {
  for (let length = 0; length < 400; length++) {
    const bytes = new Uint8Array(length).map((_, index) => index * 7);
    expect(hex(sha512(bytes))).toBe(expected(bytes));
  }
  for (const byte of [0, 0x7f, 0x80, 0xff]) {
    const bytes = new Uint8Array(100_000).fill(byte);
    expect(hex(sha512(bytes))).toBe(expected(bytes));
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
      expect(hex(sha512(bytes))).toBe(expected(bytes));
    }),
    { numRuns: 1000 },
  );
});

it('hashes part of a buffer', () => {
  const bytes = new Uint8Array(500).map((_, index) => index);
  expect(hex(sha512(bytes.subarray(3, 300)))).toBe(expected(bytes.slice(3, 300)));
});
