import type { KnownKeys } from '../dedupe/known-keys.js';
import { KeywrightError } from '../errors.js';
import { type RandomSource, systemRandom } from '../random/random-source.js';
import { ComparedForm, ungroupedOffsets } from './compared-form.js';
import { DrawnHash } from './drawn-hash.js';
import type { FragmentFilter } from './fragment-filter.js';
import type { KeyBlock } from './key-block.js';
import { KeyFiller, ROWS } from './key-filler.js';
import type { BatchPlan } from './plan.js';

/** What came of a batch. */
export interface BatchTally {
  readonly count: number;
  /** Candidates thrown away because the batch or `against` held them. */
  readonly duplicatesRejected: number;
  /** Candidates thrown away because they contained a fragment of `reject`. */
  readonly fragmentsRejected: number;
}

/** Where a draw gets its randomness and its time from. */
export interface DrawSources {
  readonly random?: RandomSource | undefined;
  readonly now?: Date | undefined;
}

/** Keys a block holds at most; a multiple of {@link ROWS}. */
export const BLOCK_ROWS = 4096;

/** After so many rejected candidates in a row there is no hope of another key. */
const PATIENCE = 1_000_000;

/** A batch in the drawing: candidates come in rows of {@link ROWS}, the fresh ones stay. */
export class KeyDraw {
  readonly #count: number;
  readonly #known: KnownKeys | undefined;
  readonly #filter: FragmentFilter | undefined;
  readonly #filler: KeyFiller;
  readonly #compared: ComparedForm;
  readonly #ungrouped: Uint8Array;
  readonly #length: number;
  readonly #rows: number;
  readonly #bytes: Uint8Array;
  /** Hashes candidates as they are drawn; undefined where more is needed than the drawn symbols. */
  readonly #hash: DrawnHash | undefined;
  readonly #fingerprints = new Uint32Array(2 * ROWS);
  /** For each candidate row, 1 while nothing speaks against it. */
  readonly #fresh = new Uint8Array(ROWS);
  #drawn = 0;
  #duplicates = 0;
  #fragments = 0;
  #inVain = 0;

  /** Without `known` nothing is compared, which is for a single key. `alone`: it only ever holds keys of this draw. */
  constructor(
    { format, count, range, exact }: BatchPlan,
    sources: DrawSources,
    known: KnownKeys | undefined,
    filter: FragmentFilter | undefined,
    alone = false,
  ) {
    const { random = systemRandom(), now = new Date(0) } = sources;
    const repeatable = sources.random !== undefined;
    this.#count = count;
    this.#known = known;
    this.#filter = filter;
    this.#filler = new KeyFiller(format, range, random, now, count, repeatable);
    this.#compared = new ComparedForm(format, exact);
    const { offsets } = this.#compared;
    const drawn = known !== undefined && offsets !== undefined && this.#filler.paired;
    this.#hash = drawn ? new DrawnHash(known.hash, format, offsets, this.#filler.pairs, alone) : undefined;
    this.#ungrouped = Uint8Array.from(ungroupedOffsets(format));
    this.#length = format.length;
    this.#rows = Math.min(BLOCK_ROWS, Math.ceil(count / ROWS) * ROWS);
    this.#bytes = this.#filler.block(this.#rows);
  }

  get tally(): BatchTally {
    return { count: this.#drawn, duplicatesRejected: this.#duplicates, fragmentsRejected: this.#fragments };
  }

  /**
   * The next block of fresh keys, or undefined when the batch is complete.
   *
   * @throws {KeywrightError} `exhausted`.
   */
  next(): KeyBlock | undefined {
    if (this.#drawn === this.#count) return undefined;
    const { stride } = this.#filler;
    let held = 0;
    while (held + ROWS <= this.#rows && this.#drawn < this.#count) {
      const start = held * stride;
      this.#filler.fill(this.#bytes, start);
      this.#fresh.fill(1);
      this.#dropUnfit(start);
      if (this.#known !== undefined) this.#dropKnown(this.#known, start);
      held = this.#gather(held);
    }
    return { bytes: this.#bytes, count: held, length: this.#length, stride };
  }

  #dropUnfit(start: number): void {
    if (this.#filter === undefined && !this.#filler.ranged) return;
    for (let row = 0, at = start; row < ROWS; row++, at += this.#filler.stride) {
      if (!this.#filler.inRange(this.#bytes, at, row)) this.#fresh[row] = 0;
      else if (this.#filter?.matches(this.#bytes, at, this.#ungrouped) === true) {
        this.#fragments++;
        this.#fresh[row] = 0;
      }
    }
  }

  // Loop by loop: so the cache misses of many look-ups overlap.
  #dropKnown(known: KnownKeys, start: number): void {
    const fingerprints = this.#hashRows(known, start);
    known.prefetch(fingerprints, ROWS);
    this.#duplicates += known.addFresh(fingerprints, this.#fresh, this.#count - this.#drawn);
  }

  #hashRows(known: KnownKeys, start: number): Uint32Array {
    if (this.#hash !== undefined) {
      this.#hash.hashRows(this.#filler.choices);
      return this.#hash.fingerprints;
    }
    for (let row = 0, at = start; row < ROWS; row++, at += this.#filler.stride) {
      this.#compared.hash(known.hash, this.#bytes, at, this.#fingerprints, 2 * row);
    }
    return this.#fingerprints;
  }

  /** Moves the fresh ones of the rows from `first` on together; returns the row behind the last. */
  #gather(first: number): number {
    const { stride } = this.#filler;
    let held = first;
    for (let row = 0; row < ROWS && this.#drawn < this.#count; row++) {
      if (this.#fresh[row] === 0) {
        if (++this.#inVain === PATIENCE) this.#giveUp();
        continue;
      }
      const at = (first + row) * stride;
      if (first + row !== held) this.#bytes.copyWithin(held * stride, at, at + stride);
      held++;
      this.#drawn++;
      this.#inVain = 0;
    }
    return held;
  }

  #giveUp(): never {
    const mend =
      this.#filter === undefined
        ? 'take a larger format'
        : 'the reject list leaves too little, shorten it or change the format';
    throw new KeywrightError(
      'exhausted',
      `a million candidates in a row were rejected after ${this.#drawn} keys: ${mend}`,
      {
        produced: this.#drawn,
        rejected: PATIENCE,
      },
    );
  }
}
