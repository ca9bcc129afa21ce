import { getPublicKey, hashes, Point, sign, verify } from '@noble/ed25519';
import { sha512 as auditedSha512 } from '@noble/hashes/sha2.js';
import { sha512 } from './sha512.js';

/** The bytes of an Ed25519 public key and of the seed that is its private key (RFC 8032 section 5.1.5). */
export const ED25519_KEY_LENGTH = 32;

/** The bytes of an Ed25519 signature (RFC 8032 section 5.1.6). */
export const ED25519_SIGNATURE_LENGTH = 64;

/**
 * Whether `bytes` are a public key worth trusting: 32 of them, a canonical encoding of a point on the
 * curve, neither of small order (such a key verifies signatures nobody made) nor with a torsion part (on
 * such keys engines disagree).
 */
export function isEd25519PublicKey(bytes: Uint8Array): boolean {
  if (bytes.length !== ED25519_KEY_LENGTH) return false;
  try {
    const point = Point.fromBytes(bytes, false);
    return !point.isSmallOrder() && point.isTorsionFree();
  } catch {
    return false;
  }
}

/**
 * Whether `signature` is one of `message` under `publicKey`, by the strict rules of RFC 8032 section 5.1.7
 * (canonical R and S), not by the lax ones of ZIP 215. Never throws.
 */
export function verifyEd25519(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  hashes.sha512 = sha512;
  try {
    return verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

/**
 * The 64-byte signature of `message` under the 32-byte `seed` (RFC 8032 section 5.1.6; deterministic).
 *
 * @throws {RangeError} when the seed is not 32 bytes.
 */
export function signEd25519(message: Uint8Array, seed: Uint8Array): Uint8Array {
  wireHash();
  return sign(message, seed);
}

/**
 * The public key of a 32-byte `seed` (RFC 8032 section 5.1.5).
 *
 * @throws {RangeError} when the seed is not 32 bytes.
 */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  wireHash();
  return getPublicKey(seed);
}

/**
 * What hashes secrets. At call time: a module that wires at import is dropped by bundlers under `sideEffects: false`,
 * and who only verifies needs none of it.
 */
function wireHash(): void {
  hashes.sha512 = auditedSha512;
}
