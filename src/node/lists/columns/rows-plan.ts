import { isKeywrightError } from '../../../core/errors.js';
import { damagedFile } from '../../files/file-error.js';
import { type ColumnEvidence, judgeCells } from './column-evidence.js';
import { isNamedByKey, judgeFirstLine, judgeFirstRow } from './heading.js';
import { shownCell } from './key-cell.js';
import {
  type ChosenColumn,
  chooseColumn,
  columnNamed,
  columnNumbered,
  namedByKey,
  unclearHeading,
  unknownColumn,
} from './key-column.js';
import { judgeLines, type LineChoices } from './line-judgement.js';
import { LineShape } from './line-shape.js';

/** As many as a spreadsheet has. */
const MOST_COLUMNS = 16_384;

/** What the user says about a list. */
export interface ListChoices {
  /**
   * The column (CSV) or member (JSON, JSONL) that holds the key: its name, of a nested member its path as `attributes.key`,
   * or of a column its number, from 1. Given, a file that is no JSON is read as CSV.
   */
  readonly column?: string | undefined;
  /** Whether the first row is a heading. Default: by what it says. */
  readonly headerRow?: boolean | undefined;
  /** Whether a key is of the format that is asked for: such a column is the key's. */
  readonly fits?: ((key: string) => boolean) | undefined;
  /** Where that cannot be told whether the first row is a heading: refuse, or take it for a row. Default `ask`. */
  readonly doubtfulRow?: 'ask' | 'row' | undefined;
  /** The rows have no key yet: none is looked for, and each is one without key. `column` is one that the heading names. */
  readonly unkeyed?: boolean | undefined;
}

/** How the rows of a table are read, the first of them being the first row: which column is the key, and whether there is a heading. */
export interface RowsPlan {
  readonly hasHeader: boolean;
  /** How many cells a row has; shorter ones are filled up. */
  readonly width: number;
  readonly key: ChosenColumn;
  /** Of the judged rows the cells of the key's column. */
  readonly judged: readonly string[];
  /** What its keys look like, where other cells are to be told from them. */
  readonly lines: LineShape | undefined;
}

/**
 * Decides it of rows that are split.
 *
 * @throws {KeywrightError} `unclear_list` where that leaves doubt; `unknown_column`.
 */
export function planRows(path: string, rows: readonly (readonly string[])[], choices: ListChoices): RowsPlan {
  const first = (rows[0] ?? []).map(shownCell);
  const rest = rows.slice(1);
  const usual = rest.length === 0 ? first.length : Math.max(...rest.map((row) => row.length));
  // What a delimiter at the end of the header makes is no column.
  const blank = first.slice(usual).every((cell) => cell === '');
  const width = blank ? Math.min(first.length, Math.max(usual, 1)) : first.length;
  if (width > MOST_COLUMNS) throw damagedFile(path, 'has more than 16,384 columns: this is no list of keys');
  const judge = (below: readonly (readonly string[])[]) =>
    columnsOf(below, width).map((cells) => judgeCells(cells, choices.fits));
  const below = judge(rest);
  const alone =
    width === 1
      ? lineShapeOf(
          path,
          [first, ...rest].map((row) => shownCell(row[0] ?? '')),
          choices,
        )
      : undefined;
  const hasHeader = headerOf(path, first.slice(0, width), rest, { below, alone }, choices);
  const evidence = hasHeader ? below : judge(rows);
  const names = hasHeader ? first.slice(0, width) : undefined;
  // The key of rows without is in the column that comes next.
  const key =
    choices.unkeyed === true
      ? { at: width, by: 'option' as const }
      : keyOf(path, names, evidence, choices.column);
  const judged = evidence[key.at]?.filled ?? [];
  return {
    hasHeader,
    width,
    key,
    judged,
    lines: alone ?? (width === 1 ? undefined : cellShapeOf(path, judged, choices, key.at)),
  };
}

/** What the cells of the key's column look like. Of one that is named, whole cells are keys, and only words for no key are none. */
function cellShapeOf(
  path: string,
  cells: readonly string[],
  { column, ...choices }: ListChoices,
  at: number,
): LineShape | undefined {
  try {
    const shape = lineShapeOf(path, cells, choices, { firstLine: 'others', column: String(at + 1) });
    return column === undefined || shape === undefined
      ? shape
      : new LineShape({ ...shape.look, areWhole: true });
  } catch (error) {
    if (column !== undefined && isKeywrightError(error, 'unclear_list')) return undefined;
    throw error;
  }
}

/**
 * What the lines of a list look like, or the cells of the column with its keys; undefined where the user has said which they are.
 *
 * @throws {KeywrightError} as `judgeLines`.
 */
export function lineShapeOf(
  path: string,
  lines: readonly string[],
  choices: ListChoices,
  { firstLine, column }: Omit<LineChoices, 'fits'> = { firstLine: 'doubt', column: '1' },
): LineShape | undefined {
  if (choices.column !== undefined || choices.doubtfulRow === 'row' || choices.unkeyed) return undefined;
  const isKey = choices.headerRow === false;
  return judgeLines(path, lines, { fits: choices.fits, firstLine: isKey ? 'key' : firstLine, column });
}

/** The cells of each column, so far as rows have them. */
function columnsOf(rows: readonly (readonly string[])[], width: number): readonly (readonly string[])[] {
  const columns = Array.from({ length: width }, (): string[] => []);
  for (const row of rows) {
    for (const [at, cell] of row.entries()) columns[at]?.push(shownCell(cell));
  }
  return columns;
}

function headerOf(
  path: string,
  first: readonly string[],
  rest: readonly (readonly string[])[],
  { below, alone }: { readonly below: readonly ColumnEvidence[]; readonly alone: LineShape | undefined },
  { column, headerRow, doubtfulRow, unkeyed }: ListChoices,
): boolean {
  if (headerRow !== undefined || first.length === 0) return headerRow ?? false;
  if (column !== undefined && columnNumbered(column, first.length) < 0) {
    const at = columnNamed(path, first, column);
    const cells = below[at];
    if (cells === undefined) throw unknownColumn(path, first, column);
    if (isNamedByKey(first[at] ?? '', cells)) throw namedByKey(path);
    return true;
  }
  const judged =
    first.length === 1 && unkeyed !== true
      ? judgeFirstLine(
          first[0] ?? '',
          rest.map((row) => shownCell(row[0] ?? '')),
          alone,
        )
      : judgeFirstRow(first, below);
  if (judged === 'doubt' && doubtfulRow !== 'row')
    throw unclearHeading(path, first.length === 1 ? (first[0] ?? '') : '');
  return judged === 'heading';
}

function keyOf(
  path: string,
  names: readonly string[] | undefined,
  evidence: readonly ColumnEvidence[],
  column: string | undefined,
): ChosenColumn {
  if (column === undefined) return chooseColumn({ path, names, evidence });
  const at = names === undefined ? columnNumbered(column, evidence.length) : columnNamed(path, names, column);
  if (at < 0) throw unknownColumn(path, names ?? evidence.map((_, index) => String(index + 1)), column);
  return { at, by: 'option' };
}
