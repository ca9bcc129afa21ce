import { decodeBase64, encodeBase64 } from '../encoding/base64.js';
import { encodeUtf8 } from '../encoding/utf8.js';
import { type LicenseComparison, sameKeyText } from '../revocations/revoked-id.js';

/*
 * What a seal hashes of a row, four lines that each end in a line feed:
 *
 *   keywright/key/v1                     keys are compared by canonical form v1; with key-exact as the texts they are
 *   7QX4M9K2TD                           the key, as it is compared
 *   c2FsdHNhbHRzYWx0c2Fs                 a salt, where the key alone could be guessed; else nothing
 *   {"issued":1764288000,"product":"app"}    the claims, as compact JSON
 */

/** The first line of a leaf. */
export const LEAF_LINES: Readonly<Record<LicenseComparison, string>> = {
  canonical: 'keywright/key/v1',
  exact: 'keywright/key-exact/v1',
};

/** The bytes of a salt. */
export const SALT_LENGTH = 16;

/** What a proof tells of a leaf: all but the key, which is what somebody typed. */
export interface KeylessLeaf {
  readonly comparison: LicenseComparison;
  readonly salt: Uint8Array | undefined;
  /** JSON text, as it was hashed. */
  readonly claims: string;
}

/** Reads the data of a leaf whose line of the key is empty; undefined when it is none. */
export function parseKeylessLeaf(text: string): KeylessLeaf | undefined {
  const [first, key, base64 = '', claims = '', end, ...more] = text.split('\n');
  const comparison = (['canonical', 'exact'] as const).find((each) => LEAF_LINES[each] === first);
  const salt = decodeBase64(base64);
  if (comparison === undefined || key !== '' || end !== '' || more.length > 0) return undefined;
  if (salt === undefined || (salt.length !== 0 && salt.length !== SALT_LENGTH)) return undefined;
  return { comparison, salt: salt.length === 0 ? undefined : salt, claims };
}

/** The data of a leaf; of a proof's, where `key` is empty. */
export function formatLeaf({ comparison, salt, claims }: KeylessLeaf, key: string): string {
  return `${LEAF_LINES[comparison]}\n${key}\n${salt ? encodeBase64(salt) : ''}\n${claims}\n`;
}

/** The data of the leaf of the key that somebody typed; undefined for a text that is no key. */
export function leafOfTyped(leaf: KeylessLeaf, typed: string): Uint8Array | undefined {
  const key = typeof typed === 'string' ? sealedKeyText(typed, leaf.comparison) : undefined;
  return key === undefined ? undefined : encodeUtf8(formatLeaf(leaf, key));
}

/** What is hashed of a key; undefined for a text that is no key, or that holds the end of a line. */
export function sealedKeyText(key: string, comparison: LicenseComparison): string | undefined {
  const text = sameKeyText(key, comparison);
  return text === undefined || /[\n\r]/.test(text) ? undefined : text;
}
