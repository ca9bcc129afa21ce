import { execFileSync } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cmac, TAG_BYTES } from '../../../../src/node/ledger/tags/cmac.js';
import { bytesOf, hasVectors, NEEDS, readVectors } from '../../../vectors/vector-files.js';

/** The tags of some messages, which are made together. */
function tagsBy(key: Uint8Array, messages: readonly Uint8Array[], mac = new Cmac(key)): readonly string[] {
  const out = new Uint8Array(messages.length * TAG_BYTES);
  const room = new Uint8Array(Math.max(0, ...messages.map(({ length }) => length)) + 5);
  for (const [index, message] of messages.entries()) {
    // What stands behind the message, and what becomes of it afterwards, must not matter.
    room.fill(0xff).set(message);
    mac.add(room, message.length, out, index * TAG_BYTES);
  }
  mac.finish(out);
  return messages.map((_, index) => hexAt(out, index * TAG_BYTES));
}

function hexAt(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.subarray(at, at + TAG_BYTES)).toString('hex');
}

/** RFC 4493 section 2.4 as it is written there, a block at a time, on whole numbers. */
function textbook(key: Uint8Array, message: Uint8Array): string {
  const encrypt = (block: bigint) => {
    const bytes = Buffer.from(block.toString(16).padStart(32, '0'), 'hex');
    const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    return BigInt(`0x${cipher.update(bytes).toString('hex')}`);
  };
  const double = (block: bigint) => {
    const shifted = (block << 1n) & ((1n << 128n) - 1n);
    return block >> 127n === 1n ? shifted ^ 0x87n : shifted;
  };
  const first = double(encrypt(0n));
  const count = Math.max(1, Math.ceil(message.length / 16));
  const isFilled = message.length === 16 * count;
  const padded = Buffer.alloc(16 * count);
  padded.set(message);
  if (!isFilled) padded[message.length] = 0x80;
  let state = 0n;
  for (let block = 0; block < count; block++) {
    const part = BigInt(`0x${padded.subarray(16 * block, 16 * block + 16).toString('hex')}`);
    const last = block === count - 1 ? (isFilled ? first : double(first)) : 0n;
    state = encrypt(state ^ part ^ last);
  }
  return state.toString(16).padStart(32, '0');
}

describe('AES-256-CMAC', () => {
  // RFC 4493 section 4 shows AES-128; its messages under the key of 256 bits are NIST SP 800-38B, appendix D.3.
  const key = bytesOf('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4');
  const message = bytesOf(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  );
  it.each([
    [0, '028962f61b7bf89efc6b551f4667d983'],
    [16, '28a7023f452e8f82bd4bf28d8c37c35c'],
    [40, 'aaf3d8f1de5640c232f5b169b9c911e6'],
    [64, 'e1992190549f6ed5696a2c056c315410'],
  ])('says what SP 800-38B says, example of %i bytes', (length, tag) => {
    expect(tagsBy(key, [message.subarray(0, length)])).toStrictEqual([tag]);
    expect(textbook(key, message.subarray(0, length))).toBe(tag);
  });

  it.each([
    [0, 'bb1d6929e95937287fa37d129b756746'],
    [16, '070a16b46b4d4144f79bdd9dd04a287c'],
    [40, 'dfa66747de9ae63030ca32611497c827'],
    [64, '51f0bebf7e3b9d92fc49741779363cfe'],
  ])('steps as RFC 4493 says, example of %i bytes, under its key of 128 bits', (length, tag) => {
    const short = bytesOf('2b7e151628aed2a6abf7158809cf4f3c');
    expect(tagsBy(short, [message.subarray(0, length)], new Cmac(short, 'aes-128-ecb'))).toStrictEqual([tag]);
  });

  it('agrees with the textbook for any messages of any lengths, made together', () => {
    const lengths = fc.oneof(fc.constantFrom(0, 1, 15, 16, 17, 31, 32, 33, 48), fc.nat(100));
    const messages = fc.array(
      lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
      { maxLength: 12 },
    );
    const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(keys, messages, messages, (key, first, second) => {
        const mac = new Cmac(key);
        for (const list of [first, second])
          expect(tagsBy(key, list, mac)).toStrictEqual(list.map((each) => textbook(key, each)));
      }),
    );
  });

  it('agrees with the textbook beyond one pass, and for messages of many thousand bytes', () => {
    const key = randomBytes(32);
    const messages = Array.from({ length: 9000 }, (_, index) =>
      Buffer.from(`key ${index}`.repeat(index % 7)),
    );
    for (const at of [10, 4095, 4096, 8999]) messages[at] = randomBytes(40_000 + at);
    const tags = tagsBy(key, messages);
    for (const [index, message] of messages.entries())
      if (index % 97 === 0 || message.length > 1000) expect(tags[index]).toBe(textbook(key, message));
    expect(new Set(tags).size).toBe(new Set(messages.map((each) => each.toString('hex'))).size);
  });
});

interface MacVectors {
  readonly testGroups: readonly {
    readonly keySize: number;
    readonly tagSize: number;
    readonly tests: readonly {
      readonly tcId: number;
      readonly comment: string;
      readonly key: string;
      readonly msg: string;
      readonly tag: string;
      readonly result: string;
    }[];
  }[];
}

const { testGroups } = readVectors<MacVectors>('aes-cmac/aes_cmac_test.json', { testGroups: [] });
const cases = testGroups
  .filter(({ keySize, tagSize }) => keySize === 256 && tagSize === 128)
  .flatMap(({ tests }) => tests);

describe.skipIf(!hasVectors)(`Wycheproof, aes_cmac_test, keys of 256 bits${NEEDS}`, () => {
  it('has 102 cases', () => expect(cases).toHaveLength(102));

  it.each(cases)('tcId $tcId: $comment, $result', ({ key, msg, tag, result }) => {
    const [ours] = tagsBy(bytesOf(key), [bytesOf(msg)]);
    expect(ours === tag).toBe(result === 'valid');
  });
});

const hasOpenssl = (() => {
  try {
    return /^OpenSSL [3-9]/.test(execFileSync('openssl', ['version'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
})();

it.skipIf(!hasOpenssl)(`says what openssl says${hasOpenssl ? '' : ' (SKIPPED: no openssl 3)'}`, () => {
  const key = randomBytes(32);
  for (const length of [0, 1, 16, 31, 32, 33, 200]) {
    const message = randomBytes(length);
    const options = ['-macopt', 'cipher:AES-256-CBC', '-macopt', `hexkey:${key.toString('hex')}`];
    const said = execFileSync('openssl', ['mac', ...options, '-in', '-', 'CMAC'], { input: message });
    expect(tagsBy(key, [message])).toStrictEqual([said.toString().trim().toLowerCase()]);
  }
});
