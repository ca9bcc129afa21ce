import { LINE_SYMBOLS, type LineHash } from '../../../core/dedupe/key-spans.js';
import { LONGEST_KEY } from '../../../core/format/canonical.js';
import { LONGEST_ABSENT } from './key-cell.js';

const LF = 0x0a;
const CR = 0x0d;
const UPPER_P = 0x50;
const SMALL_U = 0x75;
const LETTER_OR_DIGIT = 1;

/** 1 for ASCII letters and digits, which a pattern does not tell apart; all other bytes stand for themselves. */
const KINDS: Uint8Array = LINE_SYMBOLS.map((symbol, byte) => {
  if (symbol > 1) return LETTER_OR_DIGIT;
  return byte === LETTER_OR_DIGIT ? 0 : byte;
});

/** What stands where in a key: at the places of letters and digits 1, else the byte itself. */
export function patternOf(key: Uint8Array): Uint8Array {
  return key.map((byte) => KINDS[byte] ?? 0);
}

/** Finds the end of such a text as a {@link LineHash} finds, and hashes nothing. */
class LineEnd implements LineHash {
  symbols = 0;

  hashLine(bytes: Uint8Array, start: number): number {
    let at = start;
    let count = 0;
    for (;;) {
      const symbol = LINE_SYMBOLS[bytes[at] ?? 0] ?? 0;
      if (symbol === 0) break;
      if (symbol > 1) count++;
      at++;
    }
    this.symbols = count;
    return at;
  }
}

/** Where lines lie in the bytes, and their hashes. */
interface FoundLines {
  readonly bytes: Uint8Array;
  readonly spans: Uint32Array;
  readonly lines: Uint32Array;
  readonly hashes: Uint32Array;
}

/**
 * Tells by their bytes alone the lines that are keys: those of the pattern that nearly all have or, where they share none,
 * letters and digits in groups. Nearly all lines are usual, and so need no other look; of the others it says nothing.
 */
export class UsualLine {
  readonly #pattern: Uint8Array | undefined;
  readonly #hash: LineHash;
  /** How long a usual line is. */
  readonly #least: number;
  readonly #most: number;
  /** No line as long as the heading is usual: it may be the heading once more. */
  readonly #heading: number;
  /** How many letters and digits it has, and where which other bytes stand. */
  readonly #symbols: number;
  readonly #marks: Int32Array;
  /** Behind the last line that {@link take} took. */
  next = 0;
  /** Whether one of them ended in CRLF. */
  crlf = false;

  constructor(pattern: Uint8Array | undefined, heading?: number, hash: LineHash = new LineEnd()) {
    const marks = [...(pattern ?? []).entries()].filter(([, kind]) => kind !== LETTER_OR_DIGIT);
    this.#pattern = pattern;
    this.#hash = hash;
    this.#least = pattern?.length ?? LONGEST_ABSENT + 1;
    this.#most = pattern?.length ?? LONGEST_KEY;
    this.#heading = heading ?? -1;
    this.#symbols = pattern === undefined ? 0 : pattern.length - marks.length;
    this.#marks = Int32Array.from(marks.flat());
  }

  /** Whether `bytes[from, to)` has that pattern. */
  holds(bytes: Uint8Array, from: number, to: number): boolean {
    const pattern = this.#pattern;
    if (pattern === undefined) return bytes.subarray(from, to).every((byte) => LINE_SYMBOLS[byte] !== 0);
    if (to - from !== pattern.length) return false;
    for (let at = 0; at < pattern.length; at++)
      if (KINDS[bytes[from + at] ?? 0] !== pattern[at]) return false;
    return true;
  }

  /**
   * Takes the lines from byte `start` on, before `limit`, as long as they are usual: writes those behind the first `count`
   * of `found`, up to `most` of them, and returns how many there are then. A NUL must follow behind the last byte.
   */
  take(found: FoundLines, start: number, limit: number, count: number, line: number, most: number): number {
    const { bytes, spans, lines, hashes } = found;
    const [hash, marks] = [this.#hash, this.#marks];
    const [least, longest, heading, symbols] = [
      this.#least | 0,
      this.#most | 0,
      this.#heading | 0,
      this.#symbols | 0,
    ];
    let begin = start;
    let at = count;
    while (at < most && begin < limit) {
      const end = hash.hashLine(bytes, begin, hashes, 2 * at);
      const length = end - begin;
      if (length < least || length > longest || length === heading) break;
      if (symbols !== 0 && (hash.symbols !== symbols || !hasMarks(bytes, begin, marks))) break;
      const first = bytes[begin] ?? 0;
      // A key file of PuTTY begins with its name.
      if (KINDS[first] !== LETTER_OR_DIGIT || (first === UPPER_P && bytes[begin + 1] === SMALL_U)) break;
      const ending = bytes[end] === LF ? 1 : bytes[end] === CR && bytes[end + 1] === LF ? 2 : 0;
      if (ending === 0) break;
      if (ending === 2) this.crlf = true;
      spans[2 * at] = begin;
      spans[2 * at + 1] = end;
      lines[at] = line + at - count;
      at++;
      begin = end + ending;
    }
    this.next = begin;
    return at;
  }
}

/** `marks`: place and byte in turn. */
function hasMarks(bytes: Uint8Array, start: number, marks: Int32Array): boolean {
  for (let at = 0; at < marks.length; at += 2)
    if (bytes[start + (marks[at] ?? 0)] !== marks[at + 1]) return false;
  return true;
}
