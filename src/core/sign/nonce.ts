import { encodeBase64 } from '../encoding/base64.js';
import { webCrypto } from '../encoding/web-crypto.js';
import { KeywrightError } from '../errors.js';

/**
 * A fresh nonce: 128 random bits as 22 characters of url-safe base64. Send it along with a question, and
 * demand it of the answer (`policy.nonce`).
 *
 * @throws {KeywrightError} `unsupported` without `crypto.getRandomValues`.
 *
 * @example
 * newNonce() === newNonce(); // false
 */
export function newNonce(): string {
  return encodeBase64(randomBytes(16), 'url');
}

/** @throws {KeywrightError} `unsupported` without `crypto.getRandomValues`. */
export function randomBytes(length: number): Uint8Array {
  const platform = webCrypto();
  if (platform === undefined) {
    const feature = 'crypto.getRandomValues';
    throw new KeywrightError('unsupported', `there is no ${feature}: use a newer platform`, { feature });
  }
  const bytes = new Uint8Array(length);
  platform.getRandomValues(bytes);
  return bytes;
}
