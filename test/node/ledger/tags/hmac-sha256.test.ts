import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HmacLanes } from '../../../../src/node/ledger/tags/hmac-lanes.js';
import { CODE_BYTES, HmacSha256 } from '../../../../src/node/ledger/tags/hmac-sha256.js';
import { sortCodes } from '../../../../src/node/ledger/tags/sorted-tags.js';

function reference(key: Uint8Array, message: Uint8Array): string {
  return createHmac('sha256', key)
    .update(message)
    .digest('hex')
    .slice(0, 2 * CODE_BYTES);
}

function ours(mac: HmacSha256, message: Uint8Array): string {
  const out = new Uint8Array(CODE_BYTES + 3);
  // What stands behind the message must not matter.
  mac.mac(Buffer.concat([message, randomBytes(70)]), message.length, out, 3);
  return Buffer.from(out.subarray(3)).toString('hex');
}

describe('HmacSha256', () => {
  it('says what RFC 4231 says, test cases 1 and 2', () => {
    const first = new HmacSha256(Buffer.alloc(20, 0x0b));
    expect(ours(first, Buffer.from('Hi There'))).toBe('b0344c61d8db38535ca8afceaf0bf12b');
    const second = new HmacSha256(Buffer.from('Jefe'));
    expect(ours(second, Buffer.from('what do ya want for nothing?'))).toBe(
      '5bdcc146bf60754e6a042426089575c7',
    );
  });

  it('agrees with node:crypto at every length up to four blocks', () => {
    const key = randomBytes(32);
    const mac = new HmacSha256(key);
    for (let length = 0; length <= 256; length++) {
      const message = randomBytes(length);
      expect(ours(mac, message), `${length} bytes`).toBe(reference(key, message));
    }
  });

  it('agrees with node:crypto under any key', () => {
    const bytes = fc.uint8Array({ maxLength: 150 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes, (key, message) => {
        expect(ours(new HmacSha256(key), message)).toBe(reference(key, message));
      }),
    );
  });
});

describe.each([
  ['four at a time', undefined],
  ['where there is no WebAssembly', false],
] as const)('HmacLanes, %s', (_, absent) => {
  const lanesOf = (key: Uint8Array) => {
    if (absent === undefined) return new HmacLanes(key);
    const kept = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly') ?? {};
    Reflect.deleteProperty(globalThis, 'WebAssembly');
    try {
      return new HmacLanes(key);
    } finally {
      Object.defineProperty(globalThis, 'WebAssembly', kept);
    }
  };
  const codesOf = (lanes: HmacLanes, messages: readonly Uint8Array[]) => {
    const out = new Uint8Array(messages.length * CODE_BYTES);
    const scratch = new Uint8Array(400);
    for (const [index, message] of messages.entries()) {
      scratch.fill(0xff).set(message);
      lanes.add(scratch, message.length, out, index * CODE_BYTES);
    }
    lanes.finish(out);
    return messages.map((_, index) =>
      Buffer.from(out.subarray(index * CODE_BYTES, (index + 1) * CODE_BYTES)).toString('hex'),
    );
  };

  it('agrees with node:crypto at every length, one lane after the other', () => {
    const key = randomBytes(32);
    const lanes = lanesOf(key);
    for (let length = 0; length <= 130; length++) {
      const messages = [length, 7, length, 130 - length, length].map((bytes) => randomBytes(bytes));
      expect(codesOf(lanes, messages), `${length} bytes`).toStrictEqual(
        messages.map((message) => reference(key, message)),
      );
    }
  });

  it('agrees with node:crypto for any number of messages under any key', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 11 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), messages, (key, list) => {
        expect(codesOf(lanesOf(key), list)).toStrictEqual(list.map((message) => reference(key, message)));
      }),
    );
  });
});

describe('sortCodes', () => {
  it('sorts as bytes sort, keeps the first of equal ones and names the others', () => {
    const few = fc.array(fc.nat(40), { maxLength: 80 });
    fc.assert(
      fc.property(few, fc.boolean(), (numbers, sameHead) => {
        const codes = numbers.map((number) => {
          const code = Buffer.alloc(CODE_BYTES, 7);
          code[sameHead ? 9 : 2] = number;
          return code;
        });
        const { bytes, count, order, repeated, repeats } = sortCodes(
          Uint8Array.from(codes.flatMap((code) => [...code])),
          codes.length,
        );
        const distinct = [...new Set(numbers)].sort((a, b) => a - b);
        expect(count).toBe(distinct.length);
        expect([...order]).toStrictEqual(distinct.map((number) => numbers.indexOf(number)));
        expect(Buffer.from(bytes)).toStrictEqual(
          Buffer.concat([...order].map((index) => codes[index] ?? Buffer.alloc(0))),
        );
        const later = numbers.flatMap((number, index) => (numbers.indexOf(number) === index ? [] : [index]));
        expect([...repeated].sort((a, b) => a - b)).toStrictEqual(later);
        for (const [at, index] of repeated.entries()) {
          expect(numbers[order[repeats[at] ?? -1] ?? -1]).toBe(numbers[index]);
        }
      }),
    );
  });
});
