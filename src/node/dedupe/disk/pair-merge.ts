import { CASE, type Difference, SAME, SPELLING } from '../../../core/dedupe/key-comparer.js';
import { SpillFile } from '../../files/spill-file.js';
import type { TempSpace } from '../../files/temp-space.js';

/** Two doubles: the line, and four times the first line, plus how the keys differ. */
const PAIR = 16;
const MOST_TOGETHER = 4096;

/** Pairs of a duplicate and its first occurrence, appended in runs that ascend by line, read back as one that does. */
export class PairMerge {
  readonly #file: SpillFile;
  readonly #memory: number;
  readonly #ends: number[] = [];
  #heap: Run[] = [];

  constructor(space: TempSpace, memory: number) {
    this.#file = new SpillFile(space, memory / 4);
    this.#memory = memory;
  }

  append(line: number, firstLine: number, difference: Difference): void {
    this.#file.appendDouble(line);
    this.#file.appendDouble(4 * firstLine + difference);
  }

  /** The next pair begins a run. */
  endRun(): void {
    if (this.#file.length > (this.#ends.at(-1) ?? 0)) this.#ends.push(this.#file.length);
  }

  /** All runs have ended; from now on {@link line} and {@link take} read. */
  begin(): void {
    const together = Math.floor(this.#memory / 2 / PAIR / Math.max(1, this.#ends.length));
    const room = Math.min(MOST_TOGETHER, Math.max(16, together));
    const runs = this.#ends.map((end, index) => new Run(this.#file, this.#ends[index - 1] ?? 0, end, room));
    // Ascending lines are a heap.
    this.#heap = runs.sort((a, b) => a.line - b.line);
  }

  /** The line of the next pair, or infinity behind the last. */
  get line(): number {
    return this.#heap[0]?.line ?? Number.POSITIVE_INFINITY;
  }

  /** The next pair but for its line. */
  take(): { readonly firstLine: number; readonly difference: Difference } {
    const [run] = this.#heap;
    if (run === undefined) throw new Error('there is no further pair');
    const { first } = run;
    run.advance();
    this.#sink(run);
    const rest = first % 4;
    return {
      firstLine: Math.floor(first / 4),
      difference: rest === CASE ? CASE : rest === SPELLING ? SPELLING : SAME,
    };
  }

  close(): void {
    this.#file.close();
  }

  #sink(run: Run): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      if (left === undefined) break;
      const isRight = right !== undefined && right.line < left.line;
      const least = isRight ? right : left;
      if (least.line >= run.line) break;
      heap[at] = least;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = run;
  }
}

/** A run, of which some pairs at a time are in memory. */
class Run {
  readonly #file: SpillFile;
  readonly #pairs: Float64Array;
  readonly #end: number;
  #position: number;
  #at = 0;
  #count = 0;

  constructor(file: SpillFile, start: number, end: number, room: number) {
    this.#file = file;
    this.#pairs = new Float64Array(2 * room);
    this.#position = start;
    this.#end = end;
    this.#fill();
  }

  /** Infinity at the end. */
  get line(): number {
    return this.#at < this.#count ? (this.#pairs[this.#at] ?? 0) : Number.POSITIVE_INFINITY;
  }

  get first(): number {
    return this.#pairs[this.#at + 1] ?? 0;
  }

  advance(): void {
    this.#at += 2;
    if (this.#at >= this.#count) this.#fill();
  }

  #fill(): void {
    const length = Math.min(8 * this.#pairs.length, this.#end - this.#position);
    const got = this.#file.read(new Uint8Array(this.#pairs.buffer, 0, length), this.#position);
    this.#position += got;
    this.#at = 0;
    this.#count = got / 8;
  }
}
