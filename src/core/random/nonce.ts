import { encodeBase64 } from '../encoding/base64.js';
import { systemRandom } from './random-source.js';

/**
 * A fresh nonce: 128 random bits as 22 characters of url-safe base64. Send it along with a question, and
 * demand it of the answer (`policy.nonce`).
 *
 * @throws {KeywrightError} `unsupported` without `crypto.getRandomValues`, or when it yields zeros.
 *
 * @example
 * newNonce() === newNonce(); // false
 */
export function newNonce(): string {
  return encodeBase64(randomBytes(16), 'url');
}

/** @throws {KeywrightError} `unsupported` without `crypto.getRandomValues`, or when it yields zeros. */
export function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  systemRandom().fill(bytes);
  return bytes;
}
