import { isKeywrightError } from '../../../core/errors.js';
import type { CsvDelimiter } from '../../rows/csv.js';
import { JUDGED_ROWS } from './column-evidence.js';
import { sepLine, type TableHead, TableRows } from './delimiter.js';
import { judgeFirstLine } from './heading.js';
import { shownCell } from './key-cell.js';
import { unclearHeading } from './key-column.js';
import type { LineShape } from './line-shape.js';
import { type ListChoices, lineShapeOf, planRows, type RowsPlan } from './rows-plan.js';

/** A list of keys alone; a heading fills the lines before `firstLine`, and the first `begin` bytes. */
export interface TextPlan {
  readonly kind: 'text';
  readonly begin: number;
  readonly firstLine: number;
  readonly heading: string | undefined;
  /** What its keys look like, where other lines are to be told from them. */
  readonly lines: LineShape | undefined;
}

/** A list with columns; what precedes the first row fills the lines before `firstLine`, and the first `begin` bytes. */
export interface CsvPlan extends RowsPlan {
  readonly kind: 'csv';
  readonly begin: number;
  readonly firstLine: number;
  readonly delimiter: CsvDelimiter;
}

/**
 * Decides by its first thousand rows what a list is that is no JSON: keys alone, or columns, which of them is the key,
 * and whether the first row is a heading.
 *
 * @throws {KeywrightError} `unclear_list` where that leaves doubt; `unknown_column`.
 */
export function planTable(head: TableHead, choices: ListChoices): TextPlan | CsvPlan {
  try {
    return planSound(head, choices);
  } catch (error) {
    if (head.isBroken && isKeywrightError(error, 'unclear_list')) return NO_HEADING;
    throw error;
  }
}

const NO_HEADING = { kind: 'text', begin: 0, firstLine: 1, heading: undefined, lines: undefined } as const;

function planSound(head: TableHead, choices: ListChoices): TextPlan | CsvPlan {
  const sep = sepLine(head);
  const rows = new TableRows(head, sep?.end ?? 0);
  const delimiter = sep?.delimiter ?? rows.delimiter(choices);
  const isCsv =
    head.named !== undefined ||
    choices.column !== undefined ||
    choices.unkeyed === true ||
    sep !== undefined ||
    isQuoted(head.text);
  if (delimiter === undefined && !isCsv) return planText(head, choices);
  const chosen = delimiter ?? (head.named === 'tsv' ? '\t' : ',');
  const skipped = head.text.slice(0, sep?.end ?? 0);
  const plan = planRows(head.path, rows.of(chosen), choices);
  const place = { begin: Buffer.byteLength(skipped), firstLine: 1 + (sep === undefined ? 0 : 1) };
  return { kind: 'csv', delimiter: chosen, ...place, ...plan };
}

/** Whether there are quoted cells among the lines. */
function isQuoted(text: string): boolean {
  return text
    .split(/[\r\n]+/)
    .slice(0, JUDGED_ROWS)
    .some((line) => /^\s*"(?:[^"]|"")*"\s*$/.test(line));
}

function planText(head: TableHead, choices: ListChoices): TextPlan {
  const lines = head.text.split(/\r\n|\r|\n/);
  if (!head.isWhole && lines.length > 1) lines.pop();
  const at = lines.findIndex((line) => shownCell(line) !== '');
  const [first = '', ...rest] = lines
    .slice(Math.max(at, 0))
    .map(shownCell)
    .filter((line) => line !== '');
  if (at < 0) return NO_HEADING;
  const shape = lineShapeOf(head.path, [first, ...rest.slice(0, JUDGED_ROWS)], choices);
  const plain = { ...NO_HEADING, lines: shape };
  if (choices.headerRow === false) return plain;
  const below = rest.slice(0, JUDGED_ROWS);
  const judged = choices.headerRow === true ? 'heading' : judgeFirstLine(first, below, shape);
  if (judged === 'doubt' && choices.doubtfulRow !== 'row') throw unclearHeading(head.path, first);
  if (judged !== 'heading') return plain;
  const before = new RegExp(`^(?:[^\\r\\n]*(?:\\r\\n|\\r|\\n|$)){${at + 1}}`).exec(head.text)?.[0] ?? '';
  return { kind: 'text', begin: Buffer.byteLength(before), firstLine: at + 2, heading: first, lines: shape };
}
