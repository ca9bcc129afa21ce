import { type Difference, type KeyComparer, SAME } from '../../../core/dedupe/key-comparer.js';

const FILLED = 0.75;
/** What the bytes of a key take, probably. */
const KEY = 32;
/** Per key: its line, its end, its slots. */
const ENTRY = 8 + 4 + 8 / FILLED;

/** Keys with their lines, as many as a given memory holds; equality decides, whatever the hash. */
export class KeyTable {
  readonly #comparer: KeyComparer;
  readonly #words: Uint32Array;
  readonly #lines: Float64Array;
  readonly #ends: Uint32Array;
  #bytes: Uint8Array;
  readonly #scale: number;
  #count = 0;
  #end = 0;
  /** How the key that {@link find} found differs from the one it was given. */
  difference: Difference = SAME;

  /** Has room for `most` keys of the usual length. */
  constructor(comparer: KeyComparer, most: number) {
    this.#comparer = comparer;
    this.#words = new Uint32Array(2 * Math.ceil(most / FILLED));
    this.#lines = new Float64Array(most);
    this.#ends = new Uint32Array(most);
    this.#bytes = new Uint8Array(most * KEY);
    this.#scale = this.#words.length / 2 / 2 ** 32;
  }

  /** How many keys of the usual length a memory holds. */
  static keysIn(memory: number): number {
    return Math.max(64, Math.floor(memory / (ENTRY + KEY)));
  }

  /** The line of the first spelling of a key, or -1. */
  find(high: number, low: number, bytes: Uint8Array, from: number, to: number): number {
    const words = this.#words;
    const tag = low === 0 ? 1 : low;
    let at = 2 * Math.floor(high * this.#scale);
    for (let held = words[at] ?? 0; held !== 0; held = words[at] ?? 0) {
      if (held === tag && this.#isKey(words[at + 1] ?? 0, bytes, from, to)) {
        return this.#lines[words[at + 1] ?? 0] ?? -1;
      }
      at = at + 2 === words.length ? 0 : at + 2;
    }
    return -1;
  }

  /** Takes a key that {@link find} did not find; false when there is no room. The first one always has. */
  add(high: number, low: number, bytes: Uint8Array, from: number, to: number, line: number): boolean {
    if (this.#count === 0 && to - from > this.#bytes.length) this.#bytes = new Uint8Array(to - from);
    if (this.#count === this.#lines.length || this.#end + to - from > this.#bytes.length) return false;
    const words = this.#words;
    let at = 2 * Math.floor(high * this.#scale);
    while (words[at] !== 0) at = at + 2 === words.length ? 0 : at + 2;
    words[at] = low === 0 ? 1 : low;
    words[at + 1] = this.#count;
    this.#bytes.set(bytes.subarray(from, to), this.#end);
    this.#end += to - from;
    this.#ends[this.#count] = this.#end;
    this.#lines[this.#count++] = line;
    return true;
  }

  /** Forgets all keys. */
  clear(): void {
    this.#words.fill(0);
    this.#count = 0;
    this.#end = 0;
  }

  #isKey(index: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
    const end = this.#ends[index] ?? 0;
    if (!this.#comparer.sameKey(this.#bytes, start, end, bytes, from, to)) return false;
    this.difference = this.#comparer.difference(this.#bytes, start, end, bytes, from, to);
    return true;
  }
}
