import type { KeyFormat } from '../../core/format/key-format.js';
import type { KeyBlock } from '../../core/generate/key-block.js';
import { Problems } from '../fields/problems.js';
import { damagedFile } from '../files/file-error.js';
import { GrowingBytes } from '../files/growing-bytes.js';
import type { KeyFile } from '../lists/list-file.js';
import { csvTable } from '../rows/csv.js';
import { type KeySpelling, keySpelling } from '../rows/key-rows.js';
import type { CsvLayout, RowLayout } from '../rows/row-spans.js';
import type { CountedRows, RowSource } from './row-source.js';

/** What a first reading of the rows found. */
export interface RowsForm {
  readonly layout: RowLayout;
  readonly preamble: Uint8Array;
  readonly lineEnd: string;
  readonly sha256: string;
  readonly keys: number;
}

const SPACES: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Rows, read once more, each with a key behind what it holds already, which is copied byte for byte: cells that a spreadsheet
 * would run, too, as it would in the list itself. A row that gets several keys is repeated. Rows end as the first line does.
 */
export class RowsWithKeys implements KeySpelling {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  readonly #source: RowSource;
  readonly #form: RowsForm;
  readonly #room = new GrowingBytes(1 << 18);
  readonly #spell: ((key: string) => string) | undefined;
  readonly #before: Uint8Array;
  readonly #after: Uint8Array;
  readonly #problems = new Problems();
  #file: KeyFile | undefined;
  #pieces: AsyncGenerator<CountedRows, void, undefined> | undefined;
  #piece: CountedRows | undefined;
  #index = -1;
  /** How many keys the row at hand still gets. */
  #due = 0;
  #left: number;

  constructor(source: RowSource, form: RowsForm, format: KeyFormat) {
    const { layout, preamble, lineEnd, keys } = form;
    const { header } = source.demands;
    this.#source = source;
    this.#form = form;
    this.#left = keys;
    if (layout.kind === 'csv') {
      this.#spell = keySpelling(format, 'csv', layout.delimiter);
      this.#before = bytesOf(layout.delimiter);
      this.#after = bytesOf(lineEnd);
      this.head = this.#csvHead(layout, header);
      this.tail = new Uint8Array();
    } else {
      const isList = layout.kind === 'json';
      this.#spell = keySpelling(format, 'json');
      this.#before = bytesOf(`${JSON.stringify(header)}:"`);
      this.#after = bytesOf(isList ? '' : lineEnd);
      this.head = isList ? Buffer.concat([preamble, bytesOf('[\n')]) : preamble;
      this.tail = bytesOf(isList ? '\n]\n' : '');
    }
  }

  /**
   * The rows of the keys of a block; valid until the next.
   *
   * @throws {KeywrightError} `damaged_file`: the list has changed since it was read first; whatever reading it throws.
   */
  async encode(block: KeyBlock, first: boolean): Promise<Uint8Array> {
    const { bytes, count, length, stride } = block;
    for (let index = 0; index < count; index++) {
      while (this.#due === 0) await this.#next();
      const key = bytes.subarray(index * stride, index * stride + length);
      this.#append(this.#spell === undefined ? key : bytesOf(this.#spell(textOf(key))), first && index === 0);
      this.#due--;
    }
    this.#left -= count;
    if (this.#left === 0) await this.#finish();
    const { end } = this.#room;
    return this.#room.taken().subarray(0, end);
  }

  /** Stops reading. */
  async close(): Promise<void> {
    await this.#pieces?.return();
    await this.#file?.close();
  }

  /** Goes on to the next row. */
  async #next(): Promise<void> {
    this.#index++;
    if (this.#piece === undefined || this.#index === this.#piece.rows.count) {
      this.#piece = await this.#nextPiece();
      this.#index = 0;
    }
    if (this.#piece === undefined) throw this.#changed();
    this.#due = this.#piece.quantities[this.#index] ?? 0;
    if (this.#due === 0) throw this.#changed();
  }

  async #nextPiece(): Promise<CountedRows | undefined> {
    if (this.#pieces === undefined) {
      this.#file = await this.#source.open();
      this.#pieces = this.#source.rows(this.#file, this.#problems);
    }
    const next = await this.#pieces.next();
    return next.done === true ? undefined : next.value;
  }

  /** Where all keys were given away, the list must be at its end, and the one that was read before. */
  async #finish(): Promise<void> {
    const isLast = this.#due === 0 && this.#index + 1 === (this.#piece?.rows.count ?? 0);
    if (!isLast || (await this.#nextPiece()) !== undefined) throw this.#changed();
    if (this.#file?.sha256 !== this.#form.sha256) throw this.#changed();
  }

  #changed(): Error {
    return damagedFile(
      this.#source.path,
      'has changed since it was read first: leave it as it is, and repeat the command',
    );
  }

  #append(key: Uint8Array, first: boolean): void {
    const { layout } = this.#form;
    const rows = this.#piece?.rows;
    if (rows === undefined) return;
    const bytes = rows.rowBytes;
    const [from = 0, to = 0] = [rows.rowSpans[2 * this.#index], rows.rowSpans[2 * this.#index + 1]];
    if (layout.kind === 'csv') {
      this.#room.append(bytes.subarray(from, to));
      this.#room.append(this.#before);
      this.#room.append(key);
    } else {
      if (layout.kind === 'json') this.#room.append(first ? INDENT : NEXT_ELEMENT);
      this.#appendObject(bytes, from, to, key);
    }
    this.#room.append(this.#after);
  }

  /** The object with one member more, behind its last. */
  #appendObject(bytes: Uint8Array, from: number, to: number, key: Uint8Array): void {
    let end = to - 1;
    while (SPACES.has(bytes[end - 1])) end--;
    this.#room.append(bytes.subarray(from, end));
    if (bytes[end - 1] !== 0x7b) this.#room.append(COMMA);
    this.#room.append(this.#before);
    this.#room.append(key);
    this.#room.append(QUOTE);
    this.#room.append(bytes.subarray(end, to));
  }

  #csvHead(layout: CsvLayout, header: string): Uint8Array {
    const { preamble, lineEnd } = this.#form;
    if (layout.columns === undefined) return preamble;
    this.#room.append(preamble);
    this.#room.append(layout.header);
    const cell = csvTable([[header]], [], layout.delimiter).replace(/\n$/, '');
    this.#room.appendText(`${layout.delimiter}${cell}${lineEnd}`);
    const { end } = this.#room;
    return Uint8Array.from(this.#room.taken().subarray(0, end));
  }
}

const INDENT = bytesOf('  ');
const NEXT_ELEMENT = bytesOf(',\n  ');
const COMMA = bytesOf(',');
const QUOTE = bytesOf('"');

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
