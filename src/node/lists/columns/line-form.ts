import { commonShape, isLink, isMail, isNearlyAll, isTime, shapeOf } from './column-evidence.js';
import { endsInNote } from './key-in-line.js';
import { namesKey } from './key-names.js';

/** What a line holds beside a key, or instead of one. */
export type LineExtra =
  | 'numbered'
  | 'listed'
  | 'labelled'
  | 'several'
  | 'written'
  | 'wrapped'
  | 'formula'
  | 'noted'
  | 'link'
  | 'mail'
  | 'time';

const NUMBERED = [
  /^[([#]?\d{1,9}[.):\]]+\s+\S/,
  /^[([]?(?:\d{1,9}|\p{L})[)\]]\s*\S/u,
  /^(?:#|no\.? ?|nr\.? ?|n[°º] ?)\d{1,9}[.):]*\s+\S/i,
];
const LISTED = /^(?:[-*+•·–—>→◦▪‣✓✔☐☑]+|\[[ xX]?\])\s+\S|^(?:[*+•·→◦▪‣✓✔☐☑#;%`$&!~>@]|\/\/)/u;
/** `\n` as two characters, as it stands in a text that a program has printed. */
const WRITTEN_END = /\S\\(?:r\\n|[nrt])(?!\p{Ll})/u;
const WRAPPED = /^(?:(`+|\*+|~+)[^`*~].*\1|[“”„«»‘’‚].*[“”„«»‘’])$/u;
/** `=T("AAAA-BBBB")`, `="AAAA"&"BBBB"`, `='AAAA-BBBB'`. */
const FORMULA = /^=(?:[\p{L}][\p{L}\p{N}.]*\(|["'])/u;
const ASSIGNED = /^[^=\s][^=]*=>?\s*[^=\s>]/;
const NOTE_WITHOUT_BLANK =
  /(?:#|\/\/)\p{Ll}{2,}|[\p{L}\p{N}][([]\p{L}.*[)\]]$|::|->|→|[\p{L}\p{N}][*✓✔!?\\~^&%§$]+$|[\p{L}\p{N}][>|]+[\p{L}\p{N}]|@\p{Ll}|\.(?:txt|csv|lic)$|<\/?\w+ ?\/?>/u;
/** As programs write a number that they took a key for. */
const DECIMAL = /^\d{4,}\.0+$/;
/** A link without its beginning: `shop.example/redeem/AAAA`. */
const LINK_ALONE = /^(?:[a-z0-9-]+\.)+[a-z]{2,}\/\S/;
/** What stands behind the number of a line. */
const BEHIND_NUMBER = /[.:_~^=>#*+]/;
const COUNTED = new RegExp(`^0*(\\d{1,9})(?:${BEHIND_NUMBER.source}+\\s*\\S|$)`);
/** Of fewer lines it is not seen whether a word beside a key comes again. */
const FEWEST_NOTED = 4;
/** No group of a key is as long. */
const LONG_GROUP = 10;

/** ASCII letters and digits in groups: of all the signs below it can only be a date or end in a note. */
const GROUPS = /^[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*$/;

/** What a line holds that is no key alone; undefined for one that may be a key. */
export function lineForm(text: string): LineExtra | undefined {
  return GROUPS.test(text) ? formOfGroups(text) : formOfAny(text);
}

function formOfGroups(line: string): LineExtra | undefined {
  if (/(?:19|20)\d\d/.test(line) && isTime(line)) return 'time';
  return endsInNote(line) ? 'noted' : undefined;
}

function formOfAny(text: string): LineExtra | undefined {
  // What cannot be seen is no sign; PEM, and what no key holds, is refused by who reads it.
  const line = text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim();
  if (/^-{2,5} ?BEGIN |[\u2028\u2029]/.test(line)) return undefined;
  if (isMail(line)) return 'mail';
  if (isLink(line) || LINK_ALONE.test(line)) return 'link';
  // As `grep -n` prints lines.
  if (/^\S+\.\p{Ll}{1,5}:\d+:\S/u.test(line)) return 'labelled';
  if (/(?:19|20)\d\d/.test(line) && isTime(line)) return 'time';
  if (DECIMAL.test(line)) return 'noted';
  if (FORMULA.test(line)) return 'formula';
  if (WRITTEN_END.test(line)) return 'written';
  if (NUMBERED.some((pattern) => pattern.test(line))) return 'numbered';
  if (WRAPPED.test(line)) return 'wrapped';
  if (LISTED.test(line)) return 'listed';
  const isGrouped = isKeyInGroups(line);
  if (ASSIGNED.test(line) || isLabelled(line, isGrouped))
    return /\P{L}\p{Ll}+$/u.test(line) ? 'noted' : 'labelled';
  if (isSeveral(line.split(/\s+|\s*[+&]\s*/)) || isSeveral(line.split(/\s*\/\s*/), 3)) return 'several';
  if (endsInNote(line)) return 'noted';
  if (!/\s/.test(line)) return NOTE_WITHOUT_BLANK.test(line) ? 'noted' : undefined;
  return isGrouped ? undefined : 'noted';
}

/** Of the lines those that hold more than a key, by what most of their kind share; the others are undefined. */
export function lineForms(lines: readonly string[]): readonly (LineExtra | undefined)[] {
  // The first may be a heading.
  const rest = lines.slice(1);
  if ((isCountedUp(lines) || isCountedUp(rest)) && rest.every((line) => BEHIND_NUMBER.test(line)))
    return lines.map(() => 'numbered');
  if (haveEnding(lines) || haveEnding(rest)) return lines.map(() => 'noted');
  if (areNamed(lines) || areNamed(rest)) return lines.map(() => 'labelled');
  const shape = commonShape(lines);
  // A key in groups and one with a word behind it look alike on one line, not on many.
  if (shape !== undefined && /^\d+(?: +\d+)+$/.test(shape)) {
    const isNoted = hasWordsBeside(lines.filter((line) => shapeOf(line) === shape));
    return lines.map((line) =>
      shapeOf(line) !== shape || isNoted ? (lineForm(line) ?? (isNoted ? 'noted' : undefined)) : undefined,
    );
  }
  return lines.map(lineForm);
}

/** `Key: AAAA-BBBB`, `key:AAAA`, `Key AAAA-BBBB`, `eve@shop.example:AAAA-BBBB`. */
function isLabelled(line: string, isGrouped: boolean): boolean {
  const [, label = '', rest = ''] = /^([^:#]{1,80})[:#](.+)$/.exec(line) ?? [];
  if (rest !== '' && (namesKey(label) || /@.+\./.test(label))) return true;
  if (rest.startsWith(' ') && line.includes(': ') && !isGrouped) return true;
  const [first = '', ...others] = line.split(/\s+/);
  return others.length > 0 && namesKey(first);
}

/** `eve:AAAA-BBBB`, `ada:CCCC-DDDD`: names in small letters before what looks otherwise. */
function areNamed(lines: readonly string[]): boolean {
  const names = lines.flatMap((line) => {
    const [, name, rest = ''] = /^([^:@]*\p{Ll}{2}[^:@]*):([^:]{6,})$/u.exec(line) ?? [];
    const isOther = !/\p{Ll}/u.test(rest) || /[-_. ]/.test(rest) || rest.length > LONG_GROUP;
    return name !== undefined && isOther ? name : [];
  });
  return isNearlyAll(names.length, lines.length) && new Set(names).size > 1;
}

/** Groups with one and the same separator, which are those of one key: none of them a word beside others that are none. */
function isKeyInGroups(line: string): boolean {
  const separators = line.match(/[^\p{L}\p{N}]+/gu)?.map((each) => each.replace(/\p{Pd}/gu, '-')) ?? [];
  const groups = line.split(/[^\p{L}\p{N}]+/u);
  if (groups.includes('') || separators.some((each) => each !== separators[0])) return false;
  if (!/^(?:\s+|\s*[-_./:]\s*)$/.test(separators[0] ?? '')) return false;
  if (/\s/.test(line) && groups.some(({ length }) => length >= LONG_GROUP)) return false;
  const hasCapitals = groups.some((group) => /\p{Lu}./u.test(group) && !isWord(group));
  if (groups.some(isWord) && hasCapitals) return false;
  if (groups.every(({ length }) => length === groups[0]?.length)) return true;
  return groups.every((group) => !/\p{Ll}/u.test(group) || /\p{N}/u.test(group));
}

function isWord(group: string): boolean {
  return /^\p{Lu}?\p{Ll}+$/u.test(group);
}

/** Parts of one shape that are keys themselves: in groups, or longer than a group is. */
function isSeveral(parts: readonly string[], least = 2): boolean {
  const [first = ''] = parts;
  if (parts.length < least || parts.some((part) => shapeOf(part) !== shapeOf(first))) return false;
  return first.length >= LONG_GROUP || /[\p{L}\p{N}][^\p{L}\p{N}]+[\p{L}\p{N}]/u.test(first);
}

/** `1.AAAA`, `2.BBBB`, or `1`, `2` alone: numbers that go up by one from the first line on. */
function isCountedUp(lines: readonly string[]): boolean {
  const numbers = lines.map((line) => COUNTED.exec(line)?.[1]);
  if (lines.length < 2 || !isNearlyAll(numbers.filter((each) => each !== undefined).length, lines.length))
    return false;
  const steps = numbers.slice(1).filter((each, at) => Number(each) - Number(numbers[at]) === 1);
  return isNearlyAll(steps.length, lines.length - 1);
}

/** `AAAA-BBBB:1`, `CCCC-DDDD:1`, or `/1`, `/2`: behind a colon or a slash all have the same, or numbers that go up by one. */
function haveEnding(lines: readonly string[]): boolean {
  const endings = lines.map(
    (line) => /[\p{L}\p{N}][-_][\p{L}\p{N}]+[:/]([\p{L}\p{N}]+)$/u.exec(line)?.[1] ?? '',
  );
  if (lines.length <= 2 || endings.includes('')) return false;
  return new Set(endings).size === 1 || isCountedUp(endings);
}

/**
 * Whether of keys in groups one is a key by itself, beside numbers in order, beside words in small letters, or beside one of a few words
 * as `SOLD` and `FREE`.
 */
function hasWordsBeside(lines: readonly string[]): boolean {
  const rows = lines.map((line) => line.split(/ +/));
  const columns = (rows[0] ?? []).map((_, at) => rows.map((row) => row[at] ?? ''));
  if (columns.some(([group = '']) => group.length >= LONG_GROUP)) return true;
  const share = (column: readonly string[], pattern: RegExp) =>
    isNearlyAll(column.filter((group) => pattern.test(group)).length, column.length);
  return columns.some((column, at) => {
    const others = columns.filter((_, other) => other !== at);
    if (isCountedUp(column) && !others.every((other) => share(other, /^\p{N}+$/u))) return true;
    if (share(column, /^\p{Lu}?\p{Ll}+$/u) && others.some((other) => share(other, /\p{Lu}{2}|\p{N}\p{Lu}/u)))
      return true;
    const values = new Set(column).size;
    if (!share(column, /^\p{L}+$/u)) return false;
    const isStatus = values > 1 && 2 * values <= column.length;
    // One word for all, or too few lines to see one again, beside what is longer.
    const isNote =
      columns.length === 2 &&
      (values === 1 || lines.length < FEWEST_NOTED) &&
      lines.length > 1 &&
      others.every(([group = '']) => group.length >= 2 * (column[0] ?? '').length);
    return (isStatus || isNote) && others.some((other) => share(other, /\p{N}/u));
  });
}
