import type { KeyComparer } from '../../../core/dedupe/key-comparer.js';
import type { KeySpans } from '../../../core/dedupe/key-spans.js';
import { damagedFile } from '../../files/file-error.js';
import { readFully } from '../../files/temp-space.js';
import { CUT_OFF, INVALID, isC1Control, utf8Length } from '../../files/text-encoding.js';
import { controlProblem, MAX_LINE, NOT_UTF8, TOO_LONG } from '../../lists/line-problem.js';

/** Bytes in a block, unless a test says otherwise. */
export const BLOCK = 1 << 19;
const AHEAD = 1 << 12;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** The arrays of one block; shared between threads where two work on it. */
export interface BlockArrays {
  readonly bytes: Uint8Array;
  readonly spans: Uint32Array;
  readonly lines: Uint32Array;
  readonly hashes: Uint32Array;
  /** The index of each key that was met before, and the place of the first one: see `FirstPlaces`. */
  readonly met: Uint32Array;
  /** For the thread that looks keys up: how many there are, and where in the file `bytes[0]` stands. */
  readonly head: Float64Array;
}

/** What a block holds. `firstLine` counts from 0 at the beginning of the block. */
export interface ScannedBlock {
  readonly count: number;
  /** How many lines begin in it, empty ones too. */
  readonly lineCount: number;
  /** Where in the file `bytes[0]` stands. */
  readonly offset: number;
  /** The keys that are none by their characters, by their index. */
  readonly odd: readonly number[];
  /** Whether between the keys there is nothing but one LF, and one behind the last. */
  readonly isDense: boolean;
}

/** Keys with their hashes. */
export interface HashedKeys {
  readonly keys: KeySpans;
  /** Two words a key. */
  readonly hashes: Uint32Array;
  /** The keys that are none by their characters, by their index. */
  readonly odd: readonly number[];
}

/** A text file that is open: what is scanned of it, and what it is called. */
export interface OpenText {
  readonly path: string;
  readonly fd: number;
  /** Where its text begins: behind the byte order mark. */
  readonly begin: number;
  readonly end: number;
  /** It is scanned in blocks of so many bytes; a line belongs to the block in which it begins. */
  readonly block: number;
}

const NO_WORDS = new Uint32Array();
const NO_ARRAYS: BlockArrays = {
  bytes: new Uint8Array(),
  spans: NO_WORDS,
  lines: NO_WORDS,
  hashes: NO_WORDS,
  met: NO_WORDS,
  head: new Float64Array(),
};

/** Arrays for one block, in memory that threads can share. */
export function blockArrays({ block }: OpenText): BlockArrays {
  const lines = Math.floor(block / 2) + 1;
  const words = (count: number) => new Uint32Array(new SharedArrayBuffer(4 * count));
  return {
    bytes: new Uint8Array(new SharedArrayBuffer(block + MAX_LINE + AHEAD + 16)),
    spans: words(2 * lines),
    lines: words(lines),
    hashes: words(2 * lines),
    met: words(2 * lines),
    head: new Float64Array(new SharedArrayBuffer(16)),
  };
}

/** How many blocks a text has. */
export function blockCount({ begin, end, block }: OpenText): number {
  return Math.ceil((end - begin) / block);
}

/** Finds and hashes the keys of single blocks of a text, each on its own: lines as `textLines` has them. */
export class BlockScanner {
  readonly #comparison: KeyComparer;
  readonly #text: OpenText;
  #arrays: BlockArrays = NO_ARRAYS;
  #offset = 0;
  /** Behind the last byte that was read, and the last that a line of this block may begin on. */
  #end = 0;
  #limit = 0;
  #line = 0;
  #count = 0;
  #odd: number[] = [];
  #isDense = true;

  constructor(text: OpenText, comparison: KeyComparer) {
    this.#text = text;
    this.#comparison = comparison;
  }

  /**
   * Reads and scans a block, counted from 0, into `arrays`.
   *
   * @throws {KeywrightError} `damaged_file` as `textLines`, its line counted from 1 at the beginning of the block.
   */
  scan(block: number, arrays: BlockArrays): ScannedBlock {
    const { begin, end, block: size } = this.#text;
    const from = begin + block * size;
    const to = Math.min(from + size, end);
    this.#arrays = arrays;
    // One byte before the block tells whether a line begins with it.
    this.#offset = block === 0 ? from : from - 1;
    this.#end = 0;
    this.#extend(to + AHEAD);
    this.#limit = Math.min(to - this.#offset, this.#end);
    this.#line = 0;
    this.#count = 0;
    this.#odd = [];
    this.#isDense = true;
    this.#scanLines(block === 0 ? 0 : this.#firstStart());
    return {
      count: this.#count,
      lineCount: this.#line,
      offset: this.#offset,
      odd: this.#odd,
      isDense: this.#isDense,
    };
  }

  /** The begin of the first line that begins in the block: behind the end of the one that runs into it. */
  #firstStart(): number {
    const { bytes } = this.#arrays;
    let at = 0;
    while (at < this.#limit && bytes[at] !== LF && bytes[at] !== CR) at++;
    return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : at + 1;
  }

  #scanLines(first: number): void {
    const { bytes, spans, lines, hashes } = this.#arrays;
    const { hash, exact } = this.#comparison;
    const limit = this.#limit | 0;
    let start = first;
    let count = 0;
    let line = 0;
    while (start < limit) {
      // Nearly all lines are upper-case ASCII and end here.
      const at = exact ? start : hash.hashUpper(bytes, start, hashes, 2 * count);
      if (bytes[at] === LF && at > start && bytes[start] !== SPACE && bytes[at - 1] !== SPACE) {
        spans[2 * count] = start;
        spans[2 * count + 1] = at;
        lines[count++] = line++;
        start = at + 1;
      } else {
        this.#count = count;
        this.#line = line;
        start = this.#scanLine(start);
        count = this.#count | 0;
        line = this.#line | 0;
      }
    }
    this.#count = count;
    this.#line = line;
  }

  /** Any line, with all that can be wrong with it; returns where the next one begins. */
  #scanLine(start: number): number {
    const { bytes, spans, lines, hashes } = this.#arrays;
    const end = this.#endOfLine(start);
    this.#isDense = false;
    let [from, to] = [start, end];
    while (from < to && isBlank(bytes[from] ?? 0)) from++;
    while (from < to && isBlank(bytes[to - 1] ?? 0)) to--;
    if (from < to) {
      const count = this.#count++;
      if (!this.#comparison.hashKey(bytes, from, to, hashes, 2 * count)) this.#odd.push(count);
      spans[2 * count] = from;
      spans[2 * count + 1] = to;
      lines[count] = this.#line;
    }
    this.#line++;
    return bytes[end] === CR && this.#byteAt(end + 1) === LF ? end + 2 : end + 1;
  }

  #endOfLine(start: number): number {
    const { bytes } = this.#arrays;
    let at = start;
    for (;;) {
      let byte = bytes[at] ?? 0;
      while ((byte >= SPACE && byte < 0x7f) || byte === TAB) byte = bytes[++at] ?? 0;
      if (at >= this.#end) {
        if (!this.#more(start)) break;
      } else if (byte === LF || byte === CR) break;
      else if (byte < 0x80) throw this.#damaged(controlProblem(byte));
      else {
        const length = utf8Length(bytes, at, this.#end);
        if (length === INVALID || (length === CUT_OFF && !this.#more(start))) throw this.#damaged(NOT_UTF8);
        if (length !== CUT_OFF) {
          if (isC1Control(bytes, at)) throw this.#damaged(controlProblem(bytes[at + 1] ?? 0));
          at += length;
        }
      }
    }
    if (at - start > MAX_LINE) throw this.#damaged(TOO_LONG);
    return at;
  }

  #byteAt(at: number): number {
    if (at >= this.#end) this.#extend(this.#offset + at + 1);
    return at < this.#end ? (this.#arrays.bytes[at] ?? 0) : 0;
  }

  /** Reads on, as far as the line that begins at `start` may reach; false at the end of the text. */
  #more(start: number): boolean {
    const before = this.#end;
    if (before - start > MAX_LINE) throw this.#damaged(TOO_LONG);
    this.#extend(this.#offset + Math.min(start + MAX_LINE + 2, before + (1 << 16)));
    return this.#end > before;
  }

  #extend(to: number): void {
    const { fd, end, path } = this.#text;
    const { bytes } = this.#arrays;
    const wanted = Math.min(to, end) - this.#offset;
    if (wanted > this.#end) {
      const got = readFully(fd, bytes.subarray(this.#end, wanted), this.#offset + this.#end);
      if (got < wanted - this.#end) throw damagedFile(path, 'became shorter while it was read: try again');
      this.#end = wanted;
    }
    // A NUL behind the last byte ends every loop.
    bytes[this.#end] = 0;
  }

  #damaged(problem: string): Error {
    return new BlockFault(problem, this.#line);
  }
}

/** What is wrong with a line of a block, counted from 0: only who knows all blocks before it knows its number. */
export class BlockFault extends Error {
  readonly line: number;

  constructor(problem: string, line: number) {
    super(problem);
    this.line = line;
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}
