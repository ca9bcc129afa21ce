import { type CsvDelimiter, guardedCell } from './csv.js';

const QUOTE = 0x22;
/** The bytes that {@link guardedCell} looks out for: `=`, `+`, `-`, `@`, tab, CR. */
const STARTERS = [0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d];

/**
 * Where an apostrophe must go into the CSV row `bytes[from, to)` so that no spreadsheet runs a cell of it as a
 * formula: see `guardedCell`. The cell `keyAt` is a key and never altered.
 */
export function formulasIn(
  bytes: Uint8Array,
  from: number,
  to: number,
  delimiter: CsvDelimiter,
  keyAt: number,
): readonly number[] {
  const comma = delimiter.charCodeAt(0);
  let found: number[] | undefined;
  for (let at = from, cell = 0; at < to; at++, cell++) {
    const quoted = bytes[at] === QUOTE;
    const start = quoted ? at + 1 : at;
    const risky = cell !== keyAt && STARTERS.includes(bytes[start] ?? 0) && start < to;
    at = endOfCell(bytes, start, to, quoted, comma);
    if (risky && isFormula(bytes, start, at, quoted)) found = [...(found ?? []), start];
  }
  return found ?? NONE;
}

const NONE: readonly number[] = [];

function endOfCell(bytes: Uint8Array, from: number, to: number, quoted: boolean, comma: number): number {
  let at = from;
  while (quoted && at < to) {
    if (bytes[at++] !== QUOTE) continue;
    // A doubled quote is one inside. What stands behind the closing one belongs to the cell, as csv-parse has it.
    if (bytes[at] !== QUOTE || at === to) break;
    at++;
  }
  while (at < to && bytes[at] !== comma) at++;
  return at;
}

function isFormula(bytes: Uint8Array, from: number, to: number, quoted: boolean): boolean {
  const text = new TextDecoder().decode(bytes.subarray(from, to));
  const cell = quoted ? text.replace(/"$/, '') : text;
  return guardedCell(cell) !== cell;
}
