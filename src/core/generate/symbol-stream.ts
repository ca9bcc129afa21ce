import type { Slot } from '../format/key-format.js';
import type { RandomSource } from '../random/random-source.js';

const MOST_POOLED = 32_768;

const IS_LITTLE_ENDIAN = /* @__PURE__ */ new Uint8Array(/* @__PURE__ */ Uint16Array.of(1).buffer)[0] === 1;

/** Two slots that one 16-bit word fills, and the symbols each value of the word stands for. */
export interface SlotPair {
  readonly first: number;
  /** Equal to `first` where a last slot stands alone. */
  readonly second: number;
  /** How many pairs of symbols there are. */
  readonly choices: number;
  /** Each pair of symbols, the first one in the low byte. */
  readonly symbols: Uint16Array;
}

/** Slots two by two, in order. Needs at most 256 symbols a slot: 89 are possible. */
export function pairSlots(slots: readonly Slot[]): readonly SlotPair[] {
  const tables = new Map<string, Uint16Array>();
  const pairs: SlotPair[] = [];
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
      symbols,
    });
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
 * Steps of the inner loops that are written out one after the other: a loop of typed arrays checks each of them in
 * every turn, which takes longer than the step itself.
 */
const TOGETHER = 8;

/** The choice that a word stands for goes to `made[row]`; the answer is the next row, or this one for a surplus word. */
function choose(word: number, choices: number, surplus: number, made: Uint16Array, row: number): number {
  const scaled = Math.imul(word, choices);
  made[row] = scaled >>> 16;
  return row + ((surplus - 1 - (scaled & 0xffff)) >>> 31);
}

function put(bytes: Uint8Array, at: number, first: number, second: number, chosen: number): void {
  bytes[at + first] = chosen;
  bytes[at + second] = chosen >>> 8;
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
   * as `made` has room for the choices, a multiple of eight.
   */
  fillPair(bytes: Uint8Array, start: number, stride: number, pair: SlotPair, made: Uint16Array): void {
    this.#choose(pair.choices, made);
    const { symbols, first, second } = pair;
    for (let row = 0, at = start; row < made.length; row += TOGETHER, at += TOGETHER * stride) {
      put(bytes, at, first, second, symbols[made[row] ?? 0] ?? 0);
      put(bytes, at + stride, first, second, symbols[made[row + 1] ?? 0] ?? 0);
      put(bytes, at + 2 * stride, first, second, symbols[made[row + 2] ?? 0] ?? 0);
      put(bytes, at + 3 * stride, first, second, symbols[made[row + 3] ?? 0] ?? 0);
      put(bytes, at + 4 * stride, first, second, symbols[made[row + 4] ?? 0] ?? 0);
      put(bytes, at + 5 * stride, first, second, symbols[made[row + 5] ?? 0] ?? 0);
      put(bytes, at + 6 * stride, first, second, symbols[made[row + 6] ?? 0] ?? 0);
      put(bytes, at + 7 * stride, first, second, symbols[made[row + 7] ?? 0] ?? 0);
    }
  }

  /** Draws as many choices as `made` holds. */
  #choose(choices: number, made: Uint16Array): void {
    const surplus = 65_536 % choices;
    const pool = this.#pool;
    let next = this.#next;
    let row = 0;
    while (row < made.length) {
      if (next === pool.length) next = this.#refill();
      while (row + TOGETHER <= made.length && next + TOGETHER <= pool.length) {
        row = choose(pool[next] ?? 0, choices, surplus, made, row);
        row = choose(pool[next + 1] ?? 0, choices, surplus, made, row);
        row = choose(pool[next + 2] ?? 0, choices, surplus, made, row);
        row = choose(pool[next + 3] ?? 0, choices, surplus, made, row);
        row = choose(pool[next + 4] ?? 0, choices, surplus, made, row);
        row = choose(pool[next + 5] ?? 0, choices, surplus, made, row);
        row = choose(pool[next + 6] ?? 0, choices, surplus, made, row);
        row = choose(pool[next + 7] ?? 0, choices, surplus, made, row);
        next += TOGETHER;
      }
      while (row < made.length && next < pool.length) {
        row = choose(pool[next++] ?? 0, choices, surplus, made, row);
      }
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
