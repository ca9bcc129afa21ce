import { saysNoKey } from './key-cell.js';
import { isStatus } from './status-word.js';

/** How many rows are judged. */
export const JUDGED_ROWS = 1000;
const NEARLY_ALL = 0.95;
const FEW_ROWS = 3;
const ENOUGH_ROWS = 8;
const LONGEST_JUDGED = 256;
const WIDEST_STEP = 1000n;

/** What the cells of a column look like. */
export interface ColumnEvidence {
  /**
   * `clear`: of one shape, distinct, and such as license keys are. `unlikely`: for `reason`. Else `possible`.
   */
  readonly verdict: 'clear' | 'possible' | 'unlikely';
  /** Whether without a name it may be the key as well: whatever its shapes, digits alone included. */
  readonly isRival: boolean;
  /** Why it is unlikely, as `mostly repeats`. */
  readonly reason: string | undefined;
  /** Cells with a key. */
  readonly filled: readonly string[];
}

/** A cell as far as it is judged: patterns over long ones take their time, and no key is as long. */
export function judgedText(cell: string): string {
  return cell.length > LONGEST_JUDGED ? cell.slice(0, LONGEST_JUDGED) : cell;
}

/** Whether so many of `all` are nearly all. */
export function isNearlyAll(count: number, all: number): boolean {
  return all > 0 && count >= NEARLY_ALL * all;
}

/**
 * Judges the cells of a column.
 *
 * @param fits whether a key is one of the format that is asked for
 */
export function judgeCells(
  cells: readonly string[],
  fits: ((key: string) => boolean) | undefined,
): ColumnEvidence {
  const filled = cells.filter((cell) => !saysNoKey(cell)).map(judgedText);
  if (filled.length === 0) return { verdict: 'unlikely', isRival: false, reason: 'is empty', filled };
  // What stands where a key is missing, as `pending`, says nothing about the others.
  const others = filled.filter((cell) => !isStatus(cell));
  return { ...judgeFilled(others.length > 0 ? others : filled, fits), filled };
}

function judgeFilled(
  cells: readonly string[],
  fits: ((key: string) => boolean) | undefined,
): Omit<ColumnEvidence, 'filled'> {
  const share = (test: (cell: string) => boolean) => cells.filter(test).length;
  if (fits !== undefined && isNearlyAll(share(fits), cells.length)) {
    return { verdict: 'clear', isRival: true, reason: undefined };
  }
  const reason = unlikely(cells);
  if (reason !== undefined) return { verdict: 'unlikely', isRival: false, reason };
  const isAlike = commonShape(cells) !== undefined && !isCounted(cells) && !mostlyRepeats(cells);
  const clear =
    isAlike && isNearlyAll(share(cells.length < FEW_ROWS ? isPlainlyKey : mayBeKey), cells.length);
  const isRival = clear || (!isCounted(cells) && isNearlyAll(share(isSymbols), cells.length));
  return { verdict: clear ? 'clear' : 'possible', isRival, reason: undefined };
}

function unlikely(filled: readonly string[]): string | undefined {
  const half = (test: (cell: string) => boolean) => 2 * filled.filter(test).length > filled.length;
  if (half(isMail)) return 'looks like mail addresses';
  if (half(isLink)) return 'looks like links';
  if (half(isTime)) return 'looks like dates';
  if (half((cell) => /^[+-]?\d+[.,]\d{1,4}$/.test(cell))) return 'looks like amounts';
  if (filled.length > FEW_ROWS && mostlyRepeats(filled)) return 'mostly repeats';
  if (half(isProse) && !areTokens(filled)) return 'looks like prose';
  return isInOrder(filled, /^\d+$/) ? 'looks like numbers in order' : undefined;
}

function mostlyRepeats(filled: readonly string[]): boolean {
  return 2 * new Set(filled.map((cell) => cell.toUpperCase().replace(SEPARATORS, ''))).size < filled.length;
}

const SEPARATORS = /[\s\p{Pd}_.:/]/gu;

/** The shape that nearly all cells share: their groups' lengths and separators; undefined when they share none. */
export function commonShape(cells: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    const shape = shapeOf(cell);
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
  const [shape, count] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), ['', 0]);
  return isNearlyAll(count, cells.length) ? shape : undefined;
}

/** The lengths of the groups of a cell, and what stands between them: `AB12-CD34` is `4-4`. */
export function shapeOf(cell: string): string {
  return cell.replace(/[\p{L}\p{N}]+/gu, (group) => String(group.length)).replace(/\p{Pd}/gu, '-');
}

/** The lengths of its groups, whatever stands between them. */
export function groupsOf(line: string): string {
  return shapeOf(line).replace(/\D+/g, ' ');
}

/** Groups of ASCII letters and digits, six characters or more, with a letter: words are none. */
function mayBeKey(cell: string): boolean {
  return isSymbols(cell) && /[A-Za-z]/.test(cell);
}

/** Groups of ASCII letters and digits, six characters or more. */
function isSymbols(cell: string): boolean {
  if (!/^[A-Za-z0-9]+(?:[-_ .:/–—]+[A-Za-z0-9]+)*$/.test(cell)) return false;
  return cell.replace(/[^A-Za-z0-9]/g, '').length >= 6;
}

/** Of one or two cells no shape can be seen: a key has digits and letters, or upper-case groups of one length. */
function isPlainlyKey(cell: string): boolean {
  if (!mayBeKey(cell)) return false;
  const groups = cell.split(/[^A-Za-z0-9]+/);
  if (groups.length > 1 && !/[a-z]/.test(cell))
    return groups.every(({ length }) => length === groups[0]?.length);
  return /\d/.test(cell) && /[A-Za-z]/.test(cell) && groups.every(({ length }) => length >= 4);
}

export function isMail(cell: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(cell);
}

export function isLink(cell: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|www\.)/i.test(cell) || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(cell);
}

/** A date or a time, as `2024-01-31`, `31.01.2024`, `1/31/24 5:00 PM`, `31 Jan 2024`. */
export function isTime(cell: string): boolean {
  if (/^(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ].*)?$/.test(cell)) return true;
  if (/^\d{1,2}[-/.]\d{1,2}[-/.](?:\d\d|(?:19|20)\d\d)(?:[, ].*)?$/.test(cell)) return true;
  return /^(?:\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?|\d{1,2}\.? \p{L}{3,9}\.? (?:19|20)\d\d.*|\p{L}{3,9} \d{1,2},? (?:19|20)\d\d.*)$/iu.test(
    cell,
  );
}

/** Words: of letters alone in lower case or capitalised, and of other lengths than one another. */
function isProse(cell: string): boolean {
  const words = cell.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  if (words.length === 0) return true;
  if (words.length > 1 && words.every((word) => word.length === words[0]?.length)) return false;
  // Two small letters are a word by themselves, and no sign of one behind `SUMMER_`.
  const isSmall = (word: string) => /^\p{L}?\p{Ll}+$/u.test(word) && (word.length > 2 || words.length === 1);
  const isPhrase = /\s/.test(cell) && /\p{L}/u.test(cell);
  return (
    (isPhrase || words.some((word) => isSmall(word) || /^\p{Lo}+$/u.test(word))) &&
    words.every((word) => isWord(word))
  );
}

/** So many of one length, without blanks, are no words, though their letters are small. */
function areTokens(filled: readonly string[]): boolean {
  return (
    filled.length >= ENOUGH_ROWS &&
    commonShape(filled) !== undefined &&
    !filled.some((cell) => /\s/.test(cell))
  );
}

function isWord(word: string): boolean {
  return /^\p{L}*$|^\p{N}{1,4}$/u.test(word) || word.length < 3;
}

/** Letters and a number that is counted up, as orders are numbered: `INV-0042`. */
function isCounted(filled: readonly string[]): boolean {
  const pattern = /^[A-Za-z]{1,24}[-_#/ ]?\d+$/;
  return isInOrder(
    filled.filter((cell) => pattern.test(cell)).map((cell) => cell.replace(/^\D+/, '')),
    /^\d+$/,
    filled.length,
  );
}

/** Whether nearly all are numbers, and nearly each is larger (or smaller) than the one before. */
function isInOrder(cells: readonly string[], pattern: RegExp, of = cells.length): boolean {
  const numbers = cells.filter((cell) => pattern.test(cell) && cell.length <= 30).map(BigInt);
  if (numbers.length < 2 || !isNearlyAll(numbers.length, of)) return false;
  const steps = numbers.slice(1).map((number, index) => number - (numbers[index] ?? 0n));
  const up = steps.filter((step) => step > 0n).length;
  const down = steps.filter((step) => step < 0n).length;
  if (!isNearlyAll(Math.max(up, down), steps.length)) return false;
  if (numbers.length >= ENOUGH_ROWS) return true;
  // A few numbers stand in order by chance, but not close together.
  const span = steps.reduce((sum, step) => sum + step, 0n);
  return (
    (span < 0n ? -span : span) <= WIDEST_STEP * BigInt(steps.length) && (numbers.length > 2 || isShort(cells))
  );
}

function isShort(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.length <= 6);
}
