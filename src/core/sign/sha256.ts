/**
 * The 32-byte SHA-256 of `bytes` (FIPS 180-4 section 6.2).
 *
 * Written out here because a kid is all it is for: public data, a few hundred bytes. WebCrypto is absent
 * from pages opened from a file, and a library's implementation costs a client twice the bytes. Not for
 * secrets, nor for anything long.
 */
export function sha256(bytes: Uint8Array): Uint8Array {
  const { state, rounds } = start();
  const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
  for (let at = 0; at < padded.length; at += 64) {
    const words = rounds.map((_, index) => (index < 16 ? view.getUint32(at + index * 4) : 0));
    compress(state, words, rounds);
  }
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, index) => {
    digest.setUint32(index * 4, word);
  });
  return new Uint8Array(digest.buffer);
}

function compress(state: Uint32Array, words: Uint32Array, rounds: Uint32Array): void {
  const at = (index: number) => words[index] ?? 0;
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  rounds.forEach((constant, index) => {
    if (index > 15) {
      const [old, late] = [at(index - 15), at(index - 2)];
      const small0 = rotate(old, 7) ^ rotate(old, 18) ^ (old >>> 3);
      const small1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
      words[index] = at(index - 16) + small0 + at(index - 7) + small1;
    }
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = h + sum1 + ((e & f) ^ (~e & g)) + constant + at(index);
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = sum0 + ((a & b) ^ (a & c) ^ (b & c));
    [a, b, c, d, e, f, g, h] = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g];
  });
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = (state[index] ?? 0) + word;
  });
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** FIPS 180-4 sections 4.2.2 and 5.3.3: the first 32 fraction bits of roots of the first primes. */
function start(): { readonly state: Uint32Array; readonly rounds: Uint32Array } {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  const fraction = (root: number) => (root % 1) * 2 ** 32;
  return {
    state: Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
    rounds: Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
  };
}
