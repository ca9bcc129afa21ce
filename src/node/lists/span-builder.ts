import { damagedFile } from '../files/file-error.js';
import { GrowingBytes } from '../files/growing-bytes.js';
import type { RowLayout, RowSpans } from '../rows/row-spans.js';
import { MAX_LINE } from './line-problem.js';
import { isBlank } from './text-list.js';

const BATCH = 1 << 13;
const ROOM = 1 << 18;

/** What is wrong with a row whose key is empty. */
export const NO_KEY = 'has no key: fill it in or remove it';
/** What is wrong with a row whose key cannot be printed. */
export const UNPRINTABLE_KEY =
  'has a key with a line break, control character or broken character: remove it';

/** Collects keys that arrive as strings (from CSV cells and JSON), and their rows, into {@link RowSpans}. */
export class KeyBatch {
  readonly #path: string;
  readonly #unit: 'line' | 'element';
  readonly #spans = new Uint32Array(2 * BATCH);
  readonly #lines = new Uint32Array(BATCH);
  readonly #rowSpans = new Uint32Array(2 * BATCH);
  readonly #bytes = new GrowingBytes(2 * ROOM);
  readonly #rowBytes = new GrowingBytes(2 * ROOM);
  #firstLine = 1;
  #count = 0;

  constructor(path: string, unit: 'line' | 'element') {
    this.#path = path;
    this.#unit = unit;
  }

  /** Whether {@link take} must be called before the next {@link add}. */
  get full(): boolean {
    return this.#count === BATCH || this.#bytes.end >= ROOM || this.#rowBytes.end >= ROOM;
  }

  /**
   * Adds a key, without its surrounding blanks, and its row where rows are wanted.
   *
   * @throws {KeywrightError} `damaged_file`: the key is empty, over 1 MiB, or holds a control character,
   *   a line break or half a surrogate pair.
   */
  add(text: string, line: number, row: Uint8Array | undefined): void {
    const key = trimmed(text);
    if (key.length === 0) throw this.#damaged(NO_KEY, line);
    if (key.length > MAX_LINE)
      throw this.#damaged('has a key longer than 1 MiB: this is no license key', line);
    if (/[\p{Cc}\p{Cs}]/u.test(key)) {
      throw this.#damaged(UNPRINTABLE_KEY, line);
    }
    if (this.#count === 0) this.#firstLine = line;
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
    const count = this.#count;
    this.#count = 0;
    return {
      bytes: this.#bytes.taken(),
      spans: this.#spans,
      lines: this.#lines,
      firstLine: this.#firstLine,
      count,
      rowBytes: this.#rowBytes.taken(),
      rowSpans: this.#rowSpans,
      layout,
    };
  }

  #damaged(problem: string, line: number): Error {
    return damagedFile(this.#path, problem, line, this.#unit);
  }
}

// A regular expression for the blanks at the end is quadratic on a cell of blanks.
function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (from < to && isBlank(text.charCodeAt(to - 1))) to--;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}
