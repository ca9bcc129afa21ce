import { shownText } from './file-error.js';

const LONGEST_GROUP = 8;

/** The first group of a key, at most eight characters and half of them, or a quarter where there are no groups. */
export function beginningOf(key: string): string {
  const characters = [...key.trim().slice(0, 200)];
  const first = characters.findIndex((character) => /[\p{Pd}\p{White_Space}_.:/]/u.test(character));
  const most =
    first > 0
      ? Math.min(first, LONGEST_GROUP, Math.ceil(characters.length / 2))
      : Math.min(4, Math.floor(characters.length / 4));
  return `${shownText(characters.slice(0, most).join(''))}…`;
}
