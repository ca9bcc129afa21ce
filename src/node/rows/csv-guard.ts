const QUOTE = 0x22;

/** Blanks, marks that show nothing, and then what makes a formula; of full width, too, as some spreadsheets read it. */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]/u;
/** Some importers drop these, whatever follows. */
const DROPPED = /^[\t\r]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Free text as a CSV cell that no spreadsheet runs as a formula: with a leading apostrophe where it begins with `=`, `+`,
 * `-` or `@`, also of full width, also behind blanks, a byte order mark and other characters that show nothing, or with a
 * tab or CR. A plain number, as -1.5, stays. See
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
export function guardedCell(text: string): string {
  if (!FORMULA.test(text) && !DROPPED.test(text)) return text;
  return NUMBER.test(text) ? text : `'${text}`;
}

/** The text that {@link guardedCell} made this cell of, where it did. */
export function unguardedCell(cell: string): string {
  const text = cell.slice(1);
  return cell.startsWith("'") && guardedCell(text) === cell ? text : cell;
}

/** Whether a cell whose first byte this is may be one that {@link guardedCell} alters. */
function mayStart(byte: number): boolean {
  return byte <= 0x20 || byte >= 0x7f || byte === 0x3d || byte === 0x2b || byte === 0x2d || byte === 0x40;
}

/**
 * Where an apostrophe must go into the CSV row `bytes[from, to)` so that no spreadsheet runs a cell of it as a
 * formula: see `guardedCell`. The cell `keyAt` is a key and never altered.
 */
export function formulasIn(
  bytes: Uint8Array,
  from: number,
  to: number,
  delimiter: string,
  keyAt: number,
): readonly number[] {
  const comma = delimiter.charCodeAt(0);
  let found: number[] | undefined;
  for (let at = from, cell = 0; at < to; at++, cell++) {
    const quoted = bytes[at] === QUOTE;
    const start = quoted ? at + 1 : at;
    const risky = cell !== keyAt && start < to && mayStart(bytes[start] ?? 0);
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
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(from, to));
  const cell = quoted ? text.replace(/"$/, '') : text;
  return guardedCell(cell) !== cell;
}
