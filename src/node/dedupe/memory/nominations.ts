import {
  CASE,
  type Difference,
  type KeyComparer,
  SAME,
  SPELLING,
} from '../../../core/dedupe/key-comparer.js';
import type { Findings } from '../report/findings.js';
import type { Input } from '../scan/scanned-list.js';
import { ascending } from './ascending.js';
import type { FirstKeys, LoadedKeys } from './first-keys.js';

/** No place: the row was not nominated, it is invalid. */
const NO_PLACE = 2 ** 32 - 1;
const MOST = 2 ** 20;
const ENTRY = 40;
const KEY = 40;
const FEWEST = 1 << 10;
/** How many are compared together. */
const TOGETHER = 64;
const MOST_PROBLEMS = 10_000;

/** Two keys with one fingerprint are different: about once in a hundred runs over ten million keys. */
export class Refuted extends Error {}

/**
 * Rows whose fingerprint was met before, until it is sure: each is compared with the first one, which is read back
 * from its place. Many together, for then that takes one pass over what was read so far.
 */
export class Nominations {
  readonly #comparer: KeyComparer;
  readonly #firstKeys: FirstKeys;
  readonly #findings: Findings;
  readonly #most: number;
  readonly #places: Uint32Array;
  readonly #lines: Float64Array;
  readonly #firstLines: Float64Array;
  readonly #ends: Uint32Array;
  readonly #inputs: Input[] = [];
  readonly #inputEnds: number[] = [];
  readonly #differences: Uint8Array;
  readonly #problems = new Map<number, string>();
  #bytes: Uint8Array;
  #count = 0;
  #seen = 0;

  /** `expected`: more than so many there hardly are. */
  constructor(
    comparer: KeyComparer,
    firstKeys: FirstKeys,
    findings: Findings,
    memory: number,
    expected: number,
  ) {
    this.#comparer = comparer;
    this.#firstKeys = firstKeys;
    this.#findings = findings;
    this.#most = Math.min(MOST, Math.floor(memory / (ENTRY + KEY)), Math.max(FEWEST, expected));
    this.#places = new Uint32Array(this.#most);
    this.#lines = new Float64Array(this.#most);
    this.#firstLines = new Float64Array(this.#most);
    this.#ends = new Uint32Array(this.#most);
    this.#differences = new Uint8Array(this.#most);
    this.#bytes = new Uint8Array(this.#most * KEY);
  }

  /** Whether {@link settle} must be called before a key of `length` bytes is added. */
  isFull(length: number): boolean {
    return (
      this.#count === this.#most ||
      this.#problems.size === MOST_PROBLEMS ||
      (this.#count > 0 && this.#end + length > this.#bytes.length)
    );
  }

  /** A row with the fingerprint of the key at `place`. */
  add(input: Input, line: number, bytes: Uint8Array, from: number, to: number, place: number): void {
    const start = this.#end;
    if (this.#bytes.length < start + to - from) this.#bytes = new Uint8Array(to - from);
    for (let at = from, shift = start - from; at < to; at++) this.#bytes[at + shift] = bytes[at] ?? 0;
    const index = this.#count++;
    this.#places[index] = place;
    this.#lines[index] = line;
    this.#ends[index] = start + to - from;
    if (this.#inputs.at(-1) !== input) {
      this.#inputs.push(input);
      this.#inputEnds.push(0);
    }
    this.#inputEnds[this.#inputEnds.length - 1] = this.#count;
  }

  /** An invalid row, which is reported in its turn. */
  addInvalid(input: Input, line: number, bytes: Uint8Array, from: number, to: number, problem: string): void {
    this.#problems.set(this.#count, problem);
    this.add(input, line, bytes, from, to, NO_PLACE);
  }

  /**
   * Compares all that were added, and hands them on as what they are.
   *
   * @throws {Refuted} when one is no duplicate after all.
   */
  async settle(): Promise<void> {
    if (this.#count === 0) return;
    this.#differences.fill(0, 0, this.#count);
    this.#compare();
    let turn = 0;
    for (let index = 0; index < this.#count; ) {
      if (index === this.#inputEnds[turn]) turn++;
      const input = this.#inputs[turn];
      if (input === undefined) throw new Error('a row of no input');
      if (this.#findings.wantsPlace(0) || this.#problems.size > 0) this.#report(index++, input);
      else index = this.#countRest(index, this.#inputEnds[turn] ?? this.#count, input);
      if (this.#findings.isFull) await this.#findings.flush();
    }
    this.#count = 0;
    this.#inputs.length = 0;
    this.#inputEnds.length = 0;
    this.#problems.clear();
  }

  get #end(): number {
    return this.#startOf(this.#count);
  }

  #startOf(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
  }

  #compare(): void {
    const order = this.#inOrder();
    let loaded: LoadedKeys | undefined;
    for (let first = 0; first < order.length; first += TOGETHER) {
      const some = order.subarray(first, first + TOGETHER);
      this.#seen ^= this.#prefetch(some);
      for (const index of some) {
        const place = this.#places[index] ?? NO_PLACE;
        if (loaded === undefined || place >= loaded.limit) loaded = this.#firstKeys.load(place);
        this.#compareWith(loaded, place, index);
      }
    }
  }

  #compareWith(loaded: LoadedKeys, place: number, index: number): void {
    const [start, end] = [this.#startOf(index), this.#ends[index] ?? 0];
    if (this.#findings.wantsPlace(index)) this.#firstLines[index] = loaded.lineOf(place);
    if (loaded.isSpelled(place, this.#bytes, start, end)) return;
    const [from, to] = [loaded.beginOf(place), loaded.endOf(place)];
    if (!this.#comparer.sameKey(this.#bytes, start, end, loaded.bytes, from, to)) throw new Refuted();
    this.#differences[index] = this.#comparer.difference(this.#bytes, start, end, loaded.bytes, from, to);
  }

  /** Brings rows into the processor's cache: in this order they are far from each other. A result, or it would be dropped. */
  #prefetch(order: Uint32Array): number {
    let seen = 0;
    for (const index of order) seen ^= this.#bytes[this.#startOf(index)] ?? 0;
    return seen;
  }

  /** The indexes of those that were met before, by the places of the first. */
  #inOrder(): Uint32Array {
    const order = ascending(this.#places, this.#count);
    // Those without a place come last.
    return order.subarray(0, this.#count - this.#problems.size);
  }

  #report(index: number, input: Input): void {
    const [start, end] = [this.#startOf(index), this.#ends[index] ?? 0];
    const place = this.#places[index] ?? NO_PLACE;
    const line = this.#lines[index] ?? 0;
    if (place === NO_PLACE) {
      this.#findings.addInvalid(input, line, this.#bytes, start, end, this.#problems.get(index) ?? '');
      return;
    }
    const first = this.#firstKeys.inputAt(place);
    if (first === undefined) throw new Error('a place that was never given');
    const firstLine = this.#firstLines[index] ?? 0;
    this.#findings.addRepeat(
      input,
      line,
      this.#bytes,
      start,
      end,
      first,
      firstLine,
      this.#differenceAt(index, place),
    );
  }

  /** Rows of one input of which nobody wants to know more; returns `end`. */
  #countRest(begin: number, end: number, input: Input): number {
    let [known, spellings, cases] = [0, 0, 0];
    for (let index = begin; index < end; index++) {
      const place = this.#places[index] ?? NO_PLACE;
      const difference = this.#differenceAt(index, place);
      if (difference === CASE) cases++;
      else if (this.#firstKeys.isKnown(place)) known++;
      if (difference === SPELLING) spellings++;
    }
    this.#findings.countRepeats(input, { duplicates: end - begin - known - cases, known, spellings, cases });
    return end;
  }

  /** How a row differs from the first one; a ledger knows no spelling. */
  #differenceAt(index: number, place: number): Difference {
    const difference = this.#differences[index] ?? SAME;
    if (difference === SAME || this.#firstKeys.isOfLedger(place)) return SAME;
    return difference === CASE ? CASE : SPELLING;
  }
}
