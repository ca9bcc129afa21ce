import { KeywrightError } from '../../core/errors.js';
import { shownPath, shownText } from '../files/file-error.js';

const KEY_NAMES = ['key', 'licensekey', 'license', 'serial', 'serialnumber', 'code', 'couponcode'];
const SHOWN_COLUMNS = 20;

/**
 * Which of `names` is the key's column: `column` when given (first as it is written, then ignoring case,
 * blanks, `_` and `-`), else the first of key, license key, license, serial, serial number, code, coupon
 * code that is there.
 *
 * @returns its index, or -1
 */
export function keyColumn(names: readonly string[], column: string | undefined): number {
  if (column === undefined) {
    const plain = names.map(plainName);
    for (const name of KEY_NAMES) if (plain.includes(name)) return plain.indexOf(name);
    return -1;
  }
  const exact = names.findIndex((name) => name.trim() === column.trim());
  return exact >= 0 ? exact : names.findIndex((name) => plainName(name) === plainName(column));
}

/** An `unknown_column` error that lists the columns found, except names that may well be keys of a list without a header. */
export function unknownColumn(
  path: string,
  names: readonly string[],
  column: string | undefined,
): KeywrightError<'unknown_column'> {
  const columns = names
    .slice(0, SHOWN_COLUMNS)
    .map((name) => (mayBeKey(name) ? '(hidden: may be a key)' : name.trim()));
  const found = columns.map(shownText).join(', ') + (names.length > SHOWN_COLUMNS ? ', …' : '');
  const problem =
    column === undefined ? 'has no column that is plainly the key' : `has no column ${shownText(column)}`;
  return new KeywrightError(
    'unknown_column',
    `${shownPath(path)} ${problem} (found: ${found}): name one of its columns`,
    { path, columns, option: 'column' },
  );
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}

// A list without a header shows its first row here, and no message may hold a key.
function mayBeKey(name: string): boolean {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const length = words.join('').length;
  if (length < 8) return false;
  if (name.length > 40 || words.some((word) => word.length >= 4 && /\p{N}/u.test(word))) return true;
  if (/\p{Ll}/u.test(name)) return false;
  return length >= 12 || (words.length > 1 && words.every((word) => word.length === words[0]?.length));
}
