import { parseFormat } from '../../format/parse-format.js';

/** The vendor's name as it writes it. */
export const vendorName = 'Solifyn';

/** Three groups of four upper-case hex digits, as the published records have them. */
export const keyFormat = 'solifyn';

/**
 * Why such a text can be no license key; undefined when it can. The server publishes no rule for given keys and
 * its pages show five shapes, so any text will do that is not empty and has neither white space nor control or
 * invisible characters.
 *
 * @example
 * keyProblem('any-key_will.do'); // undefined
 * keyProblem('two keys'); // 'holds white space or a character that cannot be seen'
 */
export function keyProblem(key: string): string | undefined {
  if (key === '') return 'is empty';
  return /[\s\p{C}]/u.test(key) ? 'holds white space or a character that cannot be seen' : undefined;
}

/**
 * Whether a license key has the shape of those the server makes: the preset `solifyn`. Its description shows
 * another shape, with letters that are no hex digits: an illustration.
 *
 * @example
 * looksGenerated('0123-4567-89AB'); // true
 */
export function looksGenerated(key: string): boolean {
  return parseFormat(keyFormat).test(key);
}
