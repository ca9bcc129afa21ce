/** No text of more bytes says that there is no key. */
export const LONGEST_ABSENT = 7;
/** What stands where there is no key. */
const ABSENT: ReadonlySet<string> = new Set([
  '',
  '-',
  '–',
  '—',
  'null',
  '\\n',
  'n/a',
  '#n/a',
  'none',
  'nil',
  'nan',
  'na',
  'n.a.',
  '(null)',
  '(none)',
  '<null>',
  '[null]',
  // What a spreadsheet shows where a formula failed.
  '#null!',
  '#div/0!',
  '#value!',
  '#ref!',
  '#name?',
  '#num!',
  '#nv',
  '#wert!',
  '#bezug!',
  '=na()',
]);
/** The bytes such texts begin with, in either case. */
const ABSENT_STARTS: ReadonlySet<number> = new Set([
  0x23, 0x28, 0x2d, 0x3c, 0x3d, 0x5b, 0x5c, 0x4e, 0x6e, 0xe2,
]);
/** `.`, `,`, `E`, `e`: what follows the first digit of a shortened number, and a longer one than any. */
const SECOND_OF_SHORTENED: ReadonlySet<number> = new Set([0x2e, 0x2c, 0x45, 0x65]);
const LONGEST_SHORTENED = 24;
const PLUS = 0x2b;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const EQUALS = 0x3d;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * 1 for the bytes that a text may begin with that is a key as it stands, provided that it is longer than
 * {@link LONGEST_ABSENT}: nearly all do. No spelling of a spreadsheet and no PEM begins so.
 */
export const PLAIN_START: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-OQ-Za-z0-9]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** Whether a cell says that there is no key: `NULL`, `\N`, `N/A`, `-`, `none`, or nothing. */
export function saysNoKey(cell: string): boolean {
  return cell.length <= LONGEST_ABSENT && ABSENT.has(cell.toLowerCase());
}

/** What is told of a key that is a number which lost digits. */
export const LOST_DIGITS =
  'has a number for its key that lost digits or is shown with an exponent: format the column as text and enter it again';

/** Whether a cell is a number as a spreadsheet shortens it, `1.23457E+15`, `1E+15` or `12E+14`. */
export function isShortened(cell: string): boolean {
  return /^\d{1,3}(?:[.,]\d+E[+-]?\d+|E\+\d+)$/i.test(cell);
}

/** {@link isShortened} of the text `bytes[from, to)`, decided by its second byte, and the last but two, for nearly all. */
export function isShortenedAt(bytes: Uint8Array, from: number, to: number): boolean {
  if (!SECOND_OF_SHORTENED.has(bytes[from + 1] ?? 0) && bytes[to - 3] !== PLUS) return false;
  if (to - from > LONGEST_SHORTENED) return false;
  return isShortened(new TextDecoder().decode(bytes.slice(from, to)));
}

/** {@link saysNoKey} of the text `bytes[from, to)`. */
export function isAbsent(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > LONGEST_ABSENT) return false;
  if (to === from) return true;
  if (!ABSENT_STARTS.has(bytes[from] ?? 0)) return false;
  return saysNoKey(new TextDecoder().decode(bytes.slice(from, to)));
}

/**
 * A cell as a spreadsheet shows it: without the blanks around it, `="0012"` as 0012, and so `'0012`, `'0012'` and `"0012"`.
 * These spellings keep a spreadsheet from taking a text for a number.
 */
export function shownCell(cell: string): string {
  const text = trimmed(cell);
  const formula = /^="((?:[^"]|"")*)"$/.exec(text)?.[1];
  if (formula !== undefined) return trimmed(formula.replaceAll('""', '"'));
  if (/^"[^"]+"$/.test(text)) return trimmed(text.slice(1, -1));
  if (!text.startsWith("'") || text.length < 2) return text;
  return trimmed(text.endsWith("'") ? text.slice(1, -1) : text.slice(1));
}

/** Whether {@link shownCell} may alter the text that begins with `first`. */
export function mayBeWrapped(first: number | undefined): boolean {
  return first === EQUALS || first === APOSTROPHE || first === QUOTE;
}

/** {@link shownCell} of `bytes[from, to)`: where the text begins and ends; undefined when it is none of its bytes. */
export function shownSpan(
  bytes: Uint8Array,
  from: number,
  to: number,
): readonly [number, number] | undefined {
  let [start, end] = [from, to];
  if (bytes[from] === EQUALS && bytes[from + 1] === QUOTE && bytes[to - 1] === QUOTE && to - from > 2) {
    [start, end] = [from + 2, to - 1];
    for (let at = start; at < end; at++) if (bytes[at] === QUOTE) return undefined;
  } else if (bytes[from] === QUOTE && bytes[to - 1] === QUOTE && to - from > 2) {
    [start, end] = [from + 1, to - 1];
    for (let at = start; at < end; at++) if (bytes[at] === QUOTE) return undefined;
  } else if (bytes[from] === APOSTROPHE && to - from > 1) {
    start = from + 1;
    if (bytes[to - 1] === APOSTROPHE && to - 1 > start) end = to - 1;
  }
  while (start < end && isBlankByte(bytes[start])) start++;
  while (start < end && isBlankByte(bytes[end - 1])) end--;
  return [start, end];
}

function isBlankByte(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** A text without the spaces and tabs around it. A regular expression is quadratic on a cell of blanks. */
export function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlankByte(text.charCodeAt(from))) from++;
  while (from < to && isBlankByte(text.charCodeAt(to - 1))) to--;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}
