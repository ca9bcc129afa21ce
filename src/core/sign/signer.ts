import { webCrypto } from '../encoding/web-crypto.js';
import { KeywrightError } from '../errors.js';
import { signEd25519 } from './ed25519.js';
import type { PrivateKey } from './private-key.js';
import type { Algorithm, PublicKey } from './public-key.js';
import { RSA } from './rsa.js';

/** Whatever can sign: a key in memory, a key in a device. */
export interface Signer {
  /** The RFC 7638 thumbprint of the public key that verifies. */
  readonly kid: string;
  readonly alg: Algorithm;
  /** The public key that verifies. Notes (lists, keyring updates, seals) need it, envelopes do not. */
  readonly publicKey?: PublicKey | undefined;
  /** The signature of `message`, whose buffer holds nothing else: 64 bytes for Ed25519, the modulus' length for RS256. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/**
 * Signs with Ed25519 in pure JavaScript, so anywhere; `nativeSigner` of `keywright/node` makes the same bytes
 * ten times faster.
 *
 * @throws {KeywrightError} `invalid_key` for a private key of another algorithm.
 *
 * @example
 * (await ed25519Signer(privateKey).sign(new Uint8Array(3))).length; // 64
 */
export function ed25519Signer(privateKey: PrivateKey): Signer {
  demand(privateKey, 'Ed25519', 'rsaSigner');
  const seed = privateKey.exportSecret();
  const { kid, publicKey } = privateKey;
  return { kid, alg: 'Ed25519', publicKey, sign: async (message) => signEd25519(message, seed) };
}

/**
 * Signs RS256 through WebCrypto. PKCS#1 v1.5 is deterministic: every engine makes these bytes.
 *
 * @throws {KeywrightError} `invalid_key` for a private key of another algorithm; `unsupported` without
 * `crypto.subtle`.
 *
 * @example
 * const rsa = await generateKeyPair({ alg: 'RS256' });
 * (await rsaSigner(rsa).sign(new Uint8Array(3))).length; // 256
 */
export function rsaSigner(privateKey: PrivateKey): Signer {
  demand(privateKey, 'RS256', 'ed25519Signer');
  const subtle = webCrypto()?.subtle;
  if (subtle === undefined) {
    const feature = 'crypto.subtle';
    throw new KeywrightError('unsupported', `there is no ${feature}: use https, or Ed25519`, { feature });
  }
  let key: Promise<object> | undefined;
  return {
    kid: privateKey.kid,
    alg: 'RS256',
    publicKey: privateKey.publicKey,
    sign: async (message) => {
      key ??= subtle.importKey('pkcs8', privateKey.exportPkcs8(), RSA, false, ['sign']);
      return new Uint8Array(await subtle.sign(RSA.name, await key, message));
    },
  };
}

function demand(privateKey: PrivateKey, alg: Algorithm, other: string): void {
  if (privateKey.alg === alg) return;
  throw new KeywrightError('invalid_key', `the private key is not of ${alg}: use ${other}`, {});
}
