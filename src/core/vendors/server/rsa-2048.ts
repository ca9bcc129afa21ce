import { decodeBase64 } from '../../encoding/base64.js';
import { sameBytes } from '../../encoding/der.js';
import { parsePem } from '../../encoding/pem.js';
import { refusePublicKey } from '../../sign/public-key.js';
import { findModulusFault } from '../../sign/rsa.js';

/** How many bytes the modulus of such a key has, and each of its signatures. */
export const RSA_2048_LENGTH = 256;

/**
 * The modulus (big-endian) of an RSA key of 2048 bits and exponent 65537 in SPKI PEM (RFC 5280 section 4.1):
 * the one kind of key with which license servers sign. Between head and tail of its DER there is nothing but
 * the modulus. `parsePublicKey` reads other kinds too, and for that brings Ed25519 along, which would weigh
 * more than all the rest of a client that verifies nothing but this.
 *
 * @throws {KeywrightError} `invalid_key`: anything else.
 */
export function readRsa2048(pem: unknown): Uint8Array {
  const [block, ...others] = typeof pem === 'string' ? parsePem(pem) : [];
  if (block === undefined || others.length > 0) {
    throw refusePublicKey('is not one PEM block: copy all of it from the dashboard');
  }
  if (block.label.endsWith('PRIVATE KEY')) {
    throw refusePublicKey('is a private key: give the public one, and keep this one to yourself');
  }
  const modulus = block.bytes.subarray(HEAD_LENGTH, HEAD_LENGTH + RSA_2048_LENGTH);
  const head = block.bytes.subarray(0, HEAD_LENGTH);
  const tail = block.bytes.subarray(HEAD_LENGTH + RSA_2048_LENGTH);
  if (
    block.label !== 'PUBLIC KEY' ||
    !sameBytes(head, decodeBase64(HEAD) ?? tail) ||
    !sameBytes(tail, Uint8Array.from(TAIL)) ||
    findModulusFault(modulus) !== undefined
  ) {
    throw refusePublicKey(
      'is not RSA of 2048 bits with exponent 65537 in SPKI PEM: copy it from the dashboard',
    );
  }
  return modulus;
}

/** SEQUENCE { AlgorithmIdentifier rsaEncryption, BIT STRING { SEQUENCE { INTEGER of 257 bytes, the first 0. */
const HEAD = 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA';
const HEAD_LENGTH = 33;

/** INTEGER 65537 } } }. */
const TAIL = [2, 3, 1, 0, 1] as const;
