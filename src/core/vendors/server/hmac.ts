import { webCrypto } from '../../encoding/web-crypto.js';

/** The bytes of an HMAC-SHA-256 (RFC 2104, RFC 6234). */
export const HMAC_LENGTH = 32;

/**
 * The HMAC-SHA-256 of `message` under `key`, by WebCrypto: servers, which are who receives webhooks, all have
 * it, so no implementation needs to be shipped. `undefined` without `crypto.subtle`.
 */
export async function hmacSha256(key: Uint8Array, message: Uint8Array): Promise<Uint8Array | undefined> {
  const subtle = webCrypto()?.subtle;
  if (subtle === undefined) return undefined;
  const imported = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', imported, message));
}

/**
 * Whether two byte strings are the same, in a time that depends on their lengths only: with an early exit a
 * sender could find a signature byte by byte, by how long the refusal takes.
 */
export function sameInConstantTime(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let index = 0; index < one.length; index++) difference |= (one[index] ?? 0) ^ (other[index] ?? 0);
  return difference === 0;
}
