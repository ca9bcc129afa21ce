import type { KeySpans } from '../core/dedupe/key-spans.js';
import { damagedFile } from './file-error.js';
import { MAX_LINE } from './text-lines.js';

const BATCH = 1 << 13;
const ROOM = 1 << 18;

/** Collects keys that arrive as strings (from CSV cells and JSON) into {@link KeySpans}. */
export class KeyBatch {
  readonly #path: string;
  readonly #unit: 'line' | 'element';
  readonly #spans = new Uint32Array(2 * BATCH);
  readonly #lines = new Uint32Array(BATCH);
  #bytes = Buffer.alloc(2 * ROOM);
  #end = 0;
  #firstLine = 1;
  #count = 0;

  constructor(path: string, unit: 'line' | 'element') {
    this.#path = path;
    this.#unit = unit;
  }

  /** Whether {@link take} must be called before the next {@link add}. */
  get full(): boolean {
    return this.#count === BATCH || this.#end >= ROOM;
  }

  /**
   * Adds a key, without its surrounding blanks.
   *
   * @throws {KeywrightError} `damaged_file`: the key is empty, over 1 MiB, or holds a control character,
   *   a line break or half a surrogate pair.
   */
  add(text: string, line: number): void {
    const key = trimmed(text);
    if (key.length === 0) throw this.#damaged('has no key: fill it in or remove it', line);
    if (key.length > MAX_LINE)
      throw this.#damaged('has a key longer than 1 MiB: this is no license key', line);
    if (/[\p{Cc}\p{Cs}]/u.test(key)) {
      throw this.#damaged(
        'has a key with a line break, control character or broken character: remove it',
        line,
      );
    }
    this.#reserve(3 * key.length);
    if (this.#count === 0) this.#firstLine = line;
    const from = this.#end;
    this.#end += this.#bytes.write(key, from);
    this.#spans[2 * this.#count] = from;
    this.#spans[2 * this.#count + 1] = this.#end;
    this.#lines[this.#count++] = line - this.#firstLine;
  }

  /** What was added since the last call, or undefined when that is nothing; the arrays are reused by the next {@link add}. */
  take(): KeySpans | undefined {
    if (this.#count === 0) return undefined;
    const count = this.#count;
    this.#count = 0;
    this.#end = 0;
    return { bytes: this.#bytes, spans: this.#spans, lines: this.#lines, firstLine: this.#firstLine, count };
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    const larger = Buffer.alloc(this.#end + length);
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
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

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
