/** Characters that people mistake for each other, per group; of letters the upper-case ones. */
const GROUPS = ['0O', '1IL', '2Z', '5S', '8B'];

/**
 * The group of characters that a digit or upper-case letter is mistaken for, itself included; empty when there is none.
 * The one rule of look-alikes: for typed keys, for lists that are held against a format, and for rejected words.
 */
export function lookAlikesOf(character: string): string {
  return GROUPS.find((group) => group.includes(character)) ?? '';
}
