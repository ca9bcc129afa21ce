import type { RandomSource } from '../generate/random-source.js';

const POSITIONS = 64;

/**
 * A 64-bit hash of byte strings, keyed by random tables (tabulation hashing: Pătraşcu and Thorup, The power
 * of simple tabulation hashing, 2012). Whoever knows the code but not this run's tables cannot make texts
 * that collide. Every 64 bytes the halves are mixed, so that equal bytes at equal places of two stretches do
 * not cancel out.
 */
export class KeyHash {
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;

  constructor(random: RandomSource) {
    this.#high = randomWords(random);
    this.#low = randomWords(random);
  }

  /** Writes the hash of `bytes[start, end)` to `out[at]` (its upper half) and `out[at + 1]`. */
  hash(bytes: Uint8Array, start: number, end: number, out: Uint32Array, at: number): void {
    let [high, low] = [0, 0];
    for (let index = start, place = 0; index < end; index++, place += 256) {
      if (place === POSITIONS * 256) {
        high = mix(high, low);
        low = mix(low, high);
        place = 0;
      }
      const cell = place | (bytes[index] ?? 0);
      high ^= this.#high[cell] ?? 0;
      low ^= this.#low[cell] ?? 0;
    }
    out[at] = high;
    out[at + 1] = low;
  }

  /** Adds the byte at `place` (below 64) to the hash in `out[at]` and `out[at + 1]`, or takes it away again. */
  toggle(out: Uint32Array, at: number, place: number, byte: number): void {
    const cell = (place << 8) | byte;
    out[at] = (out[at] ?? 0) ^ (this.#high[cell] ?? 0);
    out[at + 1] = (out[at + 1] ?? 0) ^ (this.#low[cell] ?? 0);
  }

  /** As {@link hash}, over the bytes at `base + offsets[0]`, `base + offsets[1]`, …: at most 64 of them. */
  hashAt(bytes: Uint8Array, base: number, offsets: Uint8Array, out: Uint32Array, at: number): void {
    let [high, low] = [0, 0];
    for (let index = 0; index < offsets.length; index++) {
      const cell = (index << 8) | (bytes[base + (offsets[index] ?? 0)] ?? 0);
      high ^= this.#high[cell] ?? 0;
      low ^= this.#low[cell] ?? 0;
    }
    out[at] = high;
    out[at + 1] = low;
  }
}

/** The finaliser of MurmurHash3 over one half, stirred with the other. */
function mix(half: number, other: number): number {
  let mixed = Math.imul(half ^ (half >>> 16), 0x85ebca6b) + other;
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function randomWords(random: RandomSource): Uint32Array {
  const words = new Uint32Array(POSITIONS * 256);
  random.fill(new Uint8Array(words.buffer));
  return words;
}
