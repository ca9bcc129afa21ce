import type { KeySpans } from '../../../core/dedupe/key-spans.js';
import type { Places } from '../../../core/dedupe/places-table.js';
import { SpillFile } from '../../files/spill-file.js';
import { readFully, type TempSpace } from '../../files/temp-space.js';
import type { OpenText } from '../scan/block-scanner.js';
import type { HashedRows, Input } from '../scan/scanned-list.js';

const HEADER = 8;
const AHEAD = 1 << 12;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Gives each key of all inputs a place, and reads a key back from its place. A place is a whole number. Places grow from
 * key to key, so of two equal keys the lower place is the first.
 *
 * A text file of n bytes takes n places: the place of a key is the place of the file plus the offset of the key, and the
 * key is read back from the file. Keys of other inputs are copied to a log, each behind 8 bytes with its line and length,
 * and their places are offsets into the log.
 *
 * Take `a.txt` of 10 bytes, `AAAA\nBBBB\n`, and then `b.csv` with two keys of 4 bytes. AAAA has place 0 and BBBB place 5.
 * The keys of `b.csv` have the places 10 and 22: an entry of the log takes 8 + 4 bytes.
 */
export class FirstKeys {
  readonly #log: SpillFile;
  readonly #stretches: Stretch[] = [];
  #input: Input | undefined;
  #next = 0;
  #ledgerEnd = 0;
  #knownEnd = 0;
  #base = 0;
  #buffer = new Uint8Array();
  #words = new Uint32Array();

  /** The log keeps `memory` bytes in memory, and the rest in a temporary file. */
  constructor(space: TempSpace, memory: number) {
    this.#log = new SpillFile(space, memory);
  }

  /** The place behind the last one. While it is below 2^32, a table of places needs 32 bits for each. */
  get end(): number {
    return this.#next;
  }

  /** The place of the first byte of `input`, whose keys come next. */
  begin(input: Input): number {
    if (input !== this.#input) {
      this.#input = input;
      this.#base = this.#next;
      if (input.text !== undefined) this.#next += input.text.end;
    }
    return this.#base;
  }

  /** Gives the next keys of `input` their places. The next call overwrites the arrays that this one returns. */
  place(input: Input, { keys, offset }: HashedRows): Places {
    this.begin(input);
    if (input.isLedger) this.#ledgerEnd = this.#next;
    if (!input.isAgainst && this.#knownEnd === 0) this.#knownEnd = this.#base;
    const { spans, count, firstLine } = keys;
    if (input.text !== undefined && offset !== undefined) {
      const first = this.#base + offset;
      // The stretch begins at its first key, which is `keys.lines[0]` lines below `firstLine`.
      const start = first + (spans[0] ?? 0);
      const line = firstLine + (keys.lines[0] ?? 0);
      const end = first + (spans[2 * count - 1] ?? 0);
      this.#stretches.push({ start, end, line, input, text: input.text, base: this.#base });
      return { base: first, words: spans, stride: 2 };
    }
    const start = this.#next;
    const base = start - this.#log.length;
    if (this.#words.length < count) this.#words = new Uint32Array(2 * count);
    for (let index = 0; index < count; index++) this.#words[index] = this.#append(keys, index) + base - start;
    this.#next = base + this.#log.length;
    this.#stretches.push({ start, end: this.#next, line: firstLine, input, text: undefined, base });
    return { base: start, words: this.#words, stride: 1 };
  }

  /** Writes an entry of the log: line, length, key. Returns its offset. */
  #append({ bytes, spans, lines }: KeySpans, index: number): number {
    const at = this.#log.length;
    const [from, to] = [spans[2 * index] ?? 0, spans[2 * index + 1] ?? 0];
    this.#log.appendWord(lines[index] ?? 0);
    this.#log.appendWord(to - from);
    this.#log.append(bytes, from, to);
    return at;
  }

  /** Whether the key at `place` comes from a list of known keys. Known lists are read first. */
  isKnown(place: number): boolean {
    return place < this.#knownEnd;
  }

  /** Whether a ledger holds the key at `place`. What ledgers hold is read before all lists. */
  isOfLedger(place: number): boolean {
    return place < this.#ledgerEnd;
  }

  /** The input that the key at `place` comes from. */
  inputAt(place: number): Input | undefined {
    return this.#stretches[this.#stretchAt(place)]?.input;
  }

  /** Reads the stretch with the key at `place` into memory. The next call overwrites it. */
  load(place: number): LoadedKeys {
    const at = this.#stretchAt(place);
    const stretch = this.#stretches[at];
    if (stretch === undefined) throw new Error('a place that was never given');
    const limit = this.#stretches[at + 1]?.start ?? Number.POSITIVE_INFINITY;
    const { start, end, text, base } = stretch;
    const length = end - start + (text === undefined ? 0 : AHEAD);
    if (this.#buffer.length < length) this.#buffer = new Uint8Array(length);
    const bytes = this.#buffer.subarray(0, length);
    const got =
      text === undefined ? this.#log.read(bytes, start - base) : readFully(text.fd, bytes, start - base);
    return new LoadedKeys(stretch, limit, bytes.subarray(0, got));
  }

  #stretchAt(place: number): number {
    let [low, high] = [0, this.#stretches.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#stretches[middle]?.start ?? 0) <= place) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** Neighbouring places, which one call of {@link FirstKeys.place} gave. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  /** The line of its first key, from 1; in the log, the line that the entries count from. */
  readonly line: number;
  readonly input: Input;
  /** The file with its keys; undefined when they are in the log. */
  readonly text: OpenText | undefined;
  /** The place of the first byte of the file, or of the log. */
  readonly base: number;
}

/** The keys of a stretch, in memory. */
export class LoadedKeys {
  /** The place of the next stretch, which is not loaded. */
  readonly limit: number;
  readonly bytes: Uint8Array;
  readonly #start: number;
  readonly #isText: boolean;
  readonly #words: DataView;
  readonly #firstLine: number;
  #counted = 0;
  #line: number;

  constructor({ start, line, text }: Stretch, limit: number, bytes: Uint8Array) {
    this.limit = limit;
    this.bytes = bytes;
    this.#start = start;
    this.#isText = text !== undefined;
    this.#words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#firstLine = line;
    this.#line = line;
  }

  /** The index in {@link bytes} at which the key at `place` begins. */
  beginOf(place: number): number {
    return place - this.#start + (this.#isText ? 0 : HEADER);
  }

  /** The index in {@link bytes} behind the key at `place`. */
  endOf(place: number): number {
    const begin = this.beginOf(place);
    return this.#isText ? endOfKey(this.bytes, begin) : begin + this.#words.getUint32(begin - 4, true);
  }

  /** Whether the key at `place` is spelled `key[from, to)`. */
  isSpelled(place: number, key: Uint8Array, from: number, to: number): boolean {
    const bytes = this.bytes;
    const begin = this.beginOf(place);
    const end = begin + to - from;
    // Nearly always a line feed follows the key. Only where it does not, the end of the key is searched for.
    const next = end < bytes.length ? bytes[end] : LF;
    if (end > bytes.length || (!(this.#isText && next === LF) && end !== this.endOf(place))) return false;
    for (let at = from, shift = begin - from; at < to; at++) if (key[at] !== bytes[at + shift]) return false;
    return true;
  }

  /** The line of the key at `place`, from 1. Each call must ask for a higher place than the one before. */
  lineOf(place: number): number {
    const begin = place - this.#start;
    if (!this.#isText) return this.#firstLine + this.#words.getUint32(begin, true);
    const bytes = this.bytes;
    for (; this.#counted < begin; this.#counted++) {
      const byte = bytes[this.#counted];
      if (byte === LF || (byte === CR && bytes[this.#counted + 1] !== LF)) this.#line++;
    }
    return this.#line;
  }
}

/** The end of the key at `start`: that of its line, without the blanks and quotes before it. */
function endOfKey(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < bytes.length && bytes[end] !== LF && bytes[end] !== CR) end++;
  while (end > start && isBehindKey(bytes[end - 1])) end--;
  return end;
}

/** A blank, or the closing quote of `="0012"` or `'0012'`. A key that itself ends so is compared by other means. */
function isBehindKey(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x22 || byte === 0x27;
}
