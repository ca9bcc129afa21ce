import { ASCII_KIND } from '../format/canonical.js';
import type { RandomSource } from '../random/random-source.js';
import { LINE_SYMBOLS, type LineHash } from './key-spans.js';

/** Words that a {@link TextHash} draws. */
const SECRET_WORDS = 4;

/**
 * A 64-bit hash of byte strings: two halves, each with a secret beginning and multiplied by a secret odd factor
 * after every byte, mixed at the end by the finaliser of MurmurHash3. The shift before each product carries upper
 * bits down: else words exist that collide whatever the factor (Thue and Morse). Unlike `KeyHash` it cannot be put
 * together from the parts of a key; it takes half the time. Whoever uses it compares the texts before believing it.
 */
export class TextHash implements LineHash {
  /** See `LineHash`. */
  symbols = 0;
  /** What makes a hash equal to this one: a secret while it is in use. */
  readonly words: Int32Array;
  readonly #highStart: number;
  readonly #highFactor: number;
  readonly #lowStart: number;
  readonly #lowFactor: number;

  /** Draws its words from `source`, or takes those of another hash, to be equal to it. */
  constructor(source: RandomSource | Int32Array) {
    this.words = source instanceof Int32Array ? source : randomWords(source);
    const [highStart = 0, high = 0, lowStart = 0, low = 0] = this.words;
    this.#highStart = highStart;
    this.#lowStart = lowStart;
    // Odd, or every byte would push bits of those before it out.
    this.#highFactor = (high << 1) | 1;
    this.#lowFactor = (low << 1) | 1;
  }

  /** Writes the hash of `bytes[start, end)` to `out[at]` (its upper half) and `out[at + 1]`. */
  hash(bytes: Uint8Array, start: number, end: number, out: Uint32Array, at: number): void {
    const highFactor = this.#highFactor | 0;
    const lowFactor = this.#lowFactor | 0;
    let high = this.#highStart | 0;
    let low = this.#lowStart | 0;
    for (let index = start; index < end; index++) {
      const byte = bytes[index] ?? 0;
      high = Math.imul(high ^ (high >>> 15) ^ byte, highFactor);
      low = Math.imul(low ^ (low >>> 15) ^ byte, lowFactor);
    }
    out[at] = mix(high);
    out[at + 1] = mix(low);
  }

  hashLine(bytes: Uint8Array, start: number, out: Uint32Array, at: number): number {
    // Without the "or 0" the compiler takes what comes from fields for anything, and the loop takes twice as long.
    const highFactor = this.#highFactor | 0;
    const lowFactor = this.#lowFactor | 0;
    const symbols = LINE_SYMBOLS;
    let high = this.#highStart | 0;
    let low = this.#lowStart | 0;
    let count = 0;
    for (let index = start; ; index++) {
      const symbol = symbols[bytes[index] ?? 0] ?? 0;
      if (symbol > 1) {
        high = Math.imul(high ^ (high >>> 15) ^ symbol, highFactor);
        low = Math.imul(low ^ (low >>> 15) ^ symbol, lowFactor);
        count++;
      } else if (symbol === 0) {
        out[at] = mix(high);
        out[at + 1] = mix(low);
        this.symbols = count;
        return index;
      }
    }
  }

  /**
   * As {@link hash} over the canonical form v1 of `bytes[start, end)`, not written down; false for a text of
   * which this cannot be done: not plain ASCII, or nothing but what is dropped.
   */
  hashCanonical(bytes: Uint8Array, start: number, end: number, out: Uint32Array, at: number): boolean {
    const kinds = ASCII_KIND;
    const highFactor = this.#highFactor | 0;
    const lowFactor = this.#lowFactor | 0;
    let high = this.#highStart | 0;
    let low = this.#lowStart | 0;
    let seen = 0;
    for (let index = start; index < end; index++) {
      const byte = bytes[index] ?? 0;
      const kind = kinds[byte] ?? 4;
      if (kind === 0) continue;
      seen |= 1 << kind;
      // A lower-case letter is hashed as the upper-case one, 0x20 below.
      const upper = kind === 3 ? byte - 0x20 : byte;
      high = Math.imul(high ^ (high >>> 15) ^ upper, highFactor);
      low = Math.imul(low ^ (low >>> 15) ^ upper, lowFactor);
    }
    // Bit 4: a stranger.
    if (seen === 0 || seen >= 0b10000) return false;
    out[at] = mix(high);
    out[at + 1] = mix(low);
    return true;
  }
}

function mix(half: number): number {
  let mixed = Math.imul(half ^ (half >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function randomWords(random: RandomSource): Int32Array {
  const words = new Int32Array(SECRET_WORDS);
  random.fill(new Uint8Array(words.buffer));
  return words;
}
