import { encodeUtf8 } from '../encoding/utf8.js';
import { readCanonical } from '../format/canonical.js';
import { sha256 } from '../sign/sha256.js';

/** How the keys of a list and of licenses are compared: by canonical form v1, or as the texts they are. */
export type LicenseComparison = 'canonical' | 'exact';

/** Whether `value` names a comparison. */
export function isLicenseComparison(value: unknown): value is LicenseComparison {
  return value === 'canonical' || value === 'exact';
}

/** What two spellings of one key have in common; undefined for a text that is no key. */
export function sameKeyText(key: string, comparison: LicenseComparison): string | undefined {
  const reading = readCanonical(key);
  if ('problem' in reading || reading.form === '') return undefined;
  return comparison === 'exact' ? key : reading.form;
}

/** The bytes of an id: a key that is not among a million revoked ones is taken for one of them once in 2⁴⁴ tries. */
export const ID_WIDTH = 8;

/**
 * What a list keeps of a key: the first {@link ID_WIDTH} bytes, as lower-case hex, of the SHA-256 of
 * `keywright/id/v1`, a line feed, the key as it is compared, a line feed. Undefined for a text that is no key.
 *
 * @example
 * revokedId('7qx4m 9k2td', 'canonical') === revokedId('7QX4M-9K2TD', 'canonical'); // true
 */
export function revokedId(key: string, comparison: LicenseComparison): string | undefined {
  const text = sameKeyText(key, comparison);
  if (text === undefined) return undefined;
  return hashedId(text);
}

/** The id of a seal's origin, which revokes all keys of its batch: as that of a key, of the origin as it stands there. */
export function revokedOriginId(origin: string): string {
  return hashedId(origin);
}

function hashedId(text: string): string {
  const hash = sha256(encodeUtf8(idText(text))).subarray(0, ID_WIDTH);
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What is hashed for the id of a key; `text` is what is compared of it. */
export function idText(text: string): string {
  return `keywright/id/v1\n${text}\n`;
}
