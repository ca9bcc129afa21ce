import { groupsOf, shapeOf } from './column-evidence.js';
import { areNoWords, FEWEST_SYMBOLS, isOfLetters, linesByShape, saysOther } from './line-shape.js';
import { oddsOfWord } from './word-odds.js';
import { BY_CHANCE, isToken, isWordlike, symbolCount } from './words.js';

/** So many lines of one shape are a kind of keys. */
const FEWEST_OF_KIND = 2;
/** Of so many of the lines the kinds are known before one is told from them. */
const SHARE_OF_KINDS = 0.75;

/**
 * Whether a line of another shape than the keys `alike` may as well be a title, as `ALPHA-BETA`: letters alone, and no other
 * spelling of a key.
 */
export function mayBeTitle(line: string, alike: readonly string[]): boolean {
  if (/\p{N}/u.test(line) || symbolCount(line) < 2 || isToken(line)) return false;
  const [sample = ''] = alike;
  // Other marks between the same groups are another spelling, unless all keys have digits.
  if (groupsOf(line) === groupsOf(sample))
    return !/\p{Ll}/u.test(line) && alike.every((key) => /\p{N}/u.test(key));
  // One word is like keys that are single words as well.
  if (!isGrouped(line) && !areNoWords(alike) && 2 * alike.filter(isLikelyWord).length >= alike.length)
    return false;
  if (symbolCount(line) !== symbolCount(sample)) return true;
  // A key that lost its marks is letters alone by chance.
  return (isGrouped(line) || isLikelyWord(line)) && alike.some((key) => /\p{N}/u.test(key));
}

/** Whether a line may be a key, as `QWXPIKOP`: letters alone, and no word, though such are told from these keys. */
export function mayBeKey(line: string): boolean {
  return (
    isOfLetters(line) &&
    !saysOther(line) &&
    !isWordlike(line) &&
    symbolCount(line) >= FEWEST_SYMBOLS &&
    !isLikelyWord(line)
  );
}

/** Letters alone, in groups or as few or as usual as in a word. */
function isOfWords(line: string): boolean {
  if (/\p{N}/u.test(line) || symbolCount(line) < 2 || isToken(line)) return false;
  return isGrouped(line) || symbolCount(line) <= FEWEST_SYMBOLS || isLikelyWord(line);
}

function isLikelyWord(line: string): boolean {
  return oddsOfWord(line, 0) < BY_CHANCE;
}

function isGrouped(line: string): boolean {
  return /\p{L}\P{L}+\p{L}/u.test(line);
}

/** Whether one of `lines`, of letters, is alone in its shape where nearly all others are keys of several kinds: a title, or a key. */
export function holdsOddAmongKinds(lines: readonly string[]): boolean {
  const byShape = linesByShape(lines);
  return byShape.some(
    ([, [line = '', ...others]]) => others.length === 0 && isUnlikeKinds(line, byShape, lines.length - 1),
  );
}

/** Whether `line` is such a one above `others`. */
export function isOddAmongKinds(line: string, others: readonly string[]): boolean {
  const byShape = linesByShape(others);
  const isAlone = !byShape.some(([shape]) => shape === shapeOf(line));
  return isAlone && isUnlikeKinds(line, byShape, others.length);
}

function isUnlikeKinds(line: string, byShape: ReturnType<typeof linesByShape>, count: number): boolean {
  if (!isOfWords(line)) return false;
  const kinds = byShape.filter(([, alike]) => alike.length >= FEWEST_OF_KIND && areNoWords(alike));
  const known = kinds.reduce((sum, [, alike]) => sum + alike.length, 0);
  return (
    known >= SHARE_OF_KINDS * count &&
    kinds.every(([, [first = '']]) => symbolCount(line) !== symbolCount(first))
  );
}
