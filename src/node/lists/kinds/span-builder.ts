import { damagedFile } from '../../files/file-error.js';
import { GrowingBytes } from '../../files/growing-bytes.js';
import type { RowLayout, RowSpans } from '../../rows/row-spans.js';
import { isShortened, LOST_DIGITS, saysNoKey, shownCell } from '../columns/key-cell.js';
import { type LineShape, MORE_THAN_KEY } from '../columns/line-shape.js';
import { MAX_LINE } from './line-problem.js';
import { isPem, PEM_PROBLEM } from './no-list.js';
import type { ReadingNotes } from './reading.js';

const BATCH = 1 << 13;
const ROOM = 1 << 18;

/** What is wrong with a row whose key cannot be printed. */
export const UNPRINTABLE_KEY =
  'has a key with a line break, control character or broken character: remove it';

/** How a list's rows become keys. */
export interface KeyBatchOptions {
  readonly path: string;
  readonly unit: 'line' | 'element';
  readonly notes: ReadingNotes;
  /** Hand over rows without key, too; else they are noted and left out. */
  readonly keyless: boolean;
  /** The heading, where there is one: once more, it is no key. */
  readonly heading?: string | undefined;
}

/** Collects keys that arrive as strings (from CSV cells and JSON), and their rows, into {@link RowSpans}. */
export class KeyBatch {
  readonly #options: KeyBatchOptions;
  readonly #spans = new Uint32Array(2 * BATCH);
  readonly #lines = new Uint32Array(BATCH);
  readonly #rowSpans = new Uint32Array(2 * BATCH);
  readonly #bytes = new GrowingBytes(2 * ROOM);
  readonly #rowBytes = new GrowingBytes(2 * ROOM);
  #keyless: number[] = [];
  /** What the keys look like, where other texts are to be told from them. */
  lines: LineShape | undefined;
  #firstLine = 1;
  #count = 0;

  constructor(options: KeyBatchOptions) {
    this.#options = options;
  }

  /** Whether {@link take} must be called before the next {@link add}. */
  get full(): boolean {
    return this.#count === BATCH || this.#bytes.end >= ROOM || this.#rowBytes.end >= ROOM;
  }

  /**
   * Adds a key as its cell shows it, and its row where rows are wanted. A cell without key is noted.
   *
   * @throws {KeywrightError} `damaged_file`: PEM, a key over 1 MiB, or one that holds a control character,
   *   a line break, half a surrogate pair or, where rows without key are left out, more than a key.
   */
  add(cell: string, line: number, row: Uint8Array | undefined): void {
    const { notes, keyless, heading } = this.#options;
    const key = shownCell(cell);
    if (key.length > MAX_LINE)
      throw this.#damaged('has a key longer than 1 MiB: this is no license key', line);
    if (isPem(key)) throw this.#damaged(PEM_PROBLEM, line);
    if (isShortened(key)) throw this.#damaged(LOST_DIGITS, line);
    if (/[\p{Cc}\p{Cs}]/u.test(key)) throw this.#damaged(UNPRINTABLE_KEY, line);
    const other = this.lines?.otherText(key);
    if (other === 'more' && !keyless) throw this.#damaged(MORE_THAN_KEY, line);
    const isKeyless = saysNoKey(key) || key === heading || other !== undefined;
    if (isKeyless) notes.noteWithoutKey(key, key === heading);
    if (isKeyless && !keyless) return;
    if (this.#count === 0) this.#firstLine = line;
    if (isKeyless) this.#keyless.push(this.#count);
    const at = 2 * this.#count;
    this.#spans[at] = this.#bytes.end;
    this.#spans[at + 1] = this.#bytes.appendText(key);
    this.#rowSpans[at] = this.#rowBytes.end;
    this.#rowSpans[at + 1] = row === undefined ? this.#rowBytes.end : this.#rowBytes.append(row);
    this.#lines[this.#count++] = line - this.#firstLine;
  }

  /** What was added since the last call, or undefined when that is nothing; the arrays are reused by the next {@link add}. */
  take(layout: RowLayout): RowSpans | undefined {
    if (this.#count === 0) return undefined;
    const [count, keyless] = [this.#count, this.#keyless];
    this.#count = 0;
    this.#keyless = [];
    return {
      bytes: this.#bytes.taken(),
      spans: this.#spans,
      lines: this.#lines,
      firstLine: this.#firstLine,
      count,
      keyless,
      rowBytes: this.#rowBytes.taken(),
      rowSpans: this.#rowSpans,
      layout,
    };
  }

  #damaged(problem: string, line: number): Error {
    return damagedFile(this.#options.path, problem, line, this.#options.unit);
  }
}
