import { KeywrightError } from '../../errors.js';
import { automatic } from './automatic.js';
import type { CheckAlgorithm, CheckScheme } from './check-algorithm.js';
import { damm } from './damm.js';
import { mod37and36 } from './iso7064-hybrid.js';
import { luhn } from './luhn.js';
import { luhnModN } from './luhn-mod-n.js';

/** Every scheme by its name. */
const SCHEMES = {
  auto: automatic,
  luhn,
  'luhn-mod-n': luhnModN,
  'iso7064-mod37-36': mod37and36,
  damm,
} as const satisfies Readonly<Record<string, CheckScheme>>;

/** The name of a way to compute check characters. */
export type CheckSchemeName = keyof typeof SCHEMES;

/** The names of all schemes. */
export const CHECK_SCHEMES: readonly CheckSchemeName[] = Object.keys(SCHEMES).filter(isName);

function isName(name: string): name is CheckSchemeName {
  return Object.hasOwn(SCHEMES, name);
}

/**
 * The algorithm of a scheme for an alphabet, given as its symbols in order.
 *
 * @throws {KeywrightError} `no_check_character` where the scheme is not for that alphabet; `invalid_option` for
 *   another name.
 */
export function checkAlgorithm(
  scheme: CheckSchemeName,
  symbols: string,
  alphabetName: string,
): CheckAlgorithm {
  if (!isName(scheme)) {
    const message = `there is no such check character: it is one of ${CHECK_SCHEMES.join(', ')}`;
    throw new KeywrightError('invalid_option', message, { option: 'checkCharacter' });
  }
  const algorithm = SCHEMES[scheme].for(symbols);
  if (typeof algorithm !== 'string') return algorithm;
  const subject = scheme === 'auto' ? 'a check character' : `the check character ${scheme}`;
  throw new KeywrightError('no_check_character', `${subject} ${algorithm}`, { alphabet: alphabetName });
}
