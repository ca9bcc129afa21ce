import type { Slot } from '../format/key-format.js';
import type { RandomSource } from './random-source.js';

const MOST_POOLED = 32_768;

const IS_LITTLE_ENDIAN = /* @__PURE__ */ new Uint8Array(/* @__PURE__ */ Uint16Array.of(1).buffer)[0] === 1;

/** Two slots that one 16-bit word fills, and the symbols each value of the word stands for. */
export interface SlotPair {
  readonly first: number;
  /** Equal to `first` where a last slot stands alone. */
  readonly second: number;
  /** How many pairs of symbols there are. */
  readonly choices: number;
  /** How many the pairs before this one have together. */
  readonly firstChoice: number;
  /** Each pair of symbols, the first one in the low byte. */
  readonly symbols: Uint16Array;
}

/** Slots two by two, in order. Needs at most 256 symbols a slot: 89 are possible. */
export function pairSlots(slots: readonly Slot[]): readonly SlotPair[] {
  const tables = new Map<string, Uint16Array>();
  const pairs: SlotPair[] = [];
  let firstChoice = 0;
  for (let index = 0; index < slots.length; index += 2) {
    const [first, second] = slots.slice(index, index + 2);
    if (first === undefined) continue;
    const name = `${first.symbols} ${second?.symbols}`;
    const symbols = tables.get(name) ?? symbolPairs(first.symbols, second?.symbols);
    tables.set(name, symbols);
    pairs.push({
      first: first.offset,
      second: second?.offset ?? first.offset,
      choices: symbols.length,
      firstChoice,
      symbols,
    });
    firstChoice += symbols.length;
  }
  return pairs;
}

function symbolPairs(a: string, b: string | undefined): Uint16Array {
  const width = b?.length ?? 1;
  return Uint16Array.from({ length: a.length * width }, (_, index) => {
    const low = a.charCodeAt(Math.floor(index / width));
    return b === undefined ? low * 0x101 : low | (b.charCodeAt(index % width) << 8);
  });
}

/**
 * Turns random bytes into symbols, each equally likely.
 *
 * A pair of slots with n choices takes a 16-bit little-endian word w, and of w·n the high 16 bits as the
 * choice. Each choice is hit by ⌊65536/n⌋ words or by one more; the words whose low 16 bits are below
 * 65536 mod n are exactly the surplus, and are thrown away (Lemire, Fast random integer generation, 2019).
 * For base36 pairs, n = 1296: 736 of 65,536 words go, and 50 words remain for each choice.
 */
export class SymbolStream {
  readonly #random: RandomSource;
  readonly #pool: Uint16Array;
  #next: number;

  /** `words`: how many 16-bit words will probably be drawn; so many are asked for at once, 32,768 at most. */
  constructor(random: RandomSource, words: number) {
    this.#random = random;
    this.#pool = new Uint16Array(Math.min(MOST_POOLED, Math.max(1, words)));
    this.#next = this.#pool.length;
  }

  /**
   * Fills one pair of slots in rows of `bytes`, the first row at `start`, a row every `stride` bytes; as many rows
   * as `made` has room for the choices, which are numbered through all pairs.
   */
  fillPair(bytes: Uint8Array, start: number, stride: number, pair: SlotPair, made: Uint32Array): void {
    const { choices, symbols, first, second, firstChoice } = pair;
    const surplus = 65_536 % choices;
    const pool = this.#pool;
    let next = this.#next;
    for (let row = 0, at = start; row < made.length; row++, at += stride) {
      let scaled = 0;
      do {
        if (next === pool.length) next = this.#refill();
        scaled = (pool[next++] ?? 0) * choices;
      } while ((scaled & 0xffff) < surplus);
      const choice = scaled >>> 16;
      const chosen = symbols[choice] ?? 0;
      made[row] = firstChoice + choice;
      bytes[at + first] = chosen;
      bytes[at + second] = chosen >>> 8;
    }
    this.#next = next;
  }

  /** A whole number from 0 to `below - 1`, each equally likely; `below` is at most 2^48. */
  integer(below: number): number {
    const fair = 2 ** 48 - (2 ** 48 % below);
    for (;;) {
      const value = this.#word() + this.#word() * 2 ** 16 + this.#word() * 2 ** 32;
      if (value < fair) return value % below;
    }
  }

  #word(): number {
    if (this.#next === this.#pool.length) this.#next = this.#refill();
    return this.#pool[this.#next++] ?? 0;
  }

  /** Fills the pool anew; returns the index of its first word. */
  #refill(): number {
    const pool = this.#pool;
    const bytes = new Uint8Array(pool.buffer);
    this.#random.fill(bytes);
    // Stream v1 reads little-endian words, whatever the platform's own order is.
    if (!IS_LITTLE_ENDIAN) {
      for (let index = 0; index < pool.length; index++) {
        pool[index] = (bytes[2 * index] ?? 0) | ((bytes[2 * index + 1] ?? 0) << 8);
      }
    }
    return 0;
  }
}
