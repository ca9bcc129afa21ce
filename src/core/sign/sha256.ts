import { firstPrimes, toBlocks, toBytes } from './sha-blocks.js';

/**
 * The 32-byte SHA-256 of `bytes` (FIPS 180-4 section 6.2).
 *
 * Written out here for public data: kids, ids and bodies of signed lists. WebCrypto is absent from pages opened from a
 * file, and a library's implementation costs a client a kilobyte. Not for secrets.
 */
export function sha256(bytes: Uint8Array): Uint8Array {
  const state = START.slice();
  const words = new Int32Array(64);
  for (const part of toBlocks(bytes, 64)) {
    const view = new DataView(part.buffer, part.byteOffset);
    for (let at = 0; at < part.length; at += 64) {
      for (let index = 0; index < 16; index++) words[index] = view.getInt32(at + index * 4);
      compress(state, words);
    }
  }
  return toBytes(state);
}

/** Without arrays of its own, words signed, and with `| 0` where a sum would leave 32 bits: so engines keep to whole numbers. */
function compress(state: Int32Array, words: Int32Array): void {
  for (let index = 16; index < 64; index++) {
    const old = words[index - 15] ?? 0;
    const late = words[index - 2] ?? 0;
    const small0 = rotate(old, 7) ^ rotate(old, 18) ^ (old >>> 3);
    const small1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    words[index] = ((words[index - 16] ?? 0) + small0 + (words[index - 7] ?? 0) + small1) | 0;
  }
  const at = (index: number) => state[index] ?? 0;
  let a = at(0);
  let b = at(1);
  let c = at(2);
  let d = at(3);
  let e = at(4);
  let f = at(5);
  let g = at(6);
  let h = at(7);
  for (let index = 0; index < 64; index++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + sum1 + ((e & f) ^ (~e & g)) + (ROUNDS[index] ?? 0) + (words[index] ?? 0)) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = at(index) + word;
  });
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** FIPS 180-4 sections 4.2.2 and 5.3.3: the first 32 fraction bits of roots of the first primes. */
function fractions(primes: readonly number[], root: (prime: number) => number): Int32Array {
  return Int32Array.from(primes, (prime) => (root(prime) % 1) * 2 ** 32);
}

// Found once: a list of keys is a million hashes.
const ROUNDS = /* @__PURE__ */ fractions(/* @__PURE__ */ firstPrimes(64), Math.cbrt);
const START = /* @__PURE__ */ fractions(/* @__PURE__ */ firstPrimes(8), Math.sqrt);
