import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** SHA-256 of a value's JSON, in hex: equal values whose members stand in the same order have the same. */
export function contentHash(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(value))));
}

/** A UUID made of a value's JSON: version 8, name-based on SHA-256 as in RFC 9562 appendix B.2. */
export function contentId(value: unknown): string {
  const hex = contentHash(value).slice(0, 32);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, variant + hex.slice(17, 20)];
  return [...groups, hex.slice(20)].join('-');
}
