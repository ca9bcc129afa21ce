import { KeywrightError } from '../../../core/errors.js';
import { shownPath } from '../../files/file-error.js';
import { isNearlyAll, judgedText, shapeOf } from './column-evidence.js';
import { isWordlike, symbolCount } from './heading.js';
import { saysNoKey } from './key-cell.js';
import { isNote, KeyInLine } from './key-in-line.js';
import { namesKey } from './key-names.js';
import { type LineExtra, lineForm, lineForms } from './line-form.js';
import { patternOf, UsualLine } from './usual-line.js';

/** What is told of lists whose lines hold more than a key each, and how to get at the keys. */
const TOLD: Readonly<Record<LineExtra, string>> = {
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
};

/** What is wrong with a single line that holds a key and more. */
export const MORE_THAN_KEY = 'holds more than a key: leave the key alone on it';

/** A line that is unlike the others: `more` holds a key as well, `none` does not. */
export type OtherLine = 'more' | 'none';

/** Keys of fewer letters and digits are not told from words. */
const FEWEST_SYMBOLS = 6;
/** Of so many of the lines a shape may be that of the keys, and the others hold more. */
const SHARE_OF_KEYS = 0.25;
/** What a list ends with, alone on a line: a word for its end, or how many keys it holds. */
const TOTALS = /^(?:totals?|sum|summe|gesamt|somme|suma|count|end|ende|fin|eof|\d{1,6})[.:]?$/i;

/** What the lines of a list look like that are keys alone, by its first thousand rows. */
export interface LineLook {
  /** The shape of nearly all, when they share one. */
  readonly shape: string | undefined;
  /** One of that shape. */
  readonly sample: string;
  /** How many letters and digits it has. */
  readonly symbols: number;
  /** Whether words that stand alone are none of the keys. */
  readonly refusesWords: boolean;
  /** Its bytes, as `patternOf` tells them. */
  readonly pattern: Uint8Array | undefined;
  /** One that is a key because the user says so. */
  readonly given: string | undefined;
  /** Whether a key is of the format that is asked for, where the rest does not tell. */
  readonly fits: ((key: string) => boolean) | undefined;
}

/** Whether a line is a known word for something that is no key. */
function saysOther(line: string): boolean {
  return TOTALS.test(line) || namesKey(line) || isNote(line);
}

/** The look of `lines`, all of them keys alone. */
function lookOf(
  lines: readonly string[],
  fits: ((key: string) => boolean) | undefined,
  given: string | undefined,
): LineLook {
  const [shape, alike] = usualShape(lines);
  const [first = ''] = alike;
  const symbols = symbolCount(first);
  const areWords = 2 * alike.filter(isWordlike).length >= alike.length || symbols < FEWEST_SYMBOLS;
  const others = lines.filter((line) => shapeOf(line) !== shape && isWordlike(line)).length;
  const look = {
    shape,
    sample: first,
    symbols,
    refusesWords: shape !== undefined && !areWords && isFew(others, lines.length),
    pattern: shape === undefined ? undefined : patternOf(new TextEncoder().encode(first)),
    given,
    fits: undefined,
  };
  const alone = new LineShape(look);
  const needsFormat = lines.some((line) => fits?.(line) === true && alone.otherText(line) !== undefined);
  return needsFormat ? { ...look, fits } : look;
}

/** Tells lines that are no keys, as a line of totals at the end of a list. */
export class LineShape {
  readonly look: LineLook;
  readonly #key: KeyInLine | undefined;
  readonly #usual: UsualLine;

  constructor(look: LineLook) {
    this.look = look;
    this.#usual = new UsualLine(look.pattern, undefined);
    this.#key =
      look.shape === undefined || look.symbols < FEWEST_SYMBOLS
        ? undefined
        : new KeyInLine(look.shape, look.sample);
  }

  /** What the text `bytes[from, to)` is when it is none of the keys; undefined for nearly all. */
  other(bytes: Uint8Array, from: number, to: number): OtherLine | undefined {
    return this.#usual.holds(bytes, from, to)
      ? undefined
      : this.otherText(new TextDecoder().decode(bytes.slice(from, to)));
  }

  /** As {@link other}. */
  otherText(line: string): OtherLine | undefined {
    const text = judgedText(line);
    if (line === this.look.given || shapeOf(text) === this.look.shape || this.look.fits?.(line) === true)
      return undefined;
    if (lineForm(text) !== undefined) return this.#holdsKey(text) ? 'more' : 'none';
    if (this.#key?.holdsMore(text) === true) return 'more';
    return this.look.refusesWords && this.#isNoKey(text) ? 'none' : undefined;
  }

  #isNoKey(text: string): boolean {
    if (saysOther(text)) return true;
    const count = symbolCount(text);
    if (count < FEWEST_SYMBOLS && 2 * count <= this.look.symbols) return true;
    // With as many symbols as the keys it may be one in another spelling.
    return isWordlike(text) && count !== this.look.symbols;
  }

  #holdsKey(text: string): boolean {
    if (this.#key?.isIn(text) === true) return true;
    const parts = text.split(/(?:[\s=:#,;%()[\]<>"'`|*+\\]|\/\/)+/);
    return parts.some((part) =>
      this.look.shape === undefined
        ? /\p{N}/u.test(part) && part.length >= 6
        : shapeOf(part) === this.look.shape || this.look.fits?.(part) === true,
    );
  }
}

/**
 * Judges the lines of a list, or the cells of the column with its keys, from the first on.
 *
 * @param firstLine a `key` because the user says so, one of the `others`, or a heading in `doubt`: who judges that decides about it
 * @throws {KeywrightError} `unclear_list`: nearly all, or many, hold more than a key.
 */
export function judgeLines(
  path: string,
  lines: readonly string[],
  fits: ((key: string) => boolean) | undefined,
  firstLine: 'key' | 'others' | 'doubt',
): LineShape {
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
  if (!isFew(others.length, judged.length)) throw unclearLines(path, others);
  const keys = judged.filter((line, at) => at >= first && forms[at] === undefined && !saysOther(line));
  return new LineShape(lookOf(keys, fits, firstLine === 'key' ? judged[0] : undefined));
}

/** The shapes that many of the lines have, to find them in others. */
function keysInLines(lines: readonly string[]): readonly KeyInLine[] {
  return linesByShape(lines).flatMap(([shape, [first = '', ...others]]) =>
    symbolCount(first) < FEWEST_SYMBOLS || 1 + others.length < SHARE_OF_KEYS * lines.length
      ? []
      : new KeyInLine(shape, first),
  );
}

/** Whether so many of `all` are none of them, or no more than one of several, or the few that 95 % leave. */
function isFew(count: number, all: number): boolean {
  return count === 0 || (count === 1 && all > 2) || isNearlyAll(all - count, all);
}

/** The shape that nearly all lines share, or all but one, and those that have it. */
function usualShape(lines: readonly string[]): readonly [string | undefined, readonly string[]] {
  const [shape, alike] = linesByShape(lines).reduce<readonly [string, readonly string[]]>(
    (most, each) => (each[1].length > most[1].length ? each : most),
    ['', []],
  );
  return isFew(lines.length - alike.length, lines.length) ? [shape, alike] : [undefined, []];
}

function linesByShape(lines: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  const byShape = new Map<string, string[]>();
  for (const line of lines) {
    const shape = shapeOf(line);
    const alike = byShape.get(shape);
    if (alike === undefined) byShape.set(shape, [line]);
    else alike.push(line);
  }
  return [...byShape];
}

function unclearLines(path: string, forms: readonly LineExtra[]): KeywrightError<'unclear_list'> {
  const counts = new Map<LineExtra, number>();
  for (const form of forms) counts.set(form, (counts.get(form) ?? 0) + 1);
  const [form] = [...counts].reduce<readonly [LineExtra, number]>(
    (most, each) => (each[1] > most[1] ? each : most),
    ['noted', 0],
  );
  return new KeywrightError(
    'unclear_list',
    `${shownPath(path)}: ${TOLD[form]}, or name column 1 to take whole lines`,
    { path, asks: 'lines', option: 'column' },
  );
}
