import type { KeyFormat, Slot } from '../format/key-format.js';
import type { RandomSource } from '../random/random-source.js';
import type { RankRange } from './shard.js';
import { pairSlots, type SlotPair, SymbolStream } from './symbol-stream.js';

/** Rows of a block of candidates. Stream v1 fixes the number, for it decides what a seed yields. */
export const ROWS = 64;

/**
 * A range is narrowed when it touches at least so many choices of the first pair. Only the two at its ends reach beyond
 * it, so at most 2 of 16 candidates are refused.
 */
const FEWEST_CHOICES = 16;

/** Leading slots spell a number below this: a double holds it exactly, and so does what is computed from it. */
const MOST_LEADS = 2 ** 46;

/**
 * Fills rows with candidate keys. Each rank of the range is equally likely.
 *
 * Stream v1 says in which order a seeded batch spends its random numbers. It fills blocks of 64 rows. In a block it
 * takes the slots two by two, and fills one pair down all rows before the next (see `SymbolStream.fillPair`). For a
 * shard it first draws the leading slots, row by row, as one number: shard 2/3 of `9999` owns the ranks 3333 to 6665,
 * so a row draws a number from 3333 to 6665 and spells it.
 *
 * A number for each row is slow, and without a seed nobody can repeat the batch, so such a shard narrows its first pair
 * instead. In the example the pair has the choices 00 to 99, of which 33 to 66 touch the range. The filler draws from
 * those, the second pair as always, and refuses what lies outside: 3300 to 3332 and 6666 to 6699.
 */
export class KeyFiller {
  readonly stride: number;
  readonly #format: KeyFormat;
  readonly #template: Uint8Array;
  readonly #stream: SymbolStream;
  /** The slots that are drawn two by two: all, or those behind the leading ones. */
  readonly pairs: readonly SlotPair[];
  /** What the last {@link fill} drew: 64 choices of the first pair, a row each, then 64 of the second, and so on. */
  readonly choices: Uint16Array;
  /** Each pair with its 64 entries of {@link choices}. */
  readonly #columns: readonly (readonly [SlotPair, Uint16Array])[];
  readonly #lead: Lead | undefined;
  readonly #narrow: Narrowed | undefined;
  /** The slots' symbols of the lowest and the highest rank of the range. */
  readonly #ends: readonly [low: readonly number[], high: readonly number[]] | undefined;
  readonly #atEdge = new Uint8Array(ROWS);

  /** With `repeatable` the filler keeps to stream v1. */
  constructor(
    format: KeyFormat,
    range: RankRange,
    random: RandomSource,
    now: Date,
    count: number,
    repeatable: boolean,
  ) {
    this.#format = format;
    this.#template = Uint8Array.from(
      [...format.template(now), '\n'],
      (character) => character.charCodeAt(0) || 0,
    );
    this.stride = this.#template.length;
    const whole = range.high - range.low === format.capacity;
    this.#narrow = whole || repeatable ? undefined : narrowed(format, range);
    this.#lead = whole || this.#narrow !== undefined ? undefined : leadOf(format, range);
    this.#ends = whole ? undefined : [format.digits(range.low), format.digits(range.high - 1n)];
    this.pairs =
      this.#lead === undefined
        ? (this.#narrow?.pairs ?? pairsOf(format))
        : pairSlots(format.slots.slice(this.#lead.slots.length));
    this.choices = new Uint16Array(this.pairs.length * ROWS);
    this.#columns = this.pairs.map((pair, index) => [
      pair,
      this.choices.subarray(index * ROWS, (index + 1) * ROWS),
    ]);
    const wordsPerRow = this.pairs.length + (whole ? 0 : 3);
    this.#stream = new SymbolStream(random, Math.ceil(count / ROWS) * ROWS * wordsPerRow);
  }

  /** Whether {@link fill} can draw a candidate outside the range, which {@link inRange} then finds. */
  get ranged(): boolean {
    return this.#lead !== undefined || this.#narrow?.uneven === true;
  }

  /** Whether {@link choices} decides the whole key: there is neither a leading slot nor a check character. */
  get paired(): boolean {
    return this.#lead === undefined && this.#format.check === undefined;
  }

  /** A block of `rows` keys with their literals, time and line ends filled in. */
  block(rows: number): Uint8Array {
    const bytes = new Uint8Array(rows * this.stride);
    for (let row = 0; row < rows; row++) bytes.set(this.#template, row * this.stride);
    return bytes;
  }

  /** Draws {@link ROWS} candidates into `bytes`, the first at `start`. */
  fill(bytes: Uint8Array, start: number): void {
    if (this.#lead !== undefined) this.#fillLead(bytes, start, this.#lead);
    for (const [pair, choices] of this.#columns)
      this.#stream.fillPair(bytes, start, this.stride, pair, choices);
    if (this.#narrow?.uneven === true) this.#noteEdges(this.#narrow);
    if (this.#format.check !== undefined) this.#fillChecks(bytes, start);
  }

  /** Whether the candidate that {@link fill} put into `row`, now at `start`, lies in the range. */
  inRange(bytes: Uint8Array, start: number, row: number): boolean {
    if (this.#ends === undefined || this.#atEdge[row] === 0) return true;
    const [low, high] = this.#ends;
    return this.#order(bytes, start, low) >= 0 && this.#order(bytes, start, high) <= 0;
  }

  /** Below 0 when the rank of the key at `start` is less than that of `digits`, above 0 when it is more. */
  #order(bytes: Uint8Array, start: number, digits: readonly number[]): number {
    for (const [index, slot] of this.#format.slots.entries()) {
      const order = symbolIndex(slot, bytes[start + slot.offset] ?? 0) - (digits[index] ?? 0);
      if (order !== 0) return order;
    }
    return 0;
  }

  #noteEdges({ choices }: Narrowed): void {
    for (let row = 0; row < ROWS; row++) {
      const choice = this.choices[row] ?? 0;
      this.#atEdge[row] = choice === 0 || choice === choices - 1 ? 1 : 0;
    }
  }

  #fillLead(bytes: Uint8Array, start: number, lead: Lead): void {
    for (let row = 0, at = start; row < ROWS; row++, at += this.stride) {
      const drawn = this.#stream.integer(lead.high - lead.low + 1) + lead.low;
      this.#atEdge[row] = lead.exact || (drawn > lead.low && drawn < lead.high) ? 0 : 1;
      let rest = drawn;
      for (let index = lead.slots.length - 1; index >= 0; index--) {
        const slot = lead.slots[index];
        if (slot === undefined) continue;
        bytes[at + slot.offset] = slot.symbols.charCodeAt(rest % slot.symbols.length);
        rest = Math.floor(rest / slot.symbols.length);
      }
    }
  }

  #fillChecks(bytes: Uint8Array, start: number): void {
    const { slots, check } = this.#format;
    if (check === undefined) return;
    const indices = new Uint8Array(128);
    [...check.slot.symbols].forEach((symbol, index) => {
      indices[symbol.charCodeAt(0)] = index;
    });
    const digits = new Uint8Array(slots.length);
    const offsets = slots.map((slot) => slot.offset);
    for (let row = 0, at = start; row < ROWS; row++, at += this.stride) {
      offsets.forEach((offset, index) => {
        digits[index] = indices[bytes[at + offset] ?? 0] ?? 0;
      });
      bytes[at + check.slot.offset] = check.slot.symbols.charCodeAt(
        check.algorithm.check(digits, digits.length),
      );
    }
  }
}

/** A table of symbol pairs costs more than one key, so each format makes its tables once. */
const PAIRS = new WeakMap<KeyFormat, readonly SlotPair[]>();

function pairsOf(format: KeyFormat): readonly SlotPair[] {
  const made = PAIRS.get(format) ?? pairSlots(format.slots);
  PAIRS.set(format, made);
  return made;
}

/** The pairs of a narrowed range. The first pair has only the choices that the range touches. */
interface Narrowed {
  readonly pairs: readonly SlotPair[];
  /** How many choices of the first pair are left. */
  readonly choices: number;
  /** Whether the range begins or ends within a choice. */
  readonly uneven: boolean;
}

function narrowed(format: KeyFormat, { low, high }: RankRange): Narrowed | undefined {
  const [first, ...others] = pairsOf(format);
  if (first === undefined) return undefined;
  const each = format.capacity / BigInt(first.choices);
  const from = Number(low / each);
  const to = Number((high + each - 1n) / each);
  const choices = to - from;
  if (choices < FEWEST_CHOICES) return undefined;
  const symbols = first.symbols.subarray(from, to);
  return {
    pairs: [{ ...first, choices, symbols }, ...others],
    choices,
    uneven: low % each !== 0n || high % each !== 0n,
  };
}

/** The leading slots of a shard, and the numbers that they spell at its ends. */
interface Lead {
  readonly slots: readonly Slot[];
  readonly low: number;
  readonly high: number;
  /** Whether no slot follows. Then each number from low to high is a rank of the range, and none is refused. */
  readonly exact: boolean;
}

function leadOf(format: KeyFormat, range: RankRange): Lead {
  let leads = 1;
  let length = 0;
  for (const slot of format.slots) {
    if (leads * slot.symbols.length > MOST_LEADS) break;
    leads *= slot.symbols.length;
    length++;
  }
  const each = format.capacity / BigInt(leads);
  return {
    slots: format.slots.slice(0, length),
    low: Number(range.low / each),
    high: Number((range.high - 1n) / each),
    exact: length === format.slots.length,
  };
}

function symbolIndex(slot: Slot, byte: number): number {
  return slot.symbols.indexOf(String.fromCharCode(byte));
}
