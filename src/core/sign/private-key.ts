import { decodeBase64 } from '../encoding/base64.js';
import { formatDer, parseDer, readInteger, sameBytes, TAG, writeInteger } from '../encoding/der.js';
import { isJsonObject, ownMember, parseJson } from '../encoding/json-text.js';
import { formatPem, parsePem } from '../encoding/pem.js';
import { isKeywrightError, KeywrightError } from '../errors.js';
import { ED25519_KEY_LENGTH, ed25519PublicKey } from './ed25519.js';
import { adviceForBlock, adviceForText, EC_ADVICE, namesEc } from './private-key-advice.js';
import { type Algorithm, makePublicKey, type PublicKey, publicKeyFromJwk } from './public-key.js';
import { ALGORITHM_ID, readAlgorithm } from './spki.js';

/**
 * A private key that passed every check. What is secret stands in a private field: printing, logging or
 * serialising the object shows the public key only.
 */
export class PrivateKey {
  readonly publicKey: PublicKey;
  readonly #secret: Uint8Array;

  /** `secret` is the algorithm's own form: the Ed25519 seed, or an RSAPrivateKey (RFC 8017 appendix A.1.2). */
  constructor(publicKey: PublicKey, secret: Uint8Array) {
    this.publicKey = publicKey;
    this.#secret = Uint8Array.from(secret);
  }

  get alg(): Algorithm {
    return this.publicKey.alg;
  }

  get kid(): string {
    return this.publicKey.kid;
  }

  /** A copy of the secret: the 32-byte Ed25519 seed, or the DER of the RSAPrivateKey. */
  exportSecret(): Uint8Array {
    return Uint8Array.from(this.#secret);
  }

  /** The key as PKCS#8 DER, version 1 (RFC 5208, RFC 8410). */
  exportPkcs8(): Uint8Array {
    const inner = this.alg === 'Ed25519' ? formatDer(TAG.octets, this.#secret) : this.#secret;
    const identifier = formatDer(TAG.sequence, ALGORITHM_ID[this.alg]);
    const version = writeInteger(Uint8Array.of(0));
    return formatDer(TAG.sequence, version, identifier, formatDer(TAG.octets, inner));
  }

  /** The key as a PEM text that `openssl pkey` reads. Store it with mode 0600. */
  exportPem(): string {
    return formatPem('PRIVATE KEY', this.exportPkcs8());
  }
}

/**
 * Reads one private key: PEM (PKCS#8 of version 1 or 2) or a JWK, as text or object. A byte order mark,
 * CRLF and literal `\n` are tolerated. Messages never hold key material.
 *
 * @throws {KeywrightError} `locked_key`: the key is encrypted; `invalid_key`: another form (raw hex, PKCS#1,
 * OpenSSH), a public key, RSA outside 2048 to 8192 bits or with an exponent other than 65537, halves of two
 * different pairs.
 *
 * @example
 * parsePrivateKey(privateKey.exportPem()).kid === privateKey.kid; // true
 */
export function parsePrivateKey(source: string | object): PrivateKey {
  try {
    return parseKey(source);
  } catch (error) {
    // What is wrong with its public half is said of the key that was given.
    const [, fault] = isKeywrightError(error, 'invalid_key')
      ? (/^the public key (.*)$/s.exec(error.message) ?? [])
      : [];
    if (fault === undefined) throw error;
    const what = fault.startsWith('is no sound')
      ? 'has no sound public half: restore it from its backup'
      : fault;
    throw new KeywrightError('invalid_key', `the private key ${what}`, {}, { cause: error });
  }
}

function parseKey(source: string | object): PrivateKey {
  if (typeof source !== 'string') return fromJwk(source);
  const text = source.replace(/^\ufeff/, '').trim();
  if (text.startsWith('{')) {
    const reading = parseJson(text);
    if ('value' in reading && isJsonObject(reading.value)) return fromJwk(reading.value);
    throw refuse('is not a JWK: give the key as PEM (PKCS#8) or as a JSON Web Key');
  }
  const blocks = parsePem(text);
  const block = blocks.find(({ label }) => label.includes('PRIVATE')) ?? blocks[0];
  if (block === undefined) throw refuse(adviceForText(text));
  if (block.label === 'ENCRYPTED PRIVATE KEY') {
    throw new KeywrightError('locked_key', 'the private key is encrypted: give its passphrase', {});
  }
  if (block.label !== 'PRIVATE KEY') throw refuse(adviceForBlock(block, text));
  return fromPkcs8(block.bytes);
}

/**
 * The private key of a 32-byte Ed25519 seed (RFC 8032 section 5.1.5).
 *
 * @throws {KeywrightError} `invalid_key` when it is not 32 bytes long.
 *
 * @example
 * privateKeyFromSeed(new Uint8Array(32)).alg; // 'Ed25519'
 */
export function privateKeyFromSeed(seed: Uint8Array): PrivateKey {
  if (seed.length !== ED25519_KEY_LENGTH) throw refuse('is not 32 bytes long: make a new key pair');
  return new PrivateKey(makePublicKey('Ed25519', ed25519PublicKey(seed)), seed);
}

/**
 * Reads PKCS#8 DER (RFC 5208; version 2 is RFC 5958).
 *
 * @throws {KeywrightError} `invalid_key`
 */
export function fromPkcs8(der: Uint8Array): PrivateKey {
  const [info, ...after] = parseDer(der);
  const [version, identifier, key, ...extras] = parseDer(info?.content ?? der);
  if (
    after.length > 0 ||
    version?.tag !== TAG.integer ||
    key?.tag !== TAG.octets ||
    identifier === undefined
  ) {
    throw refuse('is damaged: restore it from its backup');
  }
  if (namesEc(identifier.content)) throw refuse(EC_ADVICE);
  if (readAlgorithm(identifier.content) === 'RS256') return fromRsaDer(key.content);
  const [seed] = parseDer(key.content);
  if (seed?.tag !== TAG.octets) throw refuse('is damaged: restore it from its backup');
  const pair = privateKeyFromSeed(seed.content);
  // Version 2 carries the public half as [1], with the count of unused bits in front of it.
  const half = extras.find(({ tag }) => tag === 0x81)?.content.subarray(1);
  if (half !== undefined && !sameBytes(half, pair.publicKey.bytes)) throw mismatch();
  return pair;
}

function fromRsaDer(der: Uint8Array): PrivateKey {
  const [sequence, ...after] = parseDer(der);
  const [version, ...numbers] = parseDer(sequence?.content ?? der);
  const [n, e, , p, q] = numbers.map((number) => readInteger(number));
  if (after.length > 0 || version?.content[0] !== 0 || numbers.length !== 8 || !n || !e || !p || !q) {
    throw refuse('is damaged, or of more than two primes: make a new key pair');
  }
  if (!sameBytes(e, Uint8Array.of(1, 0, 1))) {
    throw refuse('has an RSA exponent other than 65537: make a new key pair');
  }
  if (toNumber(p) * toNumber(q) !== toNumber(n)) throw mismatch();
  return new PrivateKey(makePublicKey('RS256', n), der);
}

function fromJwk(jwk: object): PrivateKey {
  if (!Object.hasOwn(jwk, 'd')) throw refuse('is a public JWK: give the one with the member d');
  const publicMembers = ['kty', 'crv', 'x', 'n', 'e', 'alg'].map((name) => [name, ownMember(jwk, name)]);
  const publicKey = publicKeyFromJwk(Object.fromEntries(publicMembers));
  if (publicKey.alg === 'Ed25519') {
    const pair = privateKeyFromSeed(bytesOf(jwk, 'd'));
    if (pair.kid !== publicKey.kid) throw mismatch();
    return pair;
  }
  const numbers = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'].map((name) => writeInteger(bytesOf(jwk, name)));
  return fromRsaDer(formatDer(TAG.sequence, writeInteger(Uint8Array.of(0)), ...numbers));
}

function bytesOf(jwk: object, name: string): Uint8Array {
  const text = ownMember(jwk, name);
  const bytes = typeof text === 'string' ? decodeBase64(text, 'url') : undefined;
  if (bytes === undefined)
    throw refuse(`has no member ${name} in url-safe base64: restore it from its backup`);
  return bytes;
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`);
}

function mismatch(): KeywrightError<'invalid_key'> {
  return refuse('has halves of two different pairs: restore it from its backup');
}

function refuse(what: string): KeywrightError<'invalid_key'> {
  return new KeywrightError('invalid_key', `the private key ${what}`, {});
}
