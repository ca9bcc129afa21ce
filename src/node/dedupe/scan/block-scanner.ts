import type { CaseRule } from '../../../core/dedupe/case-rule.js';
import type { KeyComparer } from '../../../core/dedupe/key-comparer.js';
import { damagedFile } from '../../files/file-error.js';
import { readFully } from '../../files/temp-space.js';
import { CUT_OFF, INVALID, isC1Control, utf8Length } from '../../files/text-encoding.js';
import { isAbsent, mayBeWrapped, shownSpan } from '../../lists/columns/key-cell.js';
import { type LineLook, LineShape, MORE_THAN_KEY } from '../../lists/columns/line-shape.js';
import { UsualLine } from '../../lists/columns/usual-line.js';
import { controlProblem, MAX_LINE, NOT_UTF8, TOO_LONG } from '../../lists/kinds/line-problem.js';
import { isPemAt, PEM_PROBLEM } from '../../lists/kinds/no-list.js';
import { unmatchable } from './unmatchable.js';

/** Bytes in a block, unless a test says otherwise. */
export const BLOCK = 1 << 19;
const AHEAD = 1 << 12;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** A text file that is open: what is scanned of it, and what it is called. */
export interface OpenText {
  readonly path: string;
  readonly fd: number;
  /** Where its keys begin: behind the byte order mark and a heading. */
  readonly begin: number;
  /** The number of the line that begins there. */
  readonly firstLine: number;
  /** The heading, where there is one: once more, it is no key. */
  readonly heading: Uint8Array | undefined;
  /** What its keys look like, where other lines are to be told from them. */
  readonly lines: LineLook | undefined;
  /** Whether a line with more than a key is a row without key; else it damages the list. */
  readonly keyless: boolean;
  readonly end: number;
  /** It is scanned in blocks of so many bytes; a line belongs to the block in which it begins. */
  readonly block: number;
}

/** What is written while a block is scanned; memory that threads may share. */
export interface BlockArrays {
  readonly bytes: Uint8Array;
  readonly spans: Uint32Array;
  readonly lines: Uint32Array;
  readonly hashes: Uint32Array;
}

/** What a block holds, beside its arrays. */
export interface ScannedBlock {
  /** The number of its first line, from 1. */
  readonly firstLine: number;
  readonly count: number;
  /** Where in the file `bytes[0]` stands. */
  readonly offset: number;
  /** The keys that are none by their characters, by their index. */
  readonly odd: readonly number[];
  /** The rows without key, by their index; they are odd as well, and their hashes meet no other. */
  readonly keyless: readonly number[];
  /** Whether between the keys there is nothing but one LF, and one behind the last. */
  readonly isDense: boolean;
}

/** What a scanning thread is made with. Whoever holds it must not pass on the words of the hash. */
export interface ScanningData {
  readonly text: OpenText;
  readonly rule: CaseRule;
  readonly words: Int32Array;
  readonly slots: readonly BlockArrays[];
}

/** A block to scan: where it begins in the file, and which slot its arrays are. */
export interface BlockQuestion {
  readonly begin: number;
  readonly slot: number;
}

const NO_WORDS = new Uint32Array();
const NO_ARRAYS: BlockArrays = {
  bytes: new Uint8Array(),
  spans: NO_WORDS,
  lines: NO_WORDS,
  hashes: NO_WORDS,
};

/** Arrays for any block of a text; a short text needs no more than it has. */
export function blockArrays({ begin, end, block }: OpenText): BlockArrays {
  const lines = Math.floor(Math.min(block, end - begin) / 2) + 1;
  const words = (count: number) => new Uint32Array(new SharedArrayBuffer(4 * count));
  return {
    bytes: new Uint8Array(new SharedArrayBuffer(Math.min(block + MAX_LINE + AHEAD, end - begin) + 16)),
    spans: words(2 * lines),
    lines: words(lines),
    hashes: words(2 * lines),
  };
}

/** Where the blocks of a text begin in its file. */
export function blockBegins({ begin, end, block }: OpenText): readonly number[] {
  return Array.from({ length: Math.ceil((end - begin) / block) }, (_, index) => begin + index * block);
}

/** Finds and hashes the keys of one block after the other. */
export class BlockScanner {
  readonly #comparer: KeyComparer;
  readonly #text: OpenText;
  readonly #shape: LineShape | undefined;
  /** Undefined where other texts are hashed than those of canonical forms. */
  readonly #usual: UsualLine | undefined;
  #arrays: BlockArrays = NO_ARRAYS;
  /** Where in the file `bytes[0]` stands. */
  #offset = 0;
  /** Behind the last byte that was read, and the last that a line of this block may begin on. */
  #end = 0;
  #limit = 0;
  /** The number of the block's first line, from 1, and how many lines of it are through. */
  #firstLine: number;
  #line = 0;
  #count = 0;
  #odd: number[] = [];
  #keyless: number[] = [];
  #isDense = true;

  constructor(text: OpenText, comparer: KeyComparer) {
    this.#text = text;
    this.#shape = text.lines && new LineShape(text.lines);
    const { exact, hash } = comparer;
    this.#usual = exact ? undefined : new UsualLine(text.lines?.pattern, text.heading?.length, hash);
    this.#firstLine = text.firstLine;
    this.#comparer = comparer;
  }

  /**
   * Reads and scans the block that begins at `from` in the file, which is the next one, into `arrays`.
   *
   * @throws {KeywrightError} `damaged_file` as `textLines`.
   */
  scan(from: number, arrays: BlockArrays): ScannedBlock {
    this.#arrays = arrays;
    const { begin, end, block } = this.#text;
    const to = Math.min(from + block, end);
    // One byte before the block tells whether a line begins with it.
    this.#offset = from === begin ? from : from - 1;
    this.#firstLine += this.#line;
    this.#end = 0;
    this.#extend(to + AHEAD);
    this.#limit = Math.min(to - this.#offset, this.#end);
    this.#line = 0;
    this.#count = 0;
    this.#odd = [];
    this.#keyless = [];
    this.#isDense = true;
    this.#scanLines(from === begin ? 0 : this.#firstStart());
    return {
      firstLine: this.#firstLine,
      count: this.#count,
      offset: this.#offset,
      odd: this.#odd,
      keyless: this.#keyless,
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
    const most = this.#arrays.lines.length;
    const limit = this.#limit | 0;
    const usual = this.#usual;
    let start = first;
    let count = 0;
    let line = 0;
    while (start < limit) {
      if (usual !== undefined) {
        const taken = usual.take(this.#arrays, start, limit, count, line, most);
        line += taken - count;
        count = taken;
        start = usual.next;
        if (usual.crlf) this.#isDense = false;
      }
      if (start < limit) {
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
      if (mayBeWrapped(bytes[from])) [from, to] = shownSpan(bytes, from, to) ?? [from, to];
      if (isPemAt(bytes, from, to)) throw this.#damaged(PEM_PROBLEM);
      const count = this.#count++;
      const other = this.#shape?.other(bytes, from, to);
      if (other === 'more' && !this.#text.keyless) throw this.#damaged(MORE_THAN_KEY);
      const isKeyless = isAbsent(bytes, from, to) || this.#isHeading(from, to) || other !== undefined;
      if (isKeyless) {
        this.#keyless.push(count);
        unmatchable(hashes, 2 * count);
      }
      if (isKeyless || !this.#comparer.hashKey(bytes, from, to, hashes, 2 * count)) this.#odd.push(count);
      spans[2 * count] = from;
      spans[2 * count + 1] = to;
      lines[count] = this.#line;
    }
    this.#line++;
    return bytes[end] === CR && this.#byteAt(end + 1) === LF ? end + 2 : end + 1;
  }

  #isHeading(from: number, to: number): boolean {
    const { heading } = this.#text;
    const { bytes } = this.#arrays;
    return (
      heading !== undefined &&
      heading.length === to - from &&
      heading.every((byte, at) => byte === bytes[from + at])
    );
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
    return damagedFile(this.#text.path, problem, this.#firstLine + this.#line);
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}
