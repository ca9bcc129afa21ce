/** The two alphabets of RFC 4648: `standard` (section 4, padded) and `url` (section 5, unpadded). */
export type Base64Alphabet = 'standard' | 'url';

/** The one base64 text of `bytes`: `standard` with padding, `url` without. */
export function encodeBase64(bytes: Uint8Array, alphabet: Base64Alphabet = 'standard'): string {
  const isUrl = alphabet === 'url';
  const symbols = isUrl ? `${COMMON}-_` : STANDARD;
  let text = '';
  for (let from = 0; from < bytes.length; from += 3) {
    const bits = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    text +=
      symbols.charAt(bits >> 18) +
      symbols.charAt((bits >> 12) & 63) +
      symbols.charAt((bits >> 6) & 63) +
      symbols.charAt(bits & 63);
  }
  // The last group may say too much.
  const used = Math.ceil((bytes.length * 4) / 3);
  return isUrl ? text.slice(0, used) : text.slice(0, used).padEnd(text.length, '=');
}

/**
 * The bytes of a canonical base64 text, or `undefined` when it is anything else: a character outside the
 * alphabet, white space, padding that is missing, partial or (for `url`) present, or trailing bits that
 * are not zero (RFC 4648 section 3.5). So every byte string has exactly one accepted spelling.
 */
export function decodeBase64(text: string, alphabet: Base64Alphabet = 'standard'): Uint8Array | undefined {
  const padded = alphabet === 'standard';
  let end = text.length;
  if (padded) {
    if (end % 4 !== 0) return undefined;
    if (text.endsWith('==')) end -= 2;
    else if (text.endsWith('=')) end -= 1;
  }
  if (end % 4 === 1) return undefined;
  const bytes = new Uint8Array((end * 3) >> 2);
  let bits = 0;
  let pending = 0;
  let at = 0;
  for (let index = 0; index < end; index++) {
    const value = valueAt(text.charCodeAt(index), padded);
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    pending += 6;
    if (pending >= 8) {
      pending -= 8;
      bytes[at++] = bits >> pending;
    }
  }
  return (bits & ((1 << pending) - 1)) === 0 ? bytes : undefined;
}

const COMMON = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const STANDARD = `${COMMON}+/`;

function valueAt(code: number, padded: boolean): number {
  if (code > 96 && code < 123) return code - 71;
  if (code > 64 && code < 91) return code - 65;
  if (code > 47 && code < 58) return code + 4;
  if (code === (padded ? 43 : 45)) return 62;
  return code === (padded ? 47 : 95) ? 63 : -1;
}
