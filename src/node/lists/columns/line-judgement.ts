import { KeywrightError } from '../../../core/errors.js';
import { shownPath, shownText } from '../../files/file-error.js';
import { groupsOf, judgedText, shapeOf } from './column-evidence.js';
import { hasOwnTitle } from './heading-sign.js';
import { saysNoKey } from './key-cell.js';
import { KeyInLine } from './key-in-line.js';
import { type LineExtra, lineForms } from './line-form.js';
import {
  areNoWords,
  ENOUGH_ALIKE,
  FEWEST_SYMBOLS,
  isFew,
  isOfLetters,
  LineShape,
  likelyKeys,
  linesByShape,
  lookOf,
  saysOther,
} from './line-shape.js';
import { holdsOddAmongKinds, mayBeKey, mayBeTitle } from './odd-line.js';
import { isStatus } from './status-word.js';
import { oddsOfWord } from './word-odds.js';
import { BY_CHANCE, isWordlike, symbolCount } from './words.js';

/** What is told of lists whose lines hold more than a key each, or words, and how to get at the keys. */
const TOLD: Readonly<Record<LineExtra | 'word', string>> = {
  numbered: `its lines are numbered: take the numbers off, as sed -E 's/^[^0-9]*[0-9]+[^A-Za-z0-9]+//' does`,
  listed: `its lines begin with list marks: take the marks off, as sed -E 's/^([^A-Za-z0-9]|x])+//' does`,
  labelled: `its lines say what they hold before they hold it: take that off, as sed -E 's/^.*[:=] *//' does`,
  several: `its lines hold several keys: put one on each line, as tr -s ' ' '\\n' does where blanks part them`,
  written: `its line ends are written out as \\n: make real ones of them, as printf '%b\\n' does`,
  wrapped: 'its lines hold keys between quotation or other marks: take the marks off',
  formula: 'its cells are formulas: save what they show, as text',
  noted: 'its lines hold more than a key, or none: leave keys alone, one on each line',
  link: 'its lines are links: leave the keys alone, one on each line',
  mail: 'its lines hold mail addresses: leave the keys alone, one on each line',
  time: 'its lines are dates: name a list of license keys',
  word: 'some of its lines are words that may be no keys: take those that are none out',
};

/** Of so many of the lines a shape may be that of the keys, and the others hold more. */
const SHARE_OF_KEYS = 0.25;
const FEWEST_OF_WORDS = 4;
/** Of keys of several shapes so many share each. */
const FEWEST_OF_SEVERAL = 3;
/** Letters as few are a word. */
const SHORT_WORD = 6;

/** How the lines of a list are judged. */
export interface LineChoices {
  /** Whether a key is of the format that is asked for. */
  readonly fits: ((key: string) => boolean) | undefined;
  /** The first line: a `key` because the user says so, one of the `others`, or a heading in `doubt`: who judges that decides about it. */
  readonly firstLine: 'key' | 'others' | 'doubt';
  /** What names the column that they are, so that whole lines are keys. */
  readonly column: string;
}

/**
 * Judges the lines of a list, or the cells of the column with its keys, from the first on.
 *
 * @throws {KeywrightError} `unclear_list`: nearly all, or many, hold more than a key; some are words that may be none.
 */
export function judgeLines(path: string, lines: readonly string[], choices: LineChoices): LineShape {
  const { fits, firstLine, column } = choices;
  const judged = lines.filter((line) => !saysNoKey(line)).map(judgedText);
  const fitting = (line: string) => fits?.(line) === true;
  const told = lineForms(judged);
  const keysIn = keysInLines(judged.filter((_, at) => told[at] === undefined));
  const forms = told.map((form, at) => {
    const line = judged[at] ?? '';
    if (fitting(line)) return undefined;
    return form ?? (keysIn.some((key) => key.holdsMore(line)) ? 'noted' : undefined);
  });
  const first = firstLine === 'doubt' && judged.length > 1 ? 1 : 0;
  const others = forms.slice(first).filter((form) => form !== undefined);
  if (!isFew(others.length, judged.length)) throw unclearLines(path, others, column);
  const alone = judged.filter((_, at) => forms[at] === undefined);
  const below = first === 0 || forms[0] !== undefined ? alone : alone.slice(1);
  // A word that is repeated is one word, and above one alone the first line is no heading.
  const distinct = new Set(below);
  const isAlone = distinct.size === 1 && isPlainKey(alone[0] ?? '');
  const isKey = isAlone || (first === 1 && isLikeOneOfTwo(alone[0] ?? '', distinct));
  const likely = likelyKeys([...(isKey ? new Set(alone) : distinct)]);
  const keys = likely.length > 0 ? likely : likelyKeys(alone);
  const shape = new LineShape(lookOf(keys, fits, firstLine === 'key' ? judged[0] : undefined));
  const given = firstLine === 'key' ? 1 : 0;
  // What no key holds is told with its place.
  if ((judged.length === 1 && firstLine !== 'others') || judged.some((line) => /\p{Cc}/u.test(line)))
    return shape;
  if (
    holdsWords(
      // Lists that were put behind each other repeat their heading.
      below.slice(given).filter((line) => !fitting(line) && (first === 0 || line !== judged[0])),
      keys,
      shape,
      fits === undefined && firstLine !== 'others',
    )
  ) {
    throw unclearLines(path, ['word'], column);
  }
  return shape;
}

/** Whether the first line has the shape of one of two below it, which share none: it is no heading. */
function isLikeOneOfTwo(line: string, below: ReadonlySet<string>): boolean {
  const shapes = new Set([...below].map(shapeOf));
  return below.size === 2 && shapes.size === 2 && shapes.has(shapeOf(line)) && !below.has(line);
}

/**
 * Whether there are words among the lines of which it cannot be told that they are no keys, and not that they are. `areAlone`: no
 * format and no other column says so.
 */
function holdsWords(
  lines: readonly string[],
  keys: readonly string[],
  shape: LineShape,
  areAlone: boolean,
): boolean {
  const { look } = shape;
  if (keys.length === 0) return lines.some(isStatus);
  if (look.shape === undefined) return areMixed(lines, keys) || (areAlone && holdsOddAmongKinds(keys));
  if (areWordsBesideKey(keys, shape)) return true;
  const alike = keys.filter((key) => shapeOf(key) === look.shape);
  const isDoubtful = (line: string) => {
    if (shapeOf(line) !== look.shape) {
      if (shape.otherText(line) !== undefined ? mayBeKey(line) : isTitle(line, alike)) return true;
      if (areAlone && shape.otherText(line) === undefined && mayBeTitle(line, alike)) return true;
    }
    if (saysNothing(line)) return isDoubtfulStatus(line, keys, shape);
    if (saysOther(line) || !isWord(line)) return false;
    if (groupsOf(line) === groupsOf(look.sample))
      return isAloneSmall(line, keys) && oddsOfWord(line, 0) < BY_CHANCE;
    if (!look.isNoWord) return false;
    // What is spelled as a word is told, unless it has as many letters as a key.
    return !look.refusesWords || !isWordlike(line) || symbolCount(line) === look.symbols;
  };
  return look.symbols >= FEWEST_OF_WORDS && lines.some(isDoubtful);
}

/** Whether words share a shape by chance, and what is plainly a key has another: `Spring`, `Summer`, `ABCD2-EFGH3`. */
function areWordsBesideKey(keys: readonly string[], { look }: LineShape): boolean {
  const [alike, others] = [
    keys.filter((key) => shapeOf(key) === look.shape),
    keys.filter((key) => shapeOf(key) !== look.shape),
  ];
  return alike.every(isWord) && others.some(isPlainKey);
}

/** Whether it says what keys stand below it, and there are enough of them to tell. */
function isTitle(line: string, keys: readonly string[]): boolean {
  return keys.length >= ENOUGH_ALIKE && hasOwnTitle(line, keys);
}

/** Letters as they stand in words. */
function isWord(line: string): boolean {
  return (
    isOfLetters(line) &&
    (symbolCount(line) <= SHORT_WORD || isWordlike(line) || oddsOfWord(line, 0) < BY_CHANCE)
  );
}

/** Whether a text is none of the keys that are like `key`, or another spelling: a word, or short. */
function isUnlike(text: string, key: string): boolean {
  if (isShort(text, key)) return true;
  return symbolCount(text) === symbolCount(key)
    ? isOfLetters(text) && oddsOfWord(text, 0) < BY_CHANCE
    : isWord(text);
}

/** Whether a text has half as many symbols as a key, and few; of digits alone it may have lost some. */
function isShort(line: string, key: string): boolean {
  const [count, symbols] = [symbolCount(line), symbolCount(key)];
  if (symbols < FEWEST_SYMBOLS || /^\d+$/.test(line + key)) return false;
  return count <= FEWEST_OF_WORDS && 2 * count <= symbols;
}

/** Digits, or groups, and as many symbols as keys have. */
function isPlainKey(line: string): boolean {
  return areNoWords([line]) && symbolCount(line) >= FEWEST_SYMBOLS && !saysOther(line);
}

/** Whether it is the only one of several in small letters. */
function isAloneSmall(line: string, keys: readonly string[]): boolean {
  return isSmall(line) && keys.length > 1 && keys.filter(isSmall).length === 1;
}

function isSmall(line: string): boolean {
  return /\p{Ll}/u.test(line);
}

/** A word such as `pending`, marks alone, or a single letter or digit. */
function saysNothing(line: string): boolean {
  return isStatus(line) || symbolCount(line) < 2;
}

/** Whether it is not told from the keys, which are no words: it is one of them by chance, or none. */
function isDoubtfulStatus(line: string, keys: readonly string[], shape: LineShape): boolean {
  const { look } = shape;
  if (shape.otherText(line) !== undefined) return false;
  return (
    shapeOf(line) !== look.shape ||
    look.isNoWord ||
    look.symbols >= FEWEST_SYMBOLS ||
    (isSmall(line) && !keys.some(isSmall))
  );
}

/** Whether some of the lines, which share no shape, are keys, and others words. */
function areMixed(lines: readonly string[], keys: readonly string[]): boolean {
  if (lines.some((line) => saysOther(line) && /\p{L}/u.test(line)) && areNoWords(keys)) return true;
  const many = linesByShape(keys).filter(
    ([, alike]) =>
      (2 * alike.length >= keys.length ||
        (alike.length >= FEWEST_OF_SEVERAL && alike.length >= SHARE_OF_KEYS * keys.length)) &&
      symbolCount(alike[0] ?? '') >= FEWEST_OF_WORDS &&
      areNoWords(alike),
  );
  const isUnlikeAll = (key: string) =>
    many.every(
      ([shape, alike]) =>
        shapeOf(key) !== shape &&
        (isUnlike(key, alike[0] ?? '') || (isTitle(key, alike) && isTitle(key, withoutOne(keys, key)))),
    );
  return many.length > 0 && keys.some(isUnlikeAll);
}

function withoutOne(keys: readonly string[], key: string): readonly string[] {
  return keys.filter((other) => other !== key);
}

/** The shapes that many of the lines have, to find them in others. */
function keysInLines(lines: readonly string[]): readonly KeyInLine[] {
  return linesByShape(lines).flatMap(([shape, [first = '', ...others]]) =>
    symbolCount(first) < FEWEST_SYMBOLS || 1 + others.length < SHARE_OF_KEYS * lines.length
      ? []
      : new KeyInLine(shape, first),
  );
}

function unclearLines(
  path: string,
  forms: readonly (LineExtra | 'word')[],
  column: string,
): KeywrightError<'unclear_list'> {
  const counts = new Map<LineExtra | 'word', number>();
  for (const form of forms) counts.set(form, (counts.get(form) ?? 0) + 1);
  const [form] = [...counts].reduce<readonly [LineExtra | 'word', number]>(
    (most, each) => (each[1] > most[1] ? each : most),
    ['noted', 0],
  );
  const all = `column ${shownText(column.slice(0, 40))}`;
  return new KeywrightError(
    'unclear_list',
    `${shownPath(path)}: ${TOLD[form]}, or name ${all} to take whole lines`,
    { path, asks: 'lines', option: 'column' },
  );
}
