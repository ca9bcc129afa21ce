import { parseFormat } from '../../format/parse-format.js';
import { lengthProblem } from './key-length.js';

/** The vendor's name as it writes it. */
export const vendorName = 'Cryptlex';

/** What the default `keyPattern` of a license template makes: six groups of six upper-case hex digits. */
export const keyFormat = 'cryptlex';

/**
 * Why such a license key would never be activated, or is none of the license template's `keyPattern`; undefined
 * when neither is so. Without `keyPattern` the length alone counts, 16 to 256 characters: whether the server
 * holds a given key against the template is not published, and Cryptlex's own importer sends keys of another
 * shape. `keyPattern` is a regex of the subset that `parseFormat` reads, with slashes around it or without;
 * case counts, as it does when a key is activated.
 *
 * @throws {KeywrightError} `invalid_format` or `invalid_alphabet` for a `keyPattern` outside that subset.
 * @example
 * keyProblem('ABCDEF'); // 'has 6 characters: LexActivator takes keys of 16 to 256'
 * keyProblem('abcd-1234-abcd-1234', { keyPattern: '^([a-z]{4}-[0-9]{4}-){1}[a-z]{4}-[0-9]{4}$' }); // undefined
 */
export function keyProblem(key: string, options: { readonly keyPattern?: string } = {}): string | undefined {
  const { keyPattern } = options;
  const format =
    keyPattern === undefined
      ? undefined
      : parseFormat(/^\/.*\/$/.test(keyPattern) ? keyPattern : `/${keyPattern}/`);
  const problem = lengthProblem(key);
  if (problem !== undefined) return problem;
  if (format !== undefined && !format.test(key))
    return 'is none of the keyPattern: upper and lower case count';
  return undefined;
}
