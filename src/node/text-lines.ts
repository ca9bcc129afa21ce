import type { KeySpans } from '../core/dedupe/key-spans.js';
import { damagedFile } from './file-error.js';
import { CUT_OFF, INVALID, isC1Control, utf8Length } from './utf8.js';

/** The longest line that is read, in bytes. */
export const MAX_LINE = 1 << 20;
const SLICE = 1 << 18;
const BATCH = 1 << 15;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/**
 * The lines of a UTF-8 text, without surrounding blanks (space, tab), empty ones left out. LF, CRLF and a
 * lone CR end a line; U+2028 does not. Memory stays under 2 MiB whatever the text. The chunks must not
 * begin with a byte order mark.
 *
 * @throws {KeywrightError} `damaged_file`, with the line: NUL or another control character, bytes that are
 *   no UTF-8, a line over {@link MAX_LINE}.
 */
export async function* textLines(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<KeySpans, void, undefined> {
  const scanner = new LineScanner(path);
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE) {
      scanner.push(chunk.subarray(at, at + SLICE));
      for (let lines = scanner.scan(); lines !== undefined; lines = scanner.scan()) yield lines;
    }
  }
  scanner.finish();
  const last = scanner.scan();
  if (last !== undefined) yield last;
}

/** The chunks unchanged, each as soon as it is known to be such text as {@link textLines} reads, which says what it throws. */
export async function* checkedText(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const scanner = new LineScanner(path);
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE) {
      const slice = chunk.subarray(at, at + SLICE);
      scanner.push(slice);
      while (scanner.scan() !== undefined);
      yield slice;
    }
  }
  scanner.finish();
  while (scanner.scan() !== undefined);
}

/** Splits pushed bytes into lines; what is not yet a whole line waits at the front of the buffer. */
class LineScanner {
  readonly #path: string;
  readonly #bytes = new Uint8Array(MAX_LINE + SLICE + 2);
  readonly #spans = new Uint32Array(2 * BATCH);
  readonly #lines = new Uint32Array(BATCH);
  #start = 0;
  #at = 0;
  #end = 0;
  #line = 1;
  #afterCr = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Takes at most {@link SLICE} bytes more; everything before must have been scanned. */
  push(slice: Uint8Array): void {
    this.#bytes.copyWithin(0, this.#start, this.#end);
    this.#at -= this.#start;
    this.#end -= this.#start;
    this.#start = 0;
    if (this.#end > MAX_LINE) throw this.#tooLong();
    this.#bytes.set(slice, this.#end);
    this.#end += slice.length;
    // A NUL behind the last byte stops the inner loop of scan() without a comparison per byte.
    this.#bytes[this.#end] = 0;
  }

  /** Ends the last line where the text ends. */
  finish(): void {
    if (this.#end > this.#start) this.push(Uint8Array.of(LF));
  }

  /** The next lines, or undefined when what was pushed holds no further whole line that is not empty. */
  scan(): KeySpans | undefined {
    const bytes = this.#bytes;
    const spans = this.#spans;
    const lines = this.#lines;
    const end = this.#end;
    const firstLine = this.#line;
    let at = this.#at;
    let count = 0;
    while (count < BATCH) {
      let byte = bytes[at] ?? 0;
      while (byte >= SPACE && byte < 0x7f) byte = bytes[++at] ?? 0;
      if (at >= end) break;
      if (byte === LF && at === this.#start && this.#afterCr) {
        this.#afterCr = false;
        this.#start = ++at;
      } else if (byte === LF || byte === CR) {
        let from = this.#start;
        let to = at;
        if (to - from > MAX_LINE) throw this.#tooLong();
        while (from < to && isBlank(bytes[from] ?? 0)) from++;
        while (from < to && isBlank(bytes[to - 1] ?? 0)) to--;
        if (from < to) {
          spans[2 * count] = from;
          spans[2 * count + 1] = to;
          lines[count++] = this.#line - firstLine;
        }
        this.#afterCr = byte === CR;
        this.#line++;
        this.#start = ++at;
      } else if (byte === TAB) {
        at++;
      } else if (byte < 0x80) {
        throw this.#control(byte);
      } else {
        const length = utf8Length(bytes, at, end);
        if (length === CUT_OFF) break;
        if (length === INVALID) throw this.#notUtf8();
        if (isC1Control(bytes, at)) throw this.#control(bytes[at + 1] ?? 0);
        at += length;
      }
    }
    this.#at = at;
    return count === 0 ? undefined : { bytes, spans, lines, firstLine, count };
  }

  #control(code: number): Error {
    if (code === 0) return this.#damaged('holds a NUL byte: this is no text, save it as UTF-8 text');
    const name = code.toString(16).toUpperCase().padStart(4, '0');
    return this.#damaged(
      `holds the control character U+${name}: remove it, or save the file as plain UTF-8 text`,
    );
  }

  #notUtf8(): Error {
    return this.#damaged('is not valid UTF-8: save the file as UTF-8 text');
  }

  #tooLong(): Error {
    return this.#damaged('is longer than 1 MiB: put one key on each line');
  }

  #damaged(problem: string): Error {
    return damagedFile(this.#path, problem, this.#line);
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}
