import { respellJson } from '../../core/encoding/json-spelling.js';
import { csvCells } from './csv.js';
import { memberTexts } from './json-elements.js';
import type { CsvLayout, RowLayout, RowSpans } from './row-spans.js';

/** A row as its columns or members. */
export interface RowRecord {
  readonly key: string;
  /** Of JSON the number of the element; both count from 1. */
  readonly line: number;
  /**
   * In the order of the row; a column's name that stands twice has its first value. Of JSON, values that are
   * no strings are their JSON text, numbers as they are spelled there; null is empty.
   */
  readonly fields: ReadonlyMap<string, string>;
}

/** What the key is called in rows that have no names: text, a CSV without header, JSON strings. */
const NAMELESS = 'key';

/** The rows of a batch, each with all its columns. */
export function* rowRecords(rows: RowSpans): Generator<RowRecord, void, undefined> {
  for (let index = 0; index < rows.count; index++) yield rowRecord(rows, index);
}

/** Row `index` of a batch, with all its columns. */
export function rowRecord(rows: RowSpans, index: number): RowRecord {
  const key = textOf(rows.bytes, rows.spans, index);
  return { key, line: rows.firstLine + (rows.lines[index] ?? 0), fields: fieldsOf(rows, index, key) };
}

/** The name that {@link RowRecord.fields} have the key under. */
export function keyName(layout: RowLayout): string {
  if (layout.kind === 'csv') return layout.columns?.[layout.keyAt]?.trim() ?? NAMELESS;
  return layout.kind === 'text' ? NAMELESS : (layout.member ?? NAMELESS);
}

function fieldsOf(rows: RowSpans, index: number, key: string): ReadonlyMap<string, string> {
  const { layout, rowBytes, rowSpans } = rows;
  if (layout.kind === 'csv' && layout.columns !== undefined) {
    return namedCells(layout.columns, layout, textOf(rowBytes, rowSpans, index));
  }
  if (layout.kind === 'json' || layout.kind === 'jsonl') {
    const row = rowBytes.subarray(rowSpans[2 * index], rowSpans[2 * index + 1]);
    if (row[0] === 0x7b) return new Map(memberTexts(row).map(([name, value]) => [plain(name), plain(value)]));
  }
  return new Map([[keyName(layout), key]]);
}

function namedCells(columns: readonly string[], { delimiter }: CsvLayout, row: string): Map<string, string> {
  const cells = csvCells(row, delimiter);
  const fields = new Map<string, string>();
  for (const [at, column] of columns.entries()) {
    const name = column.trim();
    if (!fields.has(name)) fields.set(name, cells[at] ?? '');
  }
  return fields;
}

/** A JSON text as a value of text. */
function plain(json: string): string {
  if (json === 'null') return '';
  return json.startsWith('"') ? String(JSON.parse(json)) : respellJson(json, 'compact');
}

function textOf(bytes: Uint8Array, spans: Uint32Array, index: number): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('utf8', spans[2 * index], spans[2 * index + 1]);
}
