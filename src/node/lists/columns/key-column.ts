import { isKeywrightError, KeywrightError } from '../../../core/errors.js';
import { shownPath, shownText } from '../../files/file-error.js';
import { beginningOf } from '../../files/key-beginning.js';
import type { ColumnEvidence } from './column-evidence.js';
import { namesKey, namesOther, namesSomeKey, plainName } from './key-names.js';

const SHOWN_COLUMNS = 20;

/** A column that was chosen, counted from 0, and by what: its name, its cells, both, or because there is no other. */
export interface ChosenColumn {
  readonly at: number;
  readonly by: 'option' | 'name' | 'cells' | 'both' | 'alone';
}

/** The columns of a list: what they are called, where they are, and what their cells look like. */
export interface Columns {
  readonly path: string;
  readonly names: readonly string[] | undefined;
  readonly evidence: readonly ColumnEvidence[];
  /** Members of JSON, which are named and not counted. Default: columns. */
  readonly areMembers?: boolean | undefined;
}

/**
 * Which of `names` `column` means: as it is written, else ignoring case, accents, blanks and marks, else by its number, from 1.
 *
 * @returns its index, or -1
 * @throws {KeywrightError} `unclear_list` when two columns have the name.
 */
export function columnNamed(path: string, names: readonly string[], column: string): number {
  const exact = names.flatMap((name, at) => (name.trim() === column.trim() ? at : []));
  const plain = plainName(column);
  const alike = names.flatMap((name, at) => (plain !== '' && plainName(name) === plain ? at : []));
  const found = exact.length > 0 ? exact : alike;
  if (found.length > 1) throw twoOfOneName(path, names, found);
  return found[0] ?? columnNumbered(column, names.length);
}

/** The column that is given by its number, counted from 0; -1 for none. */
export function columnNumbered(column: string, width: number): number {
  const number = /^[1-9]\d{0,4}$/.test(column.trim()) ? Number(column) : 0;
  return number >= 1 && number <= width ? number - 1 : -1;
}

/**
 * The column with the keys, by its name and its cells: the one that both favour, or one alone where the other does not
 * speak against it.
 *
 * @throws {KeywrightError} `unclear_list` with the candidates.
 */
export function chooseColumn(columns: Columns): ChosenColumn {
  const { path, names, evidence } = columns;
  if (evidence.length === 1) return { at: 0, by: 'alone' };
  const indexes = [...evidence.keys()];
  const named = indexes.filter((at) => namesKey(names?.[at] ?? ''));
  const clear = indexes.filter((at) => evidence[at]?.verdict === 'clear');
  const both = named.filter((at) => clear.includes(at));
  refuseRepeated(path, names, named);
  // A second key of each row, as that of an extra, is one by its cells, and by part of its name.
  const further = both.length === 0 ? [] : clear.filter((at) => namesSomeKey(names?.[at] ?? ''));
  const keys = [...new Set([...both, ...further])].toSorted((a, b) => a - b);
  if (keys.length === 1) return { at: keys[0] ?? 0, by: 'both' };
  if (keys.length > 1) throw unclearColumn(columns, keys, 'several columns may hold the key');
  const rivals = clear.filter((at) => !namesOther(names?.[at] ?? ''));
  if (named.length === 0) {
    const [only] = rivals;
    const equals = indexes.filter(
      (at) => evidence[at]?.isRival || (only !== undefined && mayLackKeys(evidence[at], evidence[only])),
    );
    if (rivals.length === 1 && clear.length === 1 && equals.length === 1)
      return { at: rivals[0] ?? 0, by: 'cells' };
    const problem = equals.length > 1 ? 'several columns may hold the key' : 'no column is plainly the key';
    throw unclearColumn(columns, equals.length > 0 ? equals : indexes, problem);
  }
  const likely = named.filter(
    (at) => evidence[at]?.verdict === 'possible' || evidence[at]?.reason === 'is empty',
  );
  if (likely.length === 1 && rivals.length === 0) return { at: likely[0] ?? 0, by: 'name' };
  const [first = 0] = named;
  const reason = evidence[first]?.reason;
  const problem =
    named.length === 1 && reason !== undefined
      ? `its column ${shownText(shortName(names?.[first] ?? ''))} ${reason}`
      : 'several columns may hold the key';
  throw unclearColumn(
    columns,
    [...named, ...rivals].toSorted((a, b) => a - b),
    problem,
  );
}

/** UUIDs, and addresses of network cards. */
const ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2})$/i;
const FEW_ROWS = 3;

/** Whether a column has a cell in one of two rows, and the other in both what may as well be the id of a row or a device. */
function mayLackKeys(column: ColumnEvidence | undefined, ids: ColumnEvidence | undefined): boolean {
  const [cells, others] = [column?.filled ?? [], ids?.filled ?? []];
  if (cells.length === 0 || cells.length >= others.length || others.length >= FEW_ROWS) return false;
  return others.every((other) => ID.test(other));
}

/** An `unclear_list` error about columns, with the first group of a key of each. */
export function unclearColumn(
  { path, names, evidence, areMembers = false }: Columns,
  candidates: readonly number[],
  problem: string,
): KeywrightError<'unclear_list'> {
  const shown = candidates.slice(0, SHOWN_COLUMNS).map((at) => {
    const name = names === undefined ? '' : ` ${shownName(names[at] ?? '')}`;
    const cell = evidence[at]?.filled[0];
    const label = areMembers ? name.trim() : `${at + 1}${name}`;
    return `${label}${cell === undefined ? '' : ` as ${beginningOf(cell)}`}`;
  });
  const more = candidates.length > SHOWN_COLUMNS ? ', …' : '';
  return new KeywrightError(
    'unclear_list',
    `${shownPath(path)}: ${problem} (${shown.join(', ')}${more}): name the one that does${areMembers ? '' : ', or its number'}`,
    { path, asks: 'column', option: 'column' },
  );
}

/** An `unclear_list` error about the first row: whether it is a heading. */
export function unclearHeading(path: string, first: string): KeywrightError<'unclear_list'> {
  const begins = first === '' ? '' : ` (it begins ${beginningOf(first)})`;
  return new KeywrightError(
    'unclear_list',
    `${shownPath(path)}: the first row${begins} is not like those below it: say whether it is a heading`,
    { path, asks: 'heading', option: 'headerRow' },
  );
}

/** An `unclear_list` error about a column that is named by what seems to be its first key. */
export function namedByKey(path: string): KeywrightError<'unclear_list'> {
  const message = `${shownPath(path)}: the column is named by a cell that looks like its keys: give its number, or say that the first row is a heading`;
  return new KeywrightError('unclear_list', message, { path, asks: 'heading', option: 'headerRow' });
}

/** An `unknown_column` error that lists the columns found, except names that may well be keys of a list without a header. */
export function unknownColumn(
  path: string,
  names: readonly string[],
  column: string,
): KeywrightError<'unknown_column'> {
  const columns = names.slice(0, SHOWN_COLUMNS).map(shownName);
  const found = columns.join(', ') + (names.length > SHOWN_COLUMNS ? ', …' : '');
  // As exports for spreadsheets in Windows-1252 have umlauts.
  const isBroken = names.some((name) => name.includes('\ufffd'));
  const mend = isBroken
    ? 'it is not valid UTF-8, save it as UTF-8 text'
    : 'name one of its columns, or its number';
  return new KeywrightError(
    'unknown_column',
    `${shownPath(path)} has no column ${shownText(column)} (found: ${found}): ${mend}`,
    { path, columns, option: 'column' },
  );
}

/** What {@link columnNamed} or {@link unknownColumn} says of a column that is named by another option; other errors as they are. */
export function columnErrorOf(error: unknown, option: string): unknown {
  const options = { cause: error };
  if (isKeywrightError(error, 'unknown_column'))
    return new KeywrightError('unknown_column', error.message, { ...error.details, option }, options);
  if (isKeywrightError(error, 'unclear_list') && error.details.asks === 'column')
    return new KeywrightError('unclear_list', error.message, { ...error.details, option }, options);
  return error;
}

/** {@link columnNamed} of a column that must be there and is named by that option. @throws {KeywrightError} also `unknown_column` */
export function columnOfOption(
  path: string,
  names: readonly string[],
  column: string,
  option: string,
): number {
  try {
    const at = columnNamed(path, names, column);
    if (at >= 0) return at;
    throw unknownColumn(path, names, column);
  } catch (error) {
    throw columnErrorOf(error, option);
  }
}

function refuseRepeated(path: string, names: readonly string[] | undefined, named: readonly number[]): void {
  for (const at of named) {
    const same = named.filter((other) => plainName(names?.[other] ?? '') === plainName(names?.[at] ?? ''));
    if (same.length > 1) throw twoOfOneName(path, names ?? [], same);
  }
}

function twoOfOneName(
  path: string,
  names: readonly string[],
  found: readonly number[],
): KeywrightError<'unclear_list'> {
  const numbers = found.map((at) => at + 1).join(' and ');
  const message = `${shownPath(path)} has two columns ${shownName(names[found[0] ?? 0] ?? '')}: give the number of the right one (${numbers})`;
  return new KeywrightError('unclear_list', message, { path, asks: 'column', option: 'column' });
}

function shownName(name: string): string {
  return mayBeKey(name) ? '(hidden: may be a key)' : shownText(shortName(name));
}

function shortName(name: string): string {
  return name.trim().slice(0, 40);
}

// A list without a header shows its first row here, and no message may hold a key.
function mayBeKey(name: string): boolean {
  if (namesKey(name) || namesOther(name)) return false;
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const length = words.join('').length;
  if (length < 8) return false;
  if (name.length > 40 || words.some((word) => word.length >= 4 && /\p{N}/u.test(word))) return true;
  if (/\p{Ll}/u.test(name)) return false;
  return length >= 12 || (words.length > 1 && words.every((word) => word.length === words[0]?.length));
}
