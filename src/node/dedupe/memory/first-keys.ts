import type { KeySpans } from '../../../core/dedupe/key-spans.js';
import type { Places } from '../../../core/dedupe/places-table.js';
import { SpillFile } from '../../files/spill-file.js';
import { readFully, type TempSpace } from '../../files/temp-space.js';
import type { HashedRows, Input } from '../scan/scanned-list.js';
import type { OpenText } from '../scan/scanned-text.js';

const HEADER = 8;
const AHEAD = 1 << 12;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Gives every key of all inputs a place, a whole number that grows from key to key, and reads keys back from
 * their places: from the file itself where it is text, else from a log of its keys.
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

  /** Of the keys that no text file holds, `memory` bytes stay out of temporary files. */
  constructor(space: TempSpace, memory: number) {
    this.#log = new SpillFile(space, memory);
  }

  /** The place behind the last one that was given; places are 32 bits wide as long as this is below 2^32. */
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

  /** The places of the keys of the next batch of `input`; the arrays are reused. */
  place(input: Input, { keys, offset }: HashedRows): Places {
    this.begin(input);
    if (input.isLedger) this.#ledgerEnd = this.#next;
    if (!input.isAgainst && this.#knownEnd === 0) this.#knownEnd = this.#base;
    const { spans, count, firstLine } = keys;
    if (input.text !== undefined && offset !== undefined) {
      const first = this.#base + offset;
      // A stretch begins with a line, which need not be that of its first key.
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

  /** Each key has its line and length before it. */
  #append({ bytes, spans, lines }: KeySpans, index: number): number {
    const at = this.#log.length;
    const [from, to] = [spans[2 * index] ?? 0, spans[2 * index + 1] ?? 0];
    this.#log.appendWord(lines[index] ?? 0);
    this.#log.appendWord(to - from);
    this.#log.append(bytes, from, to);
    return at;
  }

  /** Whether the key at `place` is of a list of known keys: these come first. */
  isKnown(place: number): boolean {
    return place < this.#knownEnd;
  }

  /** Whether the key at `place` is one that a ledger holds: its list comes before all others. */
  isOfLedger(place: number): boolean {
    return place < this.#ledgerEnd;
  }

  /** Which input the key at `place` is of. */
  inputAt(place: number): Input | undefined {
    return this.#stretches[this.#stretchAt(place)]?.input;
  }

  /** Reads back the keys around the one at `place`. What was read before is void then. */
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

/** The places of one batch. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  /** Where it begins, counted from 1. */
  readonly line: number;
  readonly input: Input;
  /** Undefined: it is in the log. */
  readonly text: OpenText | undefined;
  /** The place of the file's first byte. */
  readonly base: number;
}

/** The keys of a stretch, in memory. */
export class LoadedKeys {
  /** The place behind the last. */
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

  /** Where the key at `place` begins. */
  beginOf(place: number): number {
    return place - this.#start + (this.#isText ? 0 : HEADER);
  }

  /** Where it ends. */
  endOf(place: number): number {
    const begin = this.beginOf(place);
    return this.#isText ? endOfKey(this.bytes, begin) : begin + this.#words.getUint32(begin - 4, true);
  }

  /** Whether the key at `place` is spelled `key[from, to)`. */
  isSpelled(place: number, key: Uint8Array, from: number, to: number): boolean {
    const bytes = this.bytes;
    const begin = this.beginOf(place);
    const end = begin + to - from;
    // Text behind it is rare but for the line's end, so where it ends need not be found out first.
    const next = end < bytes.length ? bytes[end] : LF;
    if (end > bytes.length || (!(this.#isText && next === LF) && end !== this.endOf(place))) return false;
    for (let at = from, shift = begin - from; at < to; at++) if (key[at] !== bytes[at + shift]) return false;
    return true;
  }

  /** Its line, counted from 1. The places ascend from call to call. */
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

/** A key ends with its line, or with the text, without blanks and what a spreadsheet puts around it. */
function endOfKey(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < bytes.length && bytes[end] !== LF && bytes[end] !== CR) end++;
  while (end > start && isBehindKey(bytes[end - 1])) end--;
  return end;
}

/** A blank, or the quote of `="0012"` or `'0012'`; a key that ends with one itself is compared another way. */
function isBehindKey(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x22 || byte === 0x27;
}
