import { decodeBase64, encodeBase64 } from '../encoding/base64.js';
import { ownMember } from '../encoding/json-text.js';
import { encodeAscii } from '../encoding/utf8.js';
import { KeywrightError } from '../errors.js';
import { ED25519_SIGNATURE_LENGTH, isEd25519PublicKey } from './ed25519.js';
import { findModulusFault, RSA_EXPONENT } from './rsa.js';
import { sha256 } from './sha256.js';

/** A signature algorithm by its JOSE name: `Ed25519` (RFC 9864) or `RS256` (RFC 7518). */
export type Algorithm = 'Ed25519' | 'RS256';

/** A public key that passed every check. */
export interface PublicKey {
  readonly alg: Algorithm;
  /** The RFC 7638 thumbprint: 43 characters of url-safe base64. */
  readonly kid: string;
  /** The name that the key came under, where that is another. */
  readonly kid_given?: string | undefined;
  /** Ed25519: the 32-byte point. RS256: the modulus, big-endian; the exponent is 65537. */
  readonly bytes: Uint8Array;
}

/** A public key as a JSON Web Key (RFC 7517, RFC 8037), its members in the order RFC 7638 hashes them. */
export type PublicJwk =
  | { readonly crv: 'Ed25519'; readonly kty: 'OKP'; readonly x: string }
  | { readonly e: string; readonly kty: 'RSA'; readonly n: string };

/**
 * Reads a public JWK; members it does not need are ignored.
 *
 * @throws {KeywrightError} `invalid_key`: private members, another kty, crv, alg or exponent, bad key bytes.
 */
export function publicKeyFromJwk(jwk: object): PublicKey {
  if (isPrivateJwk(jwk)) {
    throw refusePublicKey('is a private JWK: give its public members only');
  }
  const kty = ownMember(jwk, 'kty');
  const alg = kty === 'RSA' ? 'RS256' : 'Ed25519';
  if (alg === 'Ed25519' && (kty !== 'OKP' || ownMember(jwk, 'crv') !== alg)) {
    throw refusePublicKey('has an unknown kty or crv: use Ed25519 or RSA');
  }
  const named = ownMember(jwk, 'alg', alg);
  if (named !== alg && (named !== 'EdDSA' || alg !== 'Ed25519')) {
    throw refusePublicKey(`has an unknown alg: use ${alg}`);
  }
  if (alg === 'RS256' && ownMember(jwk, 'e') !== RSA_EXPONENT) throw wrongExponent();
  return makePublicKey(alg, bytesOf(jwk, alg === 'RS256' ? 'n' : 'x'));
}

/** Whether a JWK has members that only a private or a secret key has. */
export function isPrivateJwk(jwk: object): boolean {
  return ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].some((name) => Object.hasOwn(jwk, name));
}

/**
 * The checked public key of raw bytes (see {@link PublicKey}); they are copied.
 *
 * @throws {KeywrightError} `invalid_key`
 */
export function makePublicKey(alg: Algorithm, bytes: Uint8Array): PublicKey {
  if (alg === 'RS256') {
    const fault = findModulusFault(bytes);
    if (fault !== undefined) throw refusePublicKey(`${fault}: make a new key pair`);
  } else if (!isEd25519PublicKey(bytes)) {
    throw refusePublicKey('is no sound Ed25519 point: give the public key, not the seed');
  }
  const key = { alg, bytes: Uint8Array.from(bytes) };
  return { ...key, kid: encodeBase64(sha256(encodeAscii(JSON.stringify(publicJwk(key)))), 'url') };
}

/** The required members of the key's JWK, in the order that RFC 7638 section 3.2 hashes. */
export function publicJwk({ alg, bytes }: Pick<PublicKey, 'alg' | 'bytes'>): PublicJwk {
  const text = encodeBase64(bytes, 'url');
  return alg === 'RS256' ? { e: RSA_EXPONENT, kty: 'RSA', n: text } : { crv: 'Ed25519', kty: 'OKP', x: text };
}

/** How many bytes every signature of this key has. */
export function signatureLength({ alg, bytes }: PublicKey): number {
  return alg === 'RS256' ? bytes.length : ED25519_SIGNATURE_LENGTH;
}

function bytesOf(jwk: object, name: string): Uint8Array {
  const text = ownMember(jwk, name);
  const bytes = typeof text === 'string' ? decodeBase64(text, 'url') : undefined;
  if (bytes === undefined) throw refusePublicKey(`has no ${name} in url-safe base64: copy it again`);
  return bytes;
}

/** The refusal of an RSA key whose exponent is not 65537. */
export function wrongExponent(): KeywrightError<'invalid_key'> {
  return refusePublicKey('has an RSA exponent other than 65537: make a new key pair');
}

/** The refusal of what is the other half of a pair. */
export function refusePrivateKey(): KeywrightError<'invalid_key'> {
  return refusePublicKey('is a private key: give the public one, and keep this one to yourself');
}

/** The refusal of a public key; `what` says what is wrong and how to mend it. */
export function refusePublicKey(what: string): KeywrightError<'invalid_key'> {
  return new KeywrightError('invalid_key', `the public key ${what}`, {});
}
