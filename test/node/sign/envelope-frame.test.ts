import fc from 'fast-check';
import { expect, it } from 'vitest';
import { putBase64 } from '../../../src/node/sign/envelope-frame.js';

it('writes the base64 of a part of some bytes where it is told, and nothing beside it (property)', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(70), fc.nat(9), (source, from, at) => {
      const start = Math.min(from, source.length);
      const wanted = Buffer.from(source.subarray(start)).toString('base64');
      const bytes = Buffer.alloc(at + wanted.length + 1, '.');
      expect(putBase64(source, start, source.length, bytes, at)).toBe(at + wanted.length);
      expect(bytes.toString()).toBe(`${'.'.repeat(at)}${wanted}.`);
    }),
  );
});
