import { jsonRows } from './json-rows.js';
import { UnreadableList } from './list-text.js';
import { DELIMITERS, type Delimiter, type TableRow, type TableStart, tableRows } from './table-rows.js';

/** A list as it came, and what its beginning says of it. */
export interface KeyList {
  readonly name: string;
  readonly text: string;
  readonly isJson: boolean;
  /** Where its rows begin: behind a line as `sep=;`. */
  readonly start: TableStart;
  /** What may part its cells; the first is what the rows speak for, undefined for nothing. */
  readonly delimiters: readonly (Delimiter | undefined)[];
  /** Whether only one of these can be meant. */
  readonly isParted: boolean;
}

/** A column of a list: what it is called, and its first cells. */
export interface KeyColumn {
  readonly name: string;
  readonly cells: readonly string[];
}

/** How a list is read. */
export interface ListChoice {
  readonly delimiter: Delimiter | undefined;
  /** The place of the column that holds the keys, or the member of a JSON list. */
  readonly column: number;
  readonly hasHeading: boolean;
}

/** The cell of one row that should be a key. */
export interface KeyCell {
  readonly line: number;
  /** Undefined where the row has none. */
  readonly cell: string | undefined;
  /** Why the row cannot be right; it wants a subject before it. */
  readonly problem: string | undefined;
  readonly end: number;
}

/** Rows that are looked at before anybody is asked. */
const JUDGED = 1000;

export function keyList(name: string, text: string): KeyList {
  const what = { name, text };
  const begin = text.search(/\S/);
  const isJson =
    text[begin] === '{' || (text[begin] === '[' && /^\[\s*["{\]]/.test(text.slice(begin, begin + 4096)));
  const separator = /^"?sep=([,;\t|])"?\r?\n/i.exec(text);
  if (separator !== null) {
    const given = DELIMITERS.find((each) => each === separator[1]);
    return {
      ...what,
      isJson: false,
      start: { at: separator[0].length, line: 2 },
      delimiters: [given],
      isParted: true,
    };
  }
  const start = { at: 0, line: 1 };
  if (isJson) return { ...what, isJson, start, delimiters: [undefined], isParted: true };
  const lines = text.slice(0, 1e5).split('\n', JUDGED);
  const held = DELIMITERS.filter((delimiter) => lines.some((line) => line.trim().includes(delimiter)));
  const plain = held.filter((delimiter) => splitsAlike(text, delimiter, start));
  const others = held.filter((delimiter) => !plain.includes(delimiter));
  const delimiters = plain.length === 1 ? [...plain, undefined, ...others] : [undefined, ...held];
  return { ...what, isJson, start, delimiters, isParted: held.length === 0 || plain.length === 1 };
}

/** Whether a delimiter makes rows of one width of all lines. */
function splitsAlike(text: string, delimiter: Delimiter, start: TableStart): boolean {
  try {
    const widths = new Set(head(tableRows(text, delimiter, start)).map(({ cells }) => cells.length));
    return widths.size === 1 && !widths.has(1);
  } catch (error) {
    if (error instanceof UnreadableList) return false;
    throw error;
  }
}

/** The columns of a list, as its first row has them. */
export function keyColumns(list: KeyList, delimiter: Delimiter | undefined): readonly KeyColumn[] {
  if (list.isJson) {
    const rows = head(jsonRows(list.text)).map(({ value }) => members(value));
    return [...new Set(rows.flatMap((row) => [...row.keys()]))].map((name) => ({
      name,
      cells: rows.flatMap((row) => cellText(row.get(name)) ?? []),
    }));
  }
  const rows = head(tableRows(list.text, delimiter, list.start));
  const first = rows[0]?.cells ?? [];
  return first.map((name, at) => ({ name, cells: rows.slice(1).map(({ cells }) => cells[at] ?? '') }));
}

/** The cells of the column that was chosen, row by row. */
export function* keyCells(list: KeyList, choice: ListChoice): Generator<KeyCell> {
  if (list.isJson) {
    yield* jsonCells(list, keyColumns(list, undefined)[choice.column]?.name ?? '');
    return;
  }
  const rows = tableRows(list.text, choice.delimiter, list.start);
  let width = 0;
  for (const row of rows) {
    if (width === 0) {
      width = row.cells.length;
      if (choice.hasHeading) continue;
    }
    yield tableCell(row, choice.column, width);
  }
}

function tableCell({ line, cells, end }: TableRow, column: number, width: number): KeyCell {
  const problem = cells.length > width ? `has ${cells.length} cells, the first row ${width}` : undefined;
  return { line, cell: cells[column], problem, end };
}

function* jsonCells(list: KeyList, name: string): Generator<KeyCell> {
  for (const { line, value, end } of jsonRows(list.text)) {
    const found = members(value).get(name);
    const problem =
      typeof found === 'number' ? 'is a number, which may have lost digits: write it as a text' : undefined;
    yield { line, cell: cellText(found), problem, end };
  }
}

/** The members of an element by their paths, as `attributes.key`; an element that is a text has one without a name. */
function members(value: unknown, path = '', depth = 0): Map<string, unknown> {
  const found = new Map<string, unknown>();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return found.set(path, value);
  if (depth > 3) return found;
  for (const [name, member] of Object.entries(value)) {
    const below = path === '' ? name : `${path}.${name}`;
    for (const [each, leaf] of members(member, below, depth + 1)) found.set(each, leaf);
  }
  return found;
}

function cellText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

function head<Row>(rows: Iterator<Row>): readonly Row[] {
  const found: Row[] = [];
  while (found.length <= JUDGED) {
    const { done, value } = rows.next();
    if (done === true) break;
    found.push(value);
  }
  return found;
}
