import { webCrypto } from '../encoding/web-crypto.js';
import { KeywrightError } from '../errors.js';
import { randomBytes } from '../random/nonce.js';
import { fromPkcs8, type PrivateKey, privateKeyFromSeed } from './private-key.js';
import type { Algorithm } from './public-key.js';
import { RSA, RSA_BITS } from './rsa.js';

/** What {@link generateKeyPair} makes. */
export interface KeyPairOptions {
  /** `Ed25519` unless told. */
  readonly alg?: Algorithm | undefined;
  /** The size of an RSA modulus: 2048, as the vendor's, unless told; 2048 to 8192, a multiple of 8. */
  readonly bits?: number | undefined;
}

/**
 * A new key pair from the platform's random source; the public half is the result's `publicKey`.
 *
 * @throws {KeywrightError} `unsupported` without WebCrypto (for RS256: without `crypto.subtle`);
 * `invalid_option` for another algorithm or size.
 *
 * @example
 * const pair = await generateKeyPair();
 * pair.kid; // its RFC 7638 thumbprint
 * formatPublicKey(pair.publicKey);
 */
export async function generateKeyPair({
  alg = 'Ed25519',
  bits = 2048,
}: KeyPairOptions = {}): Promise<PrivateKey> {
  if (alg === 'Ed25519') return privateKeyFromSeed(randomBytes(32));
  if (alg !== 'RS256') {
    throw new KeywrightError('invalid_option', 'the algorithm is unknown: use Ed25519 or RS256', {
      option: 'alg',
    });
  }
  if (!Number.isInteger(bits / 8) || bits < RSA_BITS.min || bits > RSA_BITS.max) {
    const range = `a multiple of 8 from ${RSA_BITS.min} to ${RSA_BITS.max}`;
    throw new KeywrightError('invalid_option', `the RSA key size is out of range: use ${range}`, {
      option: 'bits',
    });
  }
  const subtle = webCrypto()?.subtle;
  if (subtle === undefined) {
    const feature = 'crypto.subtle';
    throw new KeywrightError('unsupported', `there is no ${feature}: use https, or Ed25519`, { feature });
  }
  const size = { modulusLength: bits, publicExponent: Uint8Array.of(1, 0, 1) };
  const { privateKey } = await subtle.generateKey({ ...RSA, ...size }, true, ['sign', 'verify']);
  return fromPkcs8(new Uint8Array(await subtle.exportKey('pkcs8', privateKey)));
}
