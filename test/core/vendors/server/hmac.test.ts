import { expect, it, vi } from 'vitest';
import { hmacSha256, sameInConstantTime } from '../../../../src/core/vendors/server/hmac.js';
import { hmac } from '../license-servers.js';

it('is the HMAC-SHA-256 of RFC 4231, test cases 1, 2 and 6, and of node:crypto', async () => {
  const hex = async (key: Uint8Array, text: string) =>
    Buffer.from((await hmacSha256(key, Buffer.from(text))) ?? '').toString('hex');
  expect(await hex(Buffer.alloc(20, 0x0b), 'Hi There')).toBe(
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  );
  expect(await hex(Buffer.from('Jefe'), 'what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
  const [large, text] = [Buffer.alloc(131, 0xaa), 'Test Using Larger Than Block-Size Key - Hash Key First'];
  expect(await hex(large, text)).toBe('60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54');
  expect(await hex(large, text)).toBe(Buffer.from(hmac(large, text), 'base64').toString('hex'));
});

it('is undefined without crypto.subtle', async () => {
  vi.stubGlobal('crypto', { getRandomValues() {} });
  expect(await hmacSha256(Buffer.from('key'), Buffer.from('text'))).toBe(undefined);
  vi.unstubAllGlobals();
});

it('compares by reading every byte of both, wherever they differ', () => {
  const equal = Buffer.alloc(32, 7);
  for (const differAt of [undefined, 0, 15, 31]) {
    const read: string[] = [];
    const watched = (bytes: Uint8Array, name: string) =>
      new Proxy(bytes, {
        get(target, property) {
          if (typeof property === 'string' && /^\d+$/.test(property)) read.push(`${name}${property}`);
          return Reflect.get(target, property, target);
        },
      });
    const other = Uint8Array.from(equal, (byte, at) => (at === differAt ? byte ^ 0x80 : byte));
    expect(sameInConstantTime(watched(equal, 'a'), watched(other, 'b'))).toBe(differAt === undefined);
    expect(new Set(read).size, `differing at ${differAt}`).toBe(64);
  }
});

it('takes other lengths for different', () => {
  expect(sameInConstantTime(Buffer.alloc(32), Buffer.alloc(31))).toBe(false);
  expect(sameInConstantTime(Buffer.alloc(0), Buffer.alloc(1))).toBe(false);
});
