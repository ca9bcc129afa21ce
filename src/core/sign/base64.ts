import { decodeUtf8 } from './utf8.js';

/** The two alphabets of RFC 4648: `standard` (section 4, padded) and `url` (section 5, unpadded). */
export type Base64Alphabet = 'standard' | 'url';

/**
 * The one base64 text of `bytes`, as ASCII codes: `standard` with padding, `url` without. This is the form
 * that gets signed, so it is made without a detour through a string.
 */
export function encodeBase64Bytes(bytes: Uint8Array, alphabet: Base64Alphabet = 'standard'): Uint8Array {
  const padded = alphabet === 'standard';
  const length = padded ? Math.ceil(bytes.length / 3) * 4 : Math.ceil((bytes.length * 4) / 3);
  const codes = new Uint8Array(length).fill(PAD);
  let bits = 0;
  let pending = 0;
  let at = 0;
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xffff;
    pending += 8;
    for (; pending >= 6; pending -= 6) codes[at++] = codeOf((bits >> (pending - 6)) & 63, padded);
  }
  if (pending > 0) codes[at] = codeOf((bits << (6 - pending)) & 63, padded);
  return codes;
}

/** The one base64 text of `bytes`: `standard` with padding, `url` without. */
export function encodeBase64(bytes: Uint8Array, alphabet: Base64Alphabet = 'standard'): string {
  return decodeUtf8(encodeBase64Bytes(bytes, alphabet)) ?? '';
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

const PAD = 61;

function codeOf(value: number, padded: boolean): number {
  if (value < 26) return value + 65;
  if (value < 52) return value + 71;
  if (value < 62) return value - 4;
  if (value === 62) return padded ? 43 : 45;
  return padded ? 47 : 95;
}

function valueAt(code: number, padded: boolean): number {
  if (code > 96 && code < 123) return code - 71;
  if (code > 64 && code < 91) return code - 65;
  if (code > 47 && code < 58) return code + 4;
  if (code === (padded ? 43 : 45)) return 62;
  return code === (padded ? 47 : 95) ? 63 : -1;
}
