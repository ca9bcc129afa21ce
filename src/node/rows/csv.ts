import { type CsvErrorCode, parse } from 'csv-parse';
import { parse as parseSync } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { damagedFile } from '../files/file-error.js';
import { guardedCell } from './csv-guard.js';

/** A character between two cells. */
export type CsvDelimiter = ',' | ';' | '\t' | '|';

/** Some rows of a CSV file; row `i` begins on line `lines[i]`, counted from 1. */
export interface CsvRows {
  readonly rows: readonly (readonly string[])[];
  readonly lines: readonly number[];
  /** How many cells were missing in each; they are there, and empty. */
  readonly missing: readonly number[];
  /** The rows as they stand in the file, without their ends; none unless asked for. */
  readonly texts: readonly string[];
}

/** Where {@link csvRows} begins, and what it hands over. */
export interface CsvRowsOptions {
  /** The line of the first row, 1 by default. */
  readonly firstLine?: number | undefined;
  /** How many cells a row may have, and is filled up to; by default as many as the first. */
  readonly width?: number | undefined;
  /** Hand over the rows' texts, too. */
  readonly texts?: boolean | undefined;
}

/** All that may stand between cells. */
export const DELIMITERS: readonly CsvDelimiter[] = [',', ';', '\t', '|'];
const MAX_ROW = 1 << 20;

/**
 * The first `most` rows of a text, as far as they can be read: what is wrong with them, {@link csvRows} says. Of a text that is
 * not whole the last row may be cut, and is left out. Rows of empty cells are.
 */
export function csvSample(
  text: string,
  delimiter: CsvDelimiter,
  most: number,
  isWhole: boolean,
): readonly (readonly string[])[] {
  const rows: string[][] = [];
  const onRecord = (row: string[]) => {
    rows.push(row);
    return null;
  };
  try {
    parseSync(text, { ...dialect(delimiter), to: most + 1, on_record: onRecord });
    if (!isWhole && rows.length <= most) rows.pop();
  } catch {
    // The rows before are enough.
  }
  return rows.slice(0, most).filter((row) => row.some((cell) => cell !== ''));
}

/**
 * The rows of a CSV file (RFC 4180; LF, CRLF and CR end a row outside quotes), the header among them,
 * empty lines and rows of empty cells left out. Memory does not grow with the file. The chunks must be
 * valid UTF-8. A quote inside an unquoted cell is a character of that cell.
 *
 * @throws {KeywrightError} `damaged_file`, with the line: a row with more cells than the first, an unclosed quote,
 *   a cell of several lines that swallowed rows (stray quotes look so), a row over 1 MiB.
 */
export async function* csvRows(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  delimiter: CsvDelimiter,
  options: CsvRowsOptions = {},
): AsyncGenerator<CsvRows, void, undefined> {
  let rows: string[][] = [];
  let lines: number[] = [];
  let texts: string[] = [];
  let missing: number[] = [];
  let width = options.width ?? 0;
  let nextLine = options.firstLine ?? 1;
  let misfitting: number | undefined;
  let swallower: number | undefined;
  const parser = parse({ ...dialect(delimiter), bom: nextLine === 1, raw: true });
  // The parser's own line numbers cost more than its parsing, and count a CRLF inside quotes twice.
  parser.on('data', ({ record: row, raw }: { readonly record: string[]; readonly raw: string }) => {
    const line = nextLine;
    nextLine += 1 + lineBreaks(row);
    if (row.every((cell) => cell === '')) return;
    width ||= row.length;
    if (row.length > width) misfitting ??= line;
    missing.push(Math.max(0, width - row.length));
    while (row.length < width) row.push('');
    // Two stray quotes, rows apart, make one cell of all between them; such a cell begins with a quote.
    if (nextLine > line + 1 && row.some((cell) => isSwallower(cell, raw))) swallower ??= line;
    rows.push(row);
    lines.push(line);
    // Of a row's end the parser keeps the first character.
    if (options.texts === true) texts.push(raw.replace(/[\r\n]$/, ''));
  });
  const failure: { code: CsvErrorCode | string | undefined } = { code: undefined };
  // The error itself holds the row, and with it keys: only its code goes on.
  parser.on('error', (error: Error) => {
    failure.code = 'code' in error ? String(error.code) : error.name;
  });
  const check = () => {
    if (misfitting !== undefined) throw misfit(path, width, misfitting);
    if (swallower !== undefined) {
      throw swallowed(path, swallower);
    }
    if (failure.code !== undefined) throw damagedFile(path, csvProblem(failure.code), nextLine);
  };
  try {
    for await (const chunk of chunks) {
      await new Promise<void>((resolve) => parser.write(chunk, () => resolve()));
      check();
      if (rows.length > 0) yield { rows, lines, texts, missing };
      [rows, lines, texts, missing] = [[], [], [], []];
    }
    await new Promise<void>((resolve) => parser.once('close', resolve).end());
    check();
    if (rows.length > 0) yield { rows, lines, texts, missing };
  } finally {
    parser.destroy();
  }
}

/** The error for a row that has more than `width` cells. */
export function misfit(path: string, width: number, line: number): Error {
  return damagedFile(path, `has more cells than the ${width} of the first row: mend it`, line);
}

/** The error for a row with a cell of several lines that may hold other rows. */
export function swallowed(path: string, line: number): Error {
  const problem = 'begins a row with a cell of several lines that looks like rows: mend its quotes';
  return damagedFile(path, problem, line);
}

/** The cells of one row of a CSV file. */
export function csvCells(row: string, delimiter: CsvDelimiter): readonly string[] {
  if (!row.includes('"')) return row.split(delimiter);
  const [cells = []]: string[][] = parseSync(row, dialect(delimiter));
  return cells;
}

/**
 * One row as CSV (RFC 4180 quoting, comma, ended by LF). Cells a spreadsheet would run as a formula get a leading
 * apostrophe (see {@link guardedCell}), except those in the columns `keys` (counted from 0): keys are never altered.
 */
export function csvRow(cells: readonly string[], keys: readonly number[] = []): string {
  return csvTable([cells], keys);
}

/** Rows of equal length as CSV; see {@link csvRow}. */
export function csvTable(
  rows: readonly (readonly string[])[],
  keys: readonly number[] = [],
  delimiter: CsvDelimiter = ',',
): string {
  const guarded = rows.map((row) =>
    row.map((cell, column) => (keys.includes(column) ? cell : guardedCell(cell))),
  );
  // A single empty cell would be an empty line, which readers skip.
  return stringify(guarded, { delimiter, quoted_match: /[\r\n]/, quoted_empty: rows[0]?.length === 1 });
}

function dialect(delimiter: CsvDelimiter) {
  return {
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MAX_ROW,
  };
}

function lineBreaks(row: readonly string[]): number {
  let breaks = 0;
  for (const cell of row) {
    if (cell.includes('\n') || cell.includes('\r')) breaks += cell.split(/\r\n|\n|\r/).length - 1;
  }
  return breaks;
}

/** A cell of several lines that begins with a quote and is not quoted as a whole. */
function isSwallower(cell: string, raw: string): boolean {
  return cell.startsWith('"') && /[\r\n]/.test(cell) && !raw.includes(`"${cell.replaceAll('"', '""')}"`);
}

function csvProblem(code: string): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'begins a row whose quote is never closed: close it';
  if (code === 'CSV_MAX_RECORD_SIZE') return 'begins a row over 1 MiB: a quote may not be closed';
  return 'begins a row that is no CSV: check its quotes and delimiters';
}
