import { formatDer, parseDer, readInteger, sameBytes, TAG, writeInteger } from '../encoding/der.js';
import { isJsonObject, parseJson } from '../encoding/json-text.js';
import { formatPem, parsePem } from '../encoding/pem.js';
import {
  type Algorithm,
  makePublicKey,
  type PublicKey,
  publicKeyFromJwk,
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

/**
 * Reads one public key: PEM (SPKI, RFC 5280 and RFC 8410) or a JWK, as text or object. A byte order mark,
 * CRLF and literal `\n` are tolerated.
 *
 * @throws {KeywrightError} `invalid_key`: another form, a private key, RSA outside 2048 to 8192 bits or with
 * an exponent other than 65537, an Ed25519 key that is non-canonical, of small order or not torsion-free.
 *
 * @example
 * parsePublicKey(pem).alg; // 'Ed25519'
 */
export function parsePublicKey(source: string | object): PublicKey {
  if (typeof source !== 'string') return publicKeyFromJwk(source);
  const text = source.replace(/^\ufeff/, '').trim();
  if (text.startsWith('{')) {
    const reading = parseJson(text);
    if ('value' in reading && isJsonObject(reading.value)) return publicKeyFromJwk(reading.value);
    throw refusePublicKey('is not a JWK: give the key as PEM (SPKI) or as a JSON Web Key');
  }
  const [block, ...others] = parsePem(text);
  if (block === undefined || others.length > 0) {
    throw refusePublicKey('is not one PEM block or JWK: give the .public.pem that came with the private key');
  }
  if (block.label.endsWith('PRIVATE KEY')) {
    throw refusePublicKey('is a private key: give the public one, and keep this one to yourself');
  }
  if (block.label !== 'PUBLIC KEY') {
    throw refusePublicKey(
      `is a ${block.label}: convert it to SPKI with "openssl pkey -pubout", or "openssl x509 -pubkey"`,
    );
  }
  return publicKeyFromSpki(block.bytes);
}

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
 * publicKeyPem(privateKey.publicKey).split('\n')[0]; // '-----BEGIN PUBLIC KEY-----'
 */
export function publicKeyPem(key: PublicKey): string {
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

function publicKeyFromSpki(der: Uint8Array): PublicKey {
  const [spki, ...after] = parseDer(der);
  const [identifier, bits] = spki?.tag === TAG.sequence ? parseDer(spki.content) : [];
  if (after.length > 0 || identifier === undefined || bits?.tag !== TAG.bits)
    throw refusePublicKey('is damaged: copy it again');
  const alg = readAlgorithm(identifier.content);
  const key =
    alg === 'Ed25519'
      ? makePublicKey(alg, bits.content.subarray(1))
      : rsaKeyFromDer(bits.content.subarray(1));
  if (!sameBytes(encodeSpki(key), der))
    throw refusePublicKey('is not spelled as DER wants it: convert it with "openssl pkey"');
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

function rsaKeyFromDer(der: Uint8Array): PublicKey {
  const [sequence] = parseDer(der);
  const [modulus, exponent] = parseDer(sequence?.content ?? der);
  if (!sameBytes(exponent?.content ?? der, Uint8Array.from(EXPONENT))) throw wrongExponent();
  return makePublicKey('RS256', readInteger(modulus) ?? modulus?.content ?? der);
}
