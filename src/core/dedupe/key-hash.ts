import { ASCII_KIND } from '../format/canonical.js';
import type { RandomSource } from '../random/random-source.js';
import { LINE_SYMBOLS, type LineHash } from './key-spans.js';

const POSITIONS = 64;
/** Words from one place's cells to the next one's. */
const STEP = 512;
const STEP_BITS = 9;

/**
 * A 64-bit hash of byte strings, keyed by random tables (tabulation hashing: Pătraşcu and Thorup, The power
 * of simple tabulation hashing, 2012). Whoever knows the code but not this run's tables cannot make texts
 * that collide. Every 64 bytes the halves are mixed, so that equal bytes at equal places of two stretches do
 * not cancel out.
 */
export class KeyHash implements LineHash {
  /** See `LineHash`. */
  symbols = 0;
  /** For each place and byte the upper and the lower half, side by side: one cache line serves both. */
  readonly #words: Int32Array;

  /** Draws its words from `source`, or takes those of another hash, to be equal to it. */
  constructor(source: RandomSource | Int32Array) {
    this.#words = source instanceof Int32Array ? source : randomWords(source);
  }

  /** What makes a hash equal to this one: a secret while it is in use. */
  get words(): Int32Array {
    return this.#words;
  }

  /** Writes the hash of `bytes[start, end)` to `out[at]` (its upper half) and `out[at + 1]`. */
  hash(bytes: Uint8Array, start: number, end: number, out: Uint32Array, at: number): void {
    const words = this.#words;
    let high = 0;
    let low = 0;
    for (let index = start, place = 0; index < end; index++, place += STEP) {
      if (place === POSITIONS * STEP) {
        high = mix(high, low);
        low = mix(low, high);
        place = 0;
      }
      const cell = place | ((bytes[index] ?? 0) << 1);
      high ^= words[cell] ?? 0;
      low ^= words[cell | 1] ?? 0;
    }
    out[at] = high;
    out[at + 1] = low;
  }

  /**
   * As {@link hash} over the canonical form v1 of `bytes[start, end)`, not written down; false for a text of
   * which this cannot be done: not plain ASCII, over 64 bytes, or nothing but what is dropped.
   */
  hashCanonical(bytes: Uint8Array, start: number, end: number, out: Uint32Array, at: number): boolean {
    if (end - start > POSITIONS) return false;
    const words = this.#words;
    const kinds = ASCII_KIND;
    let high = 0;
    let low = 0;
    let place = 0;
    let seen = 0;
    for (let index = start; index < end; index++) {
      const byte = bytes[index] ?? 0;
      const kind = kinds[byte] ?? 4;
      if (kind === 0) continue;
      seen |= 1 << kind;
      // A lower-case letter is hashed as the upper-case one, 0x20 below.
      const cell = place | ((kind === 3 ? byte - 0x20 : byte) << 1);
      high ^= words[cell] ?? 0;
      low ^= words[cell | 1] ?? 0;
      place += STEP;
    }
    // Bit 4: a stranger.
    if (place === 0 || seen >= 0b10000) return false;
    out[at] = high;
    out[at + 1] = low;
    return true;
  }

  hashLine(bytes: Uint8Array, start: number, out: Uint32Array, at: number): number {
    const words = this.#words;
    const symbols = LINE_SYMBOLS;
    let high = 0;
    let low = 0;
    let place = 0;
    for (let index = start; ; index++) {
      const symbol = symbols[bytes[index] ?? 0] ?? 0;
      if (symbol > 1) {
        if (place === POSITIONS * STEP) return start;
        const cell = place | (symbol << 1);
        high ^= words[cell] ?? 0;
        low ^= words[cell | 1] ?? 0;
        place += STEP;
      } else if (symbol === 0) {
        out[at] = high;
        out[at + 1] = low;
        this.symbols = place >> STEP_BITS;
        return index;
      }
    }
  }

  /** Adds the byte at `place` (below 64) to the hash in `out[at]` and `out[at + 1]`, or takes it away again. */
  toggle(out: Uint32Array, at: number, place: number, byte: number): void {
    const cell = (place * STEP) | (byte << 1);
    out[at] = (out[at] ?? 0) ^ (this.#words[cell] ?? 0);
    out[at + 1] = (out[at + 1] ?? 0) ^ (this.#words[cell | 1] ?? 0);
  }

  /** As {@link hash}, over the bytes at `base + offsets[0]`, `base + offsets[1]`, …: at most 64 of them. */
  hashAt(bytes: Uint8Array, base: number, offsets: Uint8Array, out: Uint32Array, at: number): void {
    const words = this.#words;
    let high = 0;
    let low = 0;
    for (let index = 0; index < offsets.length; index++) {
      const cell = (index * STEP) | ((bytes[base + (offsets[index] ?? 0)] ?? 0) << 1);
      high ^= words[cell] ?? 0;
      low ^= words[cell | 1] ?? 0;
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

function randomWords(random: RandomSource): Int32Array {
  const words = new Int32Array(2 * POSITIONS * 256);
  random.fill(new Uint8Array(words.buffer));
  return words;
}
