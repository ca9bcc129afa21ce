import { comparedText } from '../../../core/dedupe/compared-text.js';
import {
  type ColumnEvidence,
  commonShape,
  isNearlyAll,
  isTime,
  judgedText,
  shapeOf,
} from './column-evidence.js';
import { hasOwnName, isOddAmong } from './heading-sign.js';
import { isShortened, saysNoKey } from './key-cell.js';
import { namesKey, namesOther } from './key-names.js';
import type { LineShape } from './line-shape.js';
import { isOddAmongKinds, mayBeKey } from './odd-line.js';
import { isStatus, isTruth } from './status-word.js';
import { isWordlike, symbolCount } from './words.js';

/** What the first row of a list is; `doubt` where that cannot be told. */
export type FirstRow = 'heading' | 'row' | 'doubt';

/**
 * What the first row of a list of one column is, `below` being the cells below it and `lines` what its keys look like. A known
 * name is a heading; else a row that has not the shape that the others share is a doubt.
 */
export function judgeFirstLine(line: string, below: readonly string[], lines?: LineShape): FirstRow {
  const rest = below.filter((cell) => lines?.otherText(cell) === undefined);
  const judged = judgeAbove(line, rest);
  // It would be left out as a word, which it is not.
  return judged === 'row' && lines?.otherText(line) === 'none' && mayBeKey(line) ? 'doubt' : judged;
}

function judgeAbove(line: string, rest: readonly string[]): FirstRow {
  const first = judgedText(line);
  if (namesKey(first)) return 'heading';
  // Lists that were put behind each other repeat their heading.
  const others = rest.filter((cell) => !saysNoKey(cell) && cell !== line).map(judgedText);
  if (namesOther(first) || (isStatus(first) && /\p{L}{2}/u.test(first))) return 'doubt';
  // A number that lost digits was a key: it is refused as one.
  if (others.length === 0 || saysNoKey(first) || isShortened(first)) return 'row';
  if (isWordlike(first) && !others.some(isWordlike)) {
    // What stands below in other capitals is a key.
    const form = comparedText(first, 1);
    return others.some((cell) => comparedText(cell, 1) === form) ? 'row' : 'doubt';
  }
  if (hasOwnName(first, others)) return 'doubt';
  if (others.length === 1 && symbolCount(first) === symbolCount(others[0] ?? '') && isOddAmong(first, others))
    return 'doubt';
  if (others.length === 1) return isWordAbove(first, others[0] ?? '') ? 'doubt' : 'row';
  if (commonShape(others) === undefined) return isOddAmongKinds(first, others) ? 'doubt' : 'row';
  return isAlike(first, others) ? 'row' : 'doubt';
}

/** One word above one key in groups, or with digits and of another length: `x` above `krxlhc-ncalle-bqvrut`. */
function isWordAbove(first: string, key: string): boolean {
  if (/\p{N}/u.test(first) || isGrouped(first)) return false;
  return isGrouped(key) || (/\p{N}/u.test(key) && symbolCount(first) !== symbolCount(key));
}

/**
 * What the first row of a list of several columns is. `columns` are the cells below it.
 */
export function judgeFirstRow(row: readonly string[], columns: readonly ColumnEvidence[]): FirstRow {
  const first = row.map(judgedText);
  const isKey = columns.some((column, at) => isOneOf(first[at] ?? '', column));
  const named = first.some(namesKey);
  if (isKey) return named ? 'doubt' : 'row';
  // Lists that were put behind each other repeat their heading: all of it.
  const isAgain = first.every((name, at) => columns[at]?.filled.includes(name) === true);
  const isName = (name: string, at: number) =>
    namesOther(name) && (isAgain || !isValueOf(name, columns[at]?.filled ?? []));
  if (named || first.some(isName)) return 'heading';
  const contrasts = columns.map(({ filled }, at) => contrast(first[at] ?? '', filled));
  const [headings, rows] = [
    contrasts.filter((each) => each === 'heading'),
    contrasts.filter((each) => each === 'row'),
  ];
  if (headings.length > 0 && rows.length === 0) return 'heading';
  return headings.length === 0 && rows.length > 0 ? 'row' : 'doubt';
}

/** Whether the name that a column was given by is plainly one of its keys: the list has no heading then. */
export function isNamedByKey(name: string, column: ColumnEvidence): boolean {
  const first = judgedText(name);
  if (namesKey(first) || namesOther(first)) return false;
  return (
    isOneOf(first, column) ||
    (isNumber(first) && isNearlyAll(column.filled.filter(isNumber).length, column.filled.length))
  );
}

/** Whether a cell is like those of a column that look like keys, and like no word. */
function isOneOf(first: string, { verdict, filled }: ColumnEvidence): boolean {
  return verdict === 'clear' && isAlike(first, filled) && (!isWordlike(first) || filled.every(isWordlike));
}

/** Whether what may be a name is a value of its column: it stands there again, or is a state as `active` above other words than yes and no. */
function isValueOf(name: string, filled: readonly string[]): boolean {
  const cells = filled.map((cell) => cell.toLowerCase());
  if (cells.includes(name.toLowerCase())) return true;
  return isStatus(name) && cells.some((cell) => /\p{L}/u.test(cell) && !isTruth(cell));
}

/** Numbers, dates or mail addresses below a cell that is none, or is one, too. */
function contrast(first: string, filled: readonly string[]): FirstRow {
  for (const test of [isNumber, isTime, isMail]) {
    if (!isNearlyAll(filled.filter(test).length, filled.length)) continue;
    if (test(first)) return 'row';
    return saysNoKey(first) ? 'doubt' : 'heading';
  }
  return 'doubt';
}

function isNumber(cell: string): boolean {
  return /^[+-]?\d+(?:[.,]\d+)?$/.test(cell);
}

function isMail(cell: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(cell);
}

/** Whether a cell may be one of the others: its shape is among theirs, or it is another spelling of it, and its symbols are theirs. */
function isAlike(first: string, others: readonly string[]): boolean {
  const shapes = new Set(others.map(shapeOf));
  const lengths = new Set(others.map(symbolCount));
  const spelled = lengths.has(symbolCount(first)) && !isWordlike(first);
  if (!shapes.has(shapeOf(first)) && !spelled) return false;
  const isSmall = (cell: string) => /\p{Ll}/u.test(cell);
  if (
    isWordlike(first) &&
    isSmall(first) &&
    isNearlyAll(others.filter((cell) => !isSmall(cell)).length, others.length)
  )
    return false;
  return !isOddAmong(first, others);
}

function isGrouped(cell: string): boolean {
  return /[\p{L}\p{N}][^\p{L}\p{N}]+[\p{L}\p{N}]/u.test(cell);
}
