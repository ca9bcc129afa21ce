import { UnreadableList } from './list-text.js';

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** A row of a list. */
export interface TableRow {
  /** The line it begins in, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Where it ends in the text. */
  readonly end: number;
}

/** Where a text begins to be a list. */
export interface TableStart {
  readonly at: number;
  readonly line: number;
}

/**
 * The rows of a text from a place on, of one cell each where nothing parts them (RFC 4180). Empty lines are none.
 *
 * @throws {UnreadableList} for quotes that nothing closes, or text behind them.
 */
export function* tableRows(
  text: string,
  delimiter: Delimiter | undefined,
  start: TableStart,
): Generator<TableRow> {
  let { at, line } = start;
  while (at < text.length) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    const raw = text.slice(at, text[end - 1] === '\r' ? end - 1 : end);
    if (!raw.includes('"')) {
      if (raw !== '') yield { line, cells: delimiter === undefined ? [raw] : raw.split(delimiter), end };
      at = end + 1;
      line++;
    } else {
      const row = quotedRow(text, at, delimiter, line);
      yield { line, cells: row.cells, end: row.end };
      line += text.slice(at, row.end).split('\n').length;
      at = row.end + 1;
    }
  }
}

function quotedRow(
  text: string,
  begin: number,
  delimiter: Delimiter | undefined,
  line: number,
): Omit<TableRow, 'line'> {
  const cells: string[] = [];
  let at = begin;
  for (;;) {
    let cell = '';
    if (text[at] === '"') {
      const closing = closingQuote(text, at, line);
      cell = text.slice(at + 1, closing).replaceAll('""', '"');
      at = closing + 1;
      if (text[at] === '\r') at++;
      if (at < text.length && text[at] !== '\n' && text[at] !== delimiter) {
        throw new UnreadableList(`has text behind a closing quote in line ${line}: mend the quotes`);
      }
    } else {
      const next = at;
      while (at < text.length && text[at] !== '\n' && text[at] !== delimiter) at++;
      cell = text.slice(next, at).replace(/\r$/, '');
    }
    cells.push(cell);
    if (at >= text.length || text[at] === '\n') return { cells, end: at };
    at++;
  }
}

function closingQuote(text: string, opening: number, line: number): number {
  let at = opening + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw new UnreadableList(`has a quote in line ${line} that nothing closes: mend it`);
    if (text[quote + 1] !== '"') return quote;
    at = quote + 2;
  }
}
