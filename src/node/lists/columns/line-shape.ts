import { isNearlyAll, judgedText, shapeOf } from './column-evidence.js';
import { KeyInLine } from './key-in-line.js';
import { namesKey } from './key-names.js';
import { lineForm } from './line-form.js';
import { isStatus } from './status-word.js';
import { patternOf, UsualLine } from './usual-line.js';
import { isToken, isWordlike, symbolCount } from './words.js';

/** What is wrong with a single line that holds a key and more. */
export const MORE_THAN_KEY = 'holds more than a key: leave the key alone on it';

/** A line that is unlike the others: `more` holds a key as well, `none` does not. */
export type OtherLine = 'more' | 'none';

/** Of keys of fewer letters and digits other texts are not told that hold digits. */
export const FEWEST_SYMBOLS = 6;
/** Of keys of fewer, or of words, so many have to share a shape before words are told from them. */
export const ENOUGH_ALIKE = 8;
const FEWEST_OF_ALL = 4;
/** What a list ends with, alone on a line: a word for its end, or how many keys it holds. */
const TOTALS = /^(?:totals?|sum|summe|gesamt|somme|suma|count|end|ende|fin|eof|\d{1,6})[.:]?$/i;
const SHORT_NUMBER = /^\d{2,6}$/;

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
  /** Whether words of letters alone are not like them: they have digits, or groups. */
  readonly isNoWord: boolean;
  /** Its bytes, as `patternOf` tells them. */
  readonly pattern: Uint8Array | undefined;
  /** One that is a key because the user says so. */
  readonly given: string | undefined;
  /** Whether a key is of the format that is asked for, where the rest does not tell. */
  readonly fits: ((key: string) => boolean) | undefined;
  /** Whether whole lines are keys, because the user has named their column: all but words such as `used`. */
  readonly areWhole: boolean;
}

/** Whether a line is a known word for something that is no key. */
export function saysOther(line: string): boolean {
  return TOTALS.test(line) || namesKey(line) || isStatus(line);
}

/** Of `lines` those that may be keys, as far as single words tell. A short number is none, unless half of them are. */
export function likelyKeys(lines: readonly string[]): readonly string[] {
  const areNumbers = 2 * lines.filter((line) => SHORT_NUMBER.test(line)).length >= lines.length;
  return lines.filter((line) =>
    SHORT_NUMBER.test(line) ? areNumbers : symbolCount(line) > 0 && !saysOther(line),
  );
}

/** The look of `lines`, all of them keys alone. */
export function lookOf(
  lines: readonly string[],
  fits: ((key: string) => boolean) | undefined,
  given: string | undefined,
): LineLook {
  const [shape, alike] = usualShape(lines);
  const [first = ''] = alike;
  const symbols = symbolCount(first);
  const isNoWord = areNoWords(alike);
  const areWords = 2 * alike.filter(isWordlike).length >= alike.length;
  const others = lines.filter((line) => shapeOf(line) !== shape && isWordlike(line)).length;
  const isTold =
    symbols >= FEWEST_SYMBOLS && !areWords
      ? isFew(others, lines.length)
      : symbols >= FEWEST_OF_ALL && alike.length >= (isNoWord ? 2 : ENOUGH_ALIKE);
  const look = {
    shape,
    sample: first,
    symbols,
    refusesWords: shape !== undefined && isTold,
    isNoWord,
    pattern: shape === undefined ? undefined : patternOf(new TextEncoder().encode(first)),
    given,
    fits: undefined,
    areWhole: false,
  };
  const alone = new LineShape(look);
  const needsFormat = lines.some((line) => fits?.(line) === true && alone.otherText(line) !== undefined);
  return needsFormat ? { ...look, fits } : look;
}

/** Whether most of the keys have a digit, or groups of one length or another: no word is like that. */
export function areNoWords(keys: readonly string[]): boolean {
  const share = keys.filter(
    (key) => /\p{N}/u.test(key) || /[\p{L}\p{N}][^\p{L}\p{N}]+[\p{L}\p{N}]/u.test(key),
  );
  return 2 * share.length >= keys.length && !(2 * keys.filter(isWordlike).length >= keys.length);
}

/** A word of letters, or several. */
export function isOfLetters(text: string): boolean {
  return /^[^\p{L}\p{N}]*\p{L}+(?:[\s_]+\p{L}+)*[^\p{L}\p{N}]*$/u.test(text) && !isToken(text);
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
    if (this.look.areWhole) return this.look.refusesWords && isStatus(text) ? 'none' : undefined;
    if (lineForm(text) !== undefined) return this.#holdsKey(text) ? 'more' : 'none';
    if (this.#key?.holdsMore(text) === true) return 'more';
    if (!this.look.refusesWords || !this.#isNoKey(text)) return undefined;
    // No word beside it makes a key none.
    return this.#key?.isIn(text, (part) => !this.look.isNoWord || !isOfLetters(part)) === true
      ? 'more'
      : 'none';
  }

  #isNoKey(text: string): boolean {
    const { sample, symbols, isNoWord } = this.look;
    if (SHORT_NUMBER.test(text) && SHORT_NUMBER.test(sample)) return false;
    if (saysOther(text)) return true;
    const count = symbolCount(text);
    if (count === 0 || (count < FEWEST_SYMBOLS && 2 * count <= symbols)) return true;
    // With as many symbols as the keys it may be one in another spelling.
    return count !== symbols && (isWordlike(text) || (isNoWord && isOfLetters(text)));
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

/** Whether so many of `all` are none of them, or no more than one of several, or the few that 95 % leave. */
export function isFew(count: number, all: number): boolean {
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

/** The lines of each shape. */
export function linesByShape(lines: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  const byShape = new Map<string, string[]>();
  for (const line of lines) {
    const shape = shapeOf(line);
    const alike = byShape.get(shape);
    if (alike === undefined) byShape.set(shape, [line]);
    else alike.push(line);
  }
  return [...byShape];
}
