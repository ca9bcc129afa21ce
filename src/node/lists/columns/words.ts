import { oddsOfWord } from './word-odds.js';

/** Of letters at random so many look like a word. */
export const BY_CHANCE = 0.02;

/** How many letters and digits there are. */
export function symbolCount(cell: string): number {
  return cell.replace(/[^\p{L}\p{N}]/gu, '').length;
}

/** Whether capitals stand among small letters as in no word, not even in `userIdKey`, but at random, as in `mWJqFlPYo`. */
export function isToken(text: string): boolean {
  const least = symbolCount(text) < 12 ? 3 : 2;
  return (text.match(/\p{Ll}\p{Lu}/gu)?.length ?? 0) >= least && /\p{Lu}\p{Ll}{1,2}\p{Lu}/u.test(text);
}

/** Letters, and words of several lengths or with small ones: it may be a word, and a heading. */
export function isWordlike(cell: string): boolean {
  if (/\p{Ll}/u.test(cell) && !/\p{N}/u.test(cell)) return !isToken(cell);
  const words = cell.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  if (!words.some((word) => word.length !== words[0]?.length) || !/\p{L}/u.test(cell)) return false;
  // Keys have such marks between their groups, too.
  return /\s/.test(cell.trim()) || (cell.includes('_') && oddsOfWord(cell, 0) < BY_CHANCE);
}
