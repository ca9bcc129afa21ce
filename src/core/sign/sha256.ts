import { firstPrimes, toBlocks, toBytes } from './sha-blocks.js';

/**
 * The 32-byte SHA-256 of `bytes` (FIPS 180-4 section 6.2).
 *
 * Written out here for public data: kids, ids and bodies of signed lists. WebCrypto is absent from pages opened from a
 * file, and a library's implementation costs a client a kilobyte. Not for secrets.
 */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
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

/**
 * Takes one block into `state`: its 16 words stand at the beginning of the 64 `words`. Without arrays of its own, words
 * signed, and with `| 0` where a sum would leave 32 bits: so engines keep to whole numbers.
 */
function compress(state: Int32Array, words: Int32Array): void {
  for (let index = 16; index < 64; index++) {
    const old = words[index - 15] ?? 0;
    const late = words[index - 2] ?? 0;
    const small0 = rotate(old, 7) ^ rotate(old, 18) ^ (old >>> 3);
    const small1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    words[index] = ((words[index - 16] ?? 0) + small0 + (words[index - 7] ?? 0) + small1) | 0;
  }
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  let e = state[4] ?? 0;
  let f = state[5] ?? 0;
  let g = state[6] ?? 0;
  let h = state[7] ?? 0;
  for (let index = 0; index < 64; index++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + sum1 + (g ^ (e & (f ^ g))) + (ROUNDS[index] ?? 0) + (words[index] ?? 0)) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (sum0 + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
  state[4] = (state[4] ?? 0) + e;
  state[5] = (state[5] ?? 0) + f;
  state[6] = (state[6] ?? 0) + g;
  state[7] = (state[7] ?? 0) + h;
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
