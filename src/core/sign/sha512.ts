import { firstPrimes, toBlocks, toBytes } from './sha-blocks.js';

/**
 * The 64-byte SHA-512 of `bytes` (FIPS 180-4 section 6.4).
 *
 * Written out here for public data: what Ed25519 hashes to verify. A library's implementation costs a client three
 * kilobytes, for its constants alone two. Not for secrets: signing hashes with @noble/hashes.
 */
export function sha512(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  constants ??= start();
  const state = constants.state.slice();
  const words = new Uint32Array(160);
  for (const part of toBlocks(bytes, 128)) {
    const view = new DataView(part.buffer, part.byteOffset);
    for (let at = 0; at < part.length; at += 128) {
      for (let index = 0; index < 32; index++) words[index] = view.getUint32(at + index * 4);
      compress(state, words, constants.rounds);
    }
  }
  return toBytes(state);
}

/*
 * A word of 64 bits is two of 32, its high half and then its low one: JavaScript's own integers of 64 bits are ten times
 * slower. `i` counts halves, so what is `w[t - 15]` in the standard is at `i - 30` here.
 */
function compress(state: Uint32Array, words: Uint32Array, rounds: Uint32Array): void {
  const word = (index: number) => words[index] ?? 0;
  for (let i = 32; i < 160; i += 2) {
    const [oldHigh, oldLow, lateHigh, lateLow] = [word(i - 30), word(i - 29), word(i - 4), word(i - 3)];
    const small0 = (high: number, low: number) => turn(high, low, 1) ^ turn(high, low, 8);
    const small1 = (high: number, low: number) => turn(high, low, 19) ^ turn(high, low, 61);
    sum(
      words,
      i,
      word(i - 32),
      word(i - 31),
      word(i - 14),
      word(i - 13),
      small0(oldHigh, oldLow) ^ (oldHigh >>> 7),
      small0(oldLow, oldHigh) ^ shift(oldHigh, oldLow, 7),
      small1(lateHigh, lateLow) ^ (lateHigh >>> 6),
      small1(lateLow, lateHigh) ^ shift(lateHigh, lateLow, 6),
    );
  }
  // The eight words a to h (d is only passed on), then the two sums of a round.
  const all = new Uint32Array(20);
  all.set(state);
  const at = (index: number) => all[index] ?? 0;
  const [a, b, c, e, f, g, h, one, two] = [0, 2, 4, 8, 10, 12, 14, 16, 18] as const;
  const choice = (half: number) => (at(e + half) & at(f + half)) ^ (~at(e + half) & at(g + half));
  const majority = (half: number) =>
    (at(a + half) & at(b + half)) ^ (at(a + half) & at(c + half)) ^ (at(b + half) & at(c + half));
  for (let i = 0; i < 160; i += 2) {
    sum(
      all,
      one,
      at(h),
      at(h + 1),
      choice(0),
      choice(1),
      turns(at(e), at(e + 1), 14, 18, 41),
      turns(at(e + 1), at(e), 14, 18, 41),
      rounds[i] ?? 0,
      rounds[i + 1] ?? 0,
      word(i),
      word(i + 1),
    );
    sum(
      all,
      two,
      turns(at(a), at(a + 1), 28, 34, 39),
      turns(at(a + 1), at(a), 28, 34, 39),
      majority(0),
      majority(1),
    );
    // Each word takes the place of the next; a and e are made anew.
    all.copyWithin(b, a, h);
    sum(all, e, at(e), at(e + 1), at(one), at(one + 1));
    sum(all, a, at(one), at(one + 1), at(two), at(two + 1));
  }
  for (let i = 0; i < 16; i += 2) sum(state, i, state[i] ?? 0, state[i + 1] ?? 0, at(i), at(i + 1));
}

/** Puts the sum of words, each as high and low half, to `place`. */
function sum(into: Uint32Array, place: number, ...halves: readonly number[]): void {
  let [high, low] = [0, 0];
  for (let index = 0; index < halves.length; index += 2) {
    high += halves[index] ?? 0;
    low += (halves[index + 1] ?? 0) >>> 0;
  }
  into[place] = high + Math.floor(low / 2 ** 32);
  into[place + 1] = low;
}

/** The high half of a word that is turned right; the low half is that of the word with its halves swapped. */
function turn(high: number, low: number, by: number): number {
  return by < 32 ? (high >>> by) | (low << (32 - by)) : (low >>> (by - 32)) | (high << (64 - by));
}

function turns(high: number, low: number, one: number, two: number, three: number): number {
  return turn(high, low, one) ^ turn(high, low, two) ^ turn(high, low, three);
}

/** The low half of a word that is shifted right. */
function shift(high: number, low: number, by: number): number {
  return (low >>> by) | (high << (32 - by));
}

/** Found by the first call. */
let constants: { readonly state: Uint32Array; readonly rounds: Uint32Array } | undefined;

/** FIPS 180-4 sections 4.2.3 and 5.3.5: the first 64 fraction bits of roots of the first primes. */
function start() {
  return { state: fractions(firstPrimes(8), 2n), rounds: fractions(firstPrimes(80), 3n) };
}

function fractions(primes: readonly number[], degree: bigint): Uint32Array {
  const halves = primes.flatMap((prime) => {
    const scaled = BigInt(prime) << (64n * degree);
    let root = 0n;
    // Bit by bit, from one above the root of the greatest.
    for (let bit = 1n << 69n; bit > 0n; bit >>= 1n) if ((root + bit) ** degree <= scaled) root += bit;
    return [Number((root >> 32n) & 0xffff_ffffn), Number(root & 0xffff_ffffn)];
  });
  return Uint32Array.from(halves);
}
