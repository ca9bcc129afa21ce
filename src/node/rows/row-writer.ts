import { respellJson } from '../../core/encoding/json-spelling.js';
import { KeywrightError } from '../../core/errors.js';
import type { ByteSink } from '../files/byte-sink.js';
import { damagedFile, shownText } from '../files/file-error.js';
import { GrowingBytes } from '../files/growing-bytes.js';
import { csvTable } from './csv.js';
import { formulasIn } from './csv-guard.js';
import type { OutputShape } from './output-shape.js';
import { columnNames, keyName, type RowRecord, rowRecord } from './row-records.js';
import type { CsvLayout, RowSpans } from './row-spans.js';

const ROOM = 1 << 18;
const LF = 0x0a;
const APOSTROPHE = Uint8Array.of(0x27);
const LINE_END = Uint8Array.of(LF);

/**
 * Writes the rows that stay, in the shape that an {@link OutputShape} has. Rows that already have it are copied
 * byte for byte, except that cells of a CSV which a spreadsheet would run are guarded (keys are not); others
 * are written anew. Every row ends with LF.
 */
export class RowOutput {
  readonly #sink: ByteSink;
  readonly #shape: OutputShape;
  readonly #room = new GrowingBytes(2 * ROOM);
  #begun = false;
  #rows = 0;
  #columns: readonly string[] = [];
  #keyColumn = '';

  constructor(sink: ByteSink, shape: OutputShape) {
    this.#sink = sink;
    this.#shape = shape;
  }

  /**
   * Writes those rows of a batch whose `kept[i]` is not 0.
   *
   * @throws {KeywrightError} as `OutputShape.admit`; `damaged_file`: an object has a member that is none of the
   *   columns of a CSV. Whatever the sink throws.
   */
  async write(rows: RowSpans, kept: Uint8Array): Promise<void> {
    const shape = this.#shape;
    shape.admit(rows.layout);
    if (!this.#begun) this.#begin(rows);
    const copied = shape.copies(rows.layout);
    if (shape.style === 'text') await this.#copy(rows.bytes, rows.spans, rows.count, kept);
    else if (shape.style === 'csv' && rows.layout.kind === 'csv' && copied)
      await this.#guard(rows, kept, rows.layout);
    else if (shape.style === 'jsonl' && copied)
      await this.#copy(rows.rowBytes, rows.rowSpans, rows.count, kept);
    else if (shape.style === 'csv') this.#room.appendText(this.#csvRows(rows, kept));
    else this.#room.appendText(this.#jsonRows(rows, kept));
    for (let index = 0; index < rows.count; index++) if (kept[index] !== 0) this.#rows++;
    if (this.#room.end >= ROOM) await this.#flush();
  }

  /** Writes what stands behind the last row. */
  async end(): Promise<void> {
    if (this.#shape.style === 'json') this.#room.appendText(this.#rows === 0 ? '[]\n' : '\n]\n');
    await this.#flush();
  }

  /** What stands before the first row. */
  #begin(rows: RowSpans): void {
    this.#begun = true;
    const { layout } = rows;
    this.#keyColumn = keyName(layout);
    if (this.#shape.style !== 'csv') return;
    if (layout.kind === 'csv') {
      this.#columns = columnNames(layout);
      if (layout.columns === undefined) return;
      this.#appendGuarded(layout.header, 0, layout.header.length, layout, -1);
    } else {
      this.#columns = [...rowRecord(rows, 0).fields.keys()];
      this.#room.appendText(csvTable([this.#columns]));
    }
  }

  /** Stretches of kept rows that follow each other with one LF between them are copied as one. */
  async #copy(bytes: Uint8Array, spans: Uint32Array, count: number, kept: Uint8Array): Promise<void> {
    for (let index = 0; index < count; ) {
      const first = index++;
      if (kept[first] === 0) continue;
      let to = spans[2 * first + 1] ?? 0;
      while (index < count && kept[index] !== 0 && spans[2 * index] === to + 1 && bytes[to] === LF) {
        to = spans[2 * index++ + 1] ?? 0;
      }
      this.#room.append(bytes.subarray(spans[2 * first], to));
      this.#room.append(LINE_END);
      if (this.#room.end >= ROOM) await this.#flush();
    }
  }

  async #guard(rows: RowSpans, kept: Uint8Array, layout: CsvLayout): Promise<void> {
    for (let index = 0; index < rows.count; index++) {
      if (kept[index] === 0) continue;
      const [from, to] = [rows.rowSpans[2 * index] ?? 0, rows.rowSpans[2 * index + 1] ?? 0];
      this.#appendGuarded(rows.rowBytes, from, to, layout, layout.keyAt);
      if (this.#room.end >= ROOM) await this.#flush();
    }
  }

  #appendGuarded(bytes: Uint8Array, from: number, to: number, { delimiter }: CsvLayout, keyAt: number) {
    let start = from;
    for (const formula of formulasIn(bytes, from, to, delimiter, keyAt)) {
      this.#room.append(bytes.subarray(start, formula));
      this.#room.append(APOSTROPHE);
      start = formula;
    }
    this.#room.append(bytes.subarray(start, to));
    this.#room.append(LINE_END);
  }

  #csvRows(rows: RowSpans, kept: Uint8Array): string {
    const [columns, keyColumn] = [this.#columns, this.#keyColumn];
    const cells = keptRecords(rows, kept).map((record) => {
      const fields = renamed(record, keyName(rows.layout), keyColumn);
      const stranger = [...fields.keys()].find((name) => !columns.includes(name));
      if (stranger === undefined) return columns.map((name) => fields.get(name) ?? '');
      const problem = `has ${shownText(stranger)}, which the first row has not: a CSV has no column for it, write JSON or JSONL`;
      const unit = rows.layout.kind === 'json' ? 'element' : 'line';
      const { message, details } = damagedFile(rows.layout.path, problem, record.line, unit);
      throw new KeywrightError('damaged_file', message, { ...details, option: 'as' });
    });
    return cells.length === 0 ? '' : csvTable(cells, [columns.indexOf(keyColumn)], this.#shape.delimiter);
  }

  #jsonRows(rows: RowSpans, kept: Uint8Array): string {
    const { layout } = rows;
    const oneLine = this.#shape.style === 'jsonl';
    const texts =
      layout.kind === 'json' || layout.kind === 'jsonl'
        ? keptTexts(rows, kept, oneLine)
        : keptRecords(rows, kept).map((record) => asJson(renamed(record, keyName(layout), keyName(layout))));
    if (oneLine) return texts.map((text) => `${text}\n`).join('');
    if (texts.length === 0) return '';
    return `${this.#rows === 0 ? '[\n' : ',\n'}${texts.map((text) => `  ${text}`).join(',\n')}`;
  }

  async #flush(): Promise<void> {
    const { end } = this.#room;
    if (end > 0) await this.#sink.write(this.#room.taken().subarray(0, end));
  }
}

function keptRecords(rows: RowSpans, kept: Uint8Array): readonly RowRecord[] {
  const records: RowRecord[] = [];
  for (let index = 0; index < rows.count; index++)
    if (kept[index] !== 0) records.push(rowRecord(rows, index));
  return records;
}

function keptTexts({ rowBytes, rowSpans, count }: RowSpans, kept: Uint8Array, oneLine: boolean) {
  const buffer = Buffer.from(rowBytes.buffer, rowBytes.byteOffset, rowBytes.byteLength);
  const texts: string[] = [];
  for (let index = 0; index < count; index++) {
    if (kept[index] === 0) continue;
    const text = buffer.toString('utf8', rowSpans[2 * index], rowSpans[2 * index + 1]);
    texts.push(oneLine && /[\r\n]/.test(text) ? respellJson(text, 'compact') : text);
  }
  return texts;
}

/** The fields with the key, without the blanks around it, under the name it has in the output. */
function renamed({ key, fields }: RowRecord, from: string, to: string): ReadonlyMap<string, string> {
  return new Map([...fields].map(([name, value]) => (name === from ? [to, key] : [name, value])));
}

function asJson(fields: ReadonlyMap<string, string>): string {
  const members = [...fields].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{${members.join(',')}}`;
}
