import { damagedFile } from '../../files/file-error.js';
import { CUT_OFF, INVALID, isC1Control, utf8Length } from '../../files/text-encoding.js';
import type { RowSpans } from '../../rows/row-spans.js';
import type { TextPlan } from '../columns/table-plan.js';
import type { UsualLine } from '../columns/usual-line.js';
import { LineKeys, type ScannedLines } from './line-keys.js';
import { controlProblem, MAX_LINE, NOT_UTF8, TOO_LONG } from './line-problem.js';
import type { ListInput, ListReader } from './reader.js';

const SLICE = 1 << 18;
/** How many lines {@link LineScanner.scan} returns at most. */
export const LINES_TOGETHER = 1 << 15;
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
  options: LineScannerOptions = {},
): AsyncGenerator<ScannedLines, void, undefined> {
  const scanner = new LineScanner(path, options);
  for await (const slice of slices(chunks)) {
    scanner.push(slice);
    for (let lines = scanner.scan(); lines !== undefined; lines = scanner.scan()) yield lines;
  }
  scanner.finish();
  const last = scanner.scan();
  if (last !== undefined) yield last;
}

/** Lists of keys, one a line. */
export const TEXT_READER: ListReader<'text'> = {
  kind: 'text',
  unit: 'line',
  open({ table }) {
    if (table.kind !== 'text') return undefined;
    const { begin, firstLine, heading, lines } = table;
    return { begin, firstLine, heading, lines, read: (input) => textRows(input, table) };
  },
};

/** {@link textLines} as rows of a list that has nothing but keys. */
async function* textRows(
  { chunks, path, keyless, notes, hash }: ListInput,
  { firstLine, heading, lines: shape }: TextPlan,
): AsyncGenerator<RowSpans, void, undefined> {
  const layout = { path, kind: 'text' } as const;
  notes.heading = heading !== undefined;
  const keys = new LineKeys(path, heading, shape, hash);
  for await (const lines of textLines(chunks, path, { firstLine, usual: keys.usual })) {
    const found = keys.of(lines, keyless, (cell, isHeading) => notes.noteWithoutKey(cell, isHeading));
    if (found.count === 0) continue;
    yield { ...found, rowBytes: found.bytes, rowSpans: found.spans, layout };
  }
}

/**
 * The chunks unchanged, each as soon as it is known to be such text as {@link textLines} reads, which says
 * what it throws; the first begins on line `firstLine`.
 */
export async function* checkedText(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  firstLine = 1,
): AsyncGenerator<Uint8Array, void, undefined> {
  const scanner = new LineScanner(path, { firstLine });
  for await (const slice of slices(chunks)) {
    scanner.push(slice);
    while (scanner.scan() !== undefined);
    yield slice;
  }
  scanner.finish();
  while (scanner.scan() !== undefined);
}

/** The chunks in pieces that {@link LineScanner.push} takes. */
export async function* slices(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE) yield chunk.subarray(at, at + SLICE);
  }
}

/** How {@link LineScanner} counts and cuts. */
interface LineScannerOptions {
  /** The number of the first line, 1 by default. */
  readonly firstLine?: number | undefined;
  /** Keep the blanks around a line, and lines of blanks. */
  readonly blanks?: boolean | undefined;
  /** Which lines need no further look. */
  readonly usual?: UsualLine | undefined;
}

/** Splits pushed bytes into lines; what is not yet a whole line waits at the front of the buffer. */
export class LineScanner {
  readonly #path: string;
  readonly #blanks: boolean;
  readonly #bytes = new Uint8Array(MAX_LINE + SLICE + 2);
  readonly #spans = new Uint32Array(2 * LINES_TOGETHER);
  readonly #lines = new Uint32Array(LINES_TOGETHER);
  readonly #hashes = new Uint32Array(2 * LINES_TOGETHER);
  readonly #unusual = new Uint32Array(LINES_TOGETHER);
  readonly #usual: UsualLine | undefined;
  #start = 0;
  #at = 0;
  #end = 0;
  #line: number;
  #afterCr = false;

  constructor(path: string, { firstLine = 1, blanks = false, usual }: LineScannerOptions = {}) {
    this.#path = path;
    this.#usual = usual;
    this.#line = firstLine;
    this.#blanks = blanks;
  }

  /** Takes at most {@link SLICE} bytes more; everything before must have been scanned. */
  push(slice: Uint8Array): void {
    this.#bytes.copyWithin(0, this.#start, this.#end);
    this.#at -= this.#start;
    this.#end -= this.#start;
    this.#start = 0;
    if (this.#end > MAX_LINE) throw this.#damaged(TOO_LONG, 0);
    this.#bytes.set(slice, this.#end);
    this.#end += slice.length;
    // A NUL behind the last byte stops the inner loop of scan() without a comparison per byte.
    this.#bytes[this.#end] = 0;
  }

  /** Ends the last line where the text ends. */
  finish(): void {
    if (this.#end > this.#start) this.push(Uint8Array.of(LF));
  }

  /** A copy of everything pushed from byte `from` of the batch that {@link scan} last returned. */
  from(from: number): Uint8Array {
    return this.#bytes.slice(from, this.#end);
  }

  /** The next lines, or undefined when what was pushed holds no further whole line that is not empty. */
  scan(): ScannedLines | undefined {
    const bytes = this.#bytes;
    const spans = this.#spans;
    const lines = this.#lines;
    const blanks = this.#blanks;
    const unusual = this.#unusual;
    const usual = this.#usual;
    const hashes = this.#hashes;
    const found = { bytes, spans, lines, hashes };
    const firstLine = this.#line;
    // Without the "or 0" the compiler takes what comes from fields for anything, and the loops take twice as long.
    const end = this.#end | 0;
    let at = this.#at | 0;
    let start = this.#start | 0;
    let line = 0;
    let count = 0;
    let others = 0;
    while (count < LINES_TOGETHER) {
      if (usual !== undefined && at === start && !this.#afterCr) {
        const taken = usual.take(found, start, end, count, line, LINES_TOGETHER) | 0;
        line += taken - count;
        count = taken;
        at = start = usual.next | 0;
        if (count === LINES_TOGETHER) break;
      }
      at = plainEnd(bytes, at);
      if (at >= end) break;
      const byte = bytes[at] ?? 0;
      if (byte === LF && at === start && this.#afterCr) {
        this.#afterCr = false;
        start = ++at;
      } else if (byte === LF || byte === CR) {
        let from = start;
        let to = at;
        if (to - from > MAX_LINE) throw this.#damaged(TOO_LONG, line);
        while (!blanks && from < to && isBlank(bytes[from] ?? 0)) from++;
        while (!blanks && from < to && isBlank(bytes[to - 1] ?? 0)) to--;
        if (from < to) {
          spans[2 * count] = from;
          spans[2 * count + 1] = to;
          unusual[others++] = count;
          hashes[2 * count] = 0;
          hashes[2 * count + 1] = 0;
          lines[count++] = line;
        }
        if (byte === CR || this.#afterCr) this.#afterCr = byte === CR;
        line++;
        start = ++at;
        if (byte === LF) {
          while (bytes[at] === LF) at++;
          line += at - start;
          start = at;
        }
      } else if (byte === TAB) {
        at++;
      } else if (byte < 0x80) {
        throw this.#damaged(controlProblem(byte), line);
      } else {
        const length = utf8Length(bytes, at, end);
        if (length === CUT_OFF) break;
        if (length === INVALID) throw this.#damaged(NOT_UTF8, line);
        if (isC1Control(bytes, at)) throw this.#damaged(controlProblem(bytes[at + 1] ?? 0), line);
        at += length;
      }
    }
    this.#at = at;
    this.#start = start;
    this.#line = firstLine + line;
    if (count === 0) return undefined;
    return { ...found, firstLine, count, unusual: unusual.subarray(0, others) };
  }

  /** `line` counts from 0 at the beginning of the scan, as in those below. */
  #damaged(problem: string, line: number): Error {
    return damagedFile(this.#path, problem, this.#line + line);
  }
}

/** Where printable ASCII ends. A function, for a loop that is entered only now and then stays badly compiled. */
function plainEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at] ?? 0; byte >= SPACE && byte < 0x7f; byte = bytes[at] ?? 0) at++;
  return at;
}

/** Whether it is a space or a tab. */
export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
