import { formatDer, parseDer, readInteger, sameBytes, TAG, writeInteger } from '../encoding/der.js';
import { formatPem } from '../encoding/pem.js';
import {
  type Algorithm,
  makePublicKey,
  type PublicKey,
  refusePublicKey,
  wrongExponent,
} from './public-key.js';
import { sha256 } from './sha256.js';

/** The object identifiers of RFC 8410 and RFC 8017, with their DER parameters. */
export const ALGORITHM_ID = {
  Ed25519: Uint8Array.of(TAG.oid, 3, 43, 101, 112),
  RS256: Uint8Array.of(TAG.oid, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, TAG.null, 0),
} as const;

const EXPONENT = [1, 0, 1] as const;

/** The key as SubjectPublicKeyInfo DER (RFC 5280 section 4.1, RFC 8410 section 4). */
function encodeSpki({ alg, bytes }: PublicKey): Uint8Array {
  const key =
    alg === 'RS256'
      ? formatDer(TAG.sequence, writeInteger(bytes), writeInteger(Uint8Array.from(EXPONENT)))
      : bytes;
  const identifier = formatDer(TAG.sequence, ALGORITHM_ID[alg]);
  return formatDer(TAG.sequence, identifier, formatDer(TAG.bits, Uint8Array.of(0), key));
}

/**
 * The key as a PEM text that `openssl pkey -pubin` reads.
 *
 * @example
 * formatPublicKey(privateKey.publicKey).split('\n')[0]; // '-----BEGIN PUBLIC KEY-----'
 */
export function formatPublicKey(key: PublicKey): string {
  return formatPem('PUBLIC KEY', encodeSpki(key));
}

/**
 * SHA-256 of the key's SPKI DER as 64 hex digits; the same as
 * `openssl pkey -pubin -in key.public.pem -outform DER | sha256sum`.
 *
 * @example
 * thumbprint(privateKey.publicKey).length; // 64
 */
export function thumbprint(key: PublicKey): string {
  return Array.from(sha256(encodeSpki(key)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The key of SubjectPublicKeyInfo DER.
 *
 * @throws {KeywrightError} `invalid_key`
 */
export function publicKeyFromSpki(der: Uint8Array): PublicKey {
  const [spki, ...after] = parseDer(der);
  const [identifier, bits] = spki?.tag === TAG.sequence ? parseDer(spki.content) : [];
  if (after.length > 0 || identifier === undefined || bits?.tag !== TAG.bits)
    throw refusePublicKey('is damaged: copy it again');
  const alg = readAlgorithm(identifier.content);
  const key =
    alg === 'Ed25519'
      ? makePublicKey(alg, bits.content.subarray(1))
      : publicKeyFromPkcs1(bits.content.subarray(1));
  if (!sameBytes(encodeSpki(key), der))
    throw refusePublicKey(
      'is not spelled as DER wants it: make it anew, "openssl pkey -in PRIVATE.pem -pubout -out NEW.pem"',
    );
  return key;
}

/**
 * The algorithm that the content of a DER AlgorithmIdentifier names.
 *
 * @throws {KeywrightError} `invalid_key`
 */
export function readAlgorithm(content: Uint8Array): Algorithm {
  if (sameBytes(content, ALGORITHM_ID.Ed25519)) return 'Ed25519';
  if (sameBytes(content, ALGORITHM_ID.RS256)) return 'RS256';
  throw refusePublicKey('is of another algorithm: use Ed25519 or RSA');
}

/**
 * The key of an RSAPublicKey in DER (RFC 8017 appendix A.1.1).
 *
 * @throws {KeywrightError} `invalid_key`
 */
export function publicKeyFromPkcs1(der: Uint8Array): PublicKey {
  const [sequence] = parseDer(der);
  const [modulus, exponent] = parseDer(sequence?.content ?? der);
  if (!sameBytes(exponent?.content ?? der, Uint8Array.from(EXPONENT))) throw wrongExponent();
  return makePublicKey('RS256', readInteger(modulus) ?? modulus?.content ?? der);
}
