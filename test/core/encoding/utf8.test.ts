import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeAscii, encodeUtf8, exceedsBytes } from '../../../src/core/encoding/utf8.js';

/** The platform's own strict reading. */
function platformDecode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

describe('decodeUtf8', () => {
  it('reads each sequence of up to three bytes as the platform does, and each lead of four', () => {
    const edges = [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xef, 0xf0, 0xff];
    for (let lead = 0; lead < 256; lead++) {
      for (const second of edges) {
        for (const third of edges) {
          for (const bytes of [
            [lead],
            [lead, second],
            [lead, second, third],
            [lead, second, third, 0x80],
            [lead, second, third, 0xbf],
            [lead, second, third, 0x41],
          ]) {
            const given = Uint8Array.from(bytes);
            const read = decodeUtf8(given);
            // Not by expect each time, which takes longer than all the reading.
            if (read !== platformDecode(given)) expect([bytes, read]).toEqual([bytes, platformDecode(given)]);
          }
        }
      }
    }
  });

  it('reads any bytes as the platform does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(decodeUtf8(bytes)).toBe(platformDecode(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads every text back, whatever its length and where its pieces end', () => {
    for (const unit of ['a', 'é', '€', '🔑', 'aé€🔑', '\ufeff']) {
      for (const count of [0, 1, 1023, 1365, 2048, 4095, 4096, 4097, 8193, 20_000]) {
        const text = unit.repeat(count);
        expect(decodeUtf8(encodeUtf8(text)) === text, `${count} of ${unit}`).toBe(true);
      }
    }
  });

  it('reads anew each time, also after bytes that were cut off', () => {
    for (const broken of [[0xc3], [0xe2, 0x82], [0xff], [0xf0, 0x9f, 0x98]]) {
      expect(decodeUtf8(Uint8Array.from(broken))).toBeUndefined();
      expect(decodeUtf8(encodeUtf8('\ufeffaé'))).toBe('\ufeffaé');
    }
  });
});

it('counts the bytes of a text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.nat(100), (text, most) => {
      expect(exceedsBytes(text, most)).toBe(encodeUtf8(text).length > most);
    }),
  );
});

describe('encodeUtf8', () => {
  it('writes any text as the platform does, lone surrogates as U+FFFD', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), fc.nat(0xffff), (text, unit) => {
        const all = `${text}${String.fromCharCode(unit)}${text}`;
        expect(encodeUtf8(all)).toEqual(new TextEncoder().encode(all));
      }),
      { numRuns: 2000 },
    );
    for (const lone of ['\ud800', '\udfff', '\udc00\ud800', '\ud83d!', '🔑\ud83d']) {
      expect(encodeUtf8(lone)).toEqual(new TextEncoder().encode(lone));
    }
  });

  it('gives bytes whose buffer holds nothing else', () => {
    for (const text of ['', 'abc', 'é€🔑']) {
      const bytes = encodeUtf8(text);
      expect(bytes.buffer.byteLength).toBe(bytes.length);
    }
  });
});

it('encodeAscii writes one byte a character', () => {
  expect(encodeAscii('eyJ9+/=')).toEqual(new TextEncoder().encode('eyJ9+/='));
});
