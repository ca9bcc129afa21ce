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
  const bare = bareRow(rows, index);
  return { ...bare, fields: fieldsOf(rows, index, bare.key) };
}

/** Row `index` of a batch without its columns, which take most of the time. */
export function bareRow(rows: RowSpans, index: number): RowRecord {
  const key = textOf(rows.bytes, rows.spans, index);
  return { key, line: rows.firstLine + (rows.lines[index] ?? 0), fields: NO_FIELDS };
}

const NO_FIELDS: ReadonlyMap<string, string> = new Map();

/** The name that {@link RowRecord.fields} have the key under. */
export function keyName(layout: RowLayout): string {
  if (layout.kind === 'csv') return columnNames(layout)[layout.keyAt] ?? NAMELESS;
  return layout.kind === 'text' ? NAMELESS : (layout.member ?? NAMELESS);
}

/** What the columns are called: without a heading `key` and, the others, by their numbers. */
export function columnNames({ columns, width, keyAt }: CsvLayout): readonly string[] {
  if (columns !== undefined) return columns.map((name) => name.trim());
  return Array.from({ length: width }, (_, at) => (at === keyAt ? NAMELESS : String(at + 1)));
}

function fieldsOf(rows: RowSpans, index: number, key: string): ReadonlyMap<string, string> {
  const { layout, rowBytes, rowSpans } = rows;
  if (layout.kind === 'csv') return namedCells(layout, textOf(rowBytes, rowSpans, index));
  if (layout.kind === 'json' || layout.kind === 'jsonl') {
    const row = rowBytes.subarray(rowSpans[2 * index], rowSpans[2 * index + 1]);
    if (row[0] === 0x7b) return withNested(memberTexts(row), layout.member, key);
  }
  return new Map([[keyName(layout), key]]);
}

function namedCells(layout: CsvLayout, row: string): Map<string, string> {
  const cells = csvCells(row, layout.delimiter);
  const fields = new Map<string, string>();
  for (const [at, name] of columnNames(layout).entries()) {
    if (!fields.has(name)) fields.set(name, cells[at] ?? '');
  }
  return fields;
}

/** The members of an object; a key that is nested in one stands beside them under its path. */
function withNested(
  members: readonly (readonly [string, string])[],
  member: string | undefined,
  key: string,
): ReadonlyMap<string, string> {
  const fields = new Map(members.map(([name, value]) => [plain(name), plain(value)]));
  return member === undefined || fields.has(member) ? fields : new Map([[member, key], ...fields]);
}

/** A JSON text as a value of text. */
function plain(json: string): string {
  if (json === 'null') return '';
  return json.startsWith('"') ? String(JSON.parse(json)) : respellJson(json, 'compact');
}

function textOf(bytes: Uint8Array, spans: Uint32Array, index: number): string {
  const { buffer, byteOffset, byteLength } = bytes;
  // The rows of a batch lie in the same bytes.
  if (view.buffer !== buffer || view.byteOffset !== byteOffset || view.byteLength !== byteLength)
    view = Buffer.from(buffer, byteOffset, byteLength);
  return view.toString('utf8', spans[2 * index], spans[2 * index + 1]);
}

let view: Buffer = Buffer.alloc(0);
