import { type Comparison, sameBytes } from '../../core/dedupe/comparison.js';
import type { Findings } from './findings.js';
import type { FirstKeys } from './first-keys.js';
import type { Input } from './input.js';

/** No place: the row was not nominated, it is invalid. */
const NO_PLACE = 2 ** 32 - 1;
/** So that a place and an index fit into one double. */
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
  readonly #comparison: Comparison;
  readonly #firstKeys: FirstKeys;
  readonly #findings: Findings;
  readonly #most: number;
  readonly #places: Uint32Array;
  readonly #lines: Float64Array;
  readonly #firstLines: Float64Array;
  readonly #ends: Uint32Array;
  readonly #inputs: Input[] = [];
  readonly #inputEnds: number[] = [];
  readonly #differs: Uint8Array;
  readonly #problems = new Map<number, string>();
  #bytes: Uint8Array;
  #count = 0;
  #seen = 0;

  /** `expected`: more than so many there hardly are. */
  constructor(
    comparison: Comparison,
    firstKeys: FirstKeys,
    findings: Findings,
    memory: number,
    expected: number,
  ) {
    this.#comparison = comparison;
    this.#firstKeys = firstKeys;
    this.#findings = findings;
    this.#most = Math.min(MOST, Math.floor(memory / (ENTRY + KEY)), Math.max(FEWEST, expected));
    this.#places = new Uint32Array(this.#most);
    this.#lines = new Float64Array(this.#most);
    this.#firstLines = new Float64Array(this.#most);
    this.#ends = new Uint32Array(this.#most);
    this.#differs = new Uint8Array(this.#most);
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
    this.#differs.fill(0, 0, this.#count);
    this.#compare();
    let turn = 0;
    for (let index = 0; index < this.#count; index++) {
      if (index === this.#inputEnds[turn]) turn++;
      const input = this.#inputs[turn];
      if (input !== undefined) this.#report(index, input);
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
    const wanted = (index: number) => this.#findings.wantsPlace(index);
    const order = this.#inOrder();
    const read = this.#firstKeys.reader();
    for (let first = 0; first < order.length; first += TOGETHER) {
      const some = order.subarray(first, first + TOGETHER);
      this.#seen ^= this.#prefetch(some);
      read(some, MOST, wanted, (index, bytes, from, to, line) => {
        const [start, end] = [this.#startOf(index), this.#ends[index] ?? 0];
        if (line > 0) this.#firstLines[index] = line;
        if (sameBytes(this.#bytes, start, end, bytes, from, to)) return;
        this.#differs[index] = 1;
        if (!this.#comparison.sameKey(this.#bytes, start, end, bytes, from, to)) throw new Refuted();
      });
    }
  }

  /** Brings rows into the processor's cache: in this order they are far from each other. A result, or it would be dropped. */
  #prefetch(order: Float64Array): number {
    let seen = 0;
    for (const both of order) seen ^= this.#bytes[this.#startOf(both % MOST)] ?? 0;
    return seen;
  }

  /** Places and indexes in one number each, by their places. */
  #inOrder(): Float64Array {
    const order = new Float64Array(this.#count);
    let count = 0;
    for (let index = 0; index < this.#count; index++) {
      const place = this.#places[index] ?? NO_PLACE;
      if (place !== NO_PLACE) order[count++] = place * MOST + index;
    }
    return order.subarray(0, count).sort();
  }

  #report(index: number, input: Input): void {
    const [start, end] = [this.#startOf(index), this.#ends[index] ?? 0];
    const place = this.#places[index] ?? NO_PLACE;
    const line = this.#lines[index] ?? 0;
    if (place === NO_PLACE) {
      this.#findings.addInvalid(input, line, this.#bytes, start, end, this.#problems.get(index) ?? '');
      return;
    }
    const differs = this.#differs[index] === 1 && !this.#firstKeys.isOfLedger(place);
    if (!this.#findings.wantsPlace(0)) {
      this.#findings.countDuplicate(input, this.#firstKeys.isKnown(place), differs);
      return;
    }
    const first = this.#firstKeys.inputAt(place);
    if (first === undefined) throw new Error('a place that was never given');
    const firstLine = this.#firstLines[index] ?? 0;
    this.#findings.addDuplicate(input, line, this.#bytes, start, end, first, firstLine, differs);
  }
}
