import { isLicenseKey, TEXT_LENGTH } from '../../bulk-create/bulk-request.js';

/** The rule that a license key has to keep. */
export const KEY_RULE = `must be one line of 1 to ${TEXT_LENGTH} characters without blanks around it`;

/** The vendor's name as it writes it. */
export const vendorName = 'GetKeyManager';

/** The preset of the keys that its server makes: generators of type uuid. */
export const keyFormat = 'getkeymanager';

/**
 * Why a license key would be refused; undefined when it would not. The server shows no rule of its own (its pages
 * have it take what is no UUID), so these are ours: one line of at most 255 characters, no blanks around it.
 *
 * @example
 * keyProblem('not-a-uuid-at-all'); // undefined
 */
export function keyProblem(key: string): string | undefined {
  return isLicenseKey(key) ? undefined : KEY_RULE;
}
