import { concat, sameBytes } from '../encoding/der.js';
import { type SubtleCrypto, webCrypto } from '../encoding/web-crypto.js';

/** The hashes that are tried, and their lengths in bytes. */
const HASHES = [
  ['SHA-256', 32],
  ['SHA-512', 64],
  ['SHA-384', 48],
  ['SHA-1', 20],
] as const;
/** What Java masks with unless told, whatever it hashes with. */
const USUAL_MASK = 'SHA-1';
const TRAILER = 0xbc;
/** 65537 is 2 to the power of so much, and one. */
const EXPONENT_BITS = 16;

/** A message as PSS encodes it, with so many bits of its first byte unused. */
interface Encoded {
  readonly bytes: Uint8Array;
  readonly unused: number;
}

/**
 * Whether `signature` is one of `message` by RSASSA-PSS (RFC 8017 section 8.1), under `modulus` and 65537. WebCrypto has to be told
 * hash and length of the salt; read from the signature itself they may be any. False without WebCrypto; never throws.
 */
export async function isPss(
  modulus: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  const subtle = webCrypto()?.subtle;
  const encoded = opened(signature, modulus);
  if (subtle === undefined || encoded.bytes.at(-1) !== TRAILER) return false;
  try {
    for (const [hash, length] of HASHES) {
      for (const mask of new Set([hash, USUAL_MASK])) {
        const digest = new Digest(subtle, hash, mask);
        if (await isEncoding(encoded, digest, length, message)) return true;
      }
    }
  } catch {
    // An engine that does not have the hash.
  }
  return false;
}

/** The hashes of one scheme: of messages, and of what they are masked with. */
class Digest {
  readonly #subtle: SubtleCrypto;
  readonly #hash: string;
  readonly #mask: string;

  constructor(subtle: SubtleCrypto, hash: string, mask: string) {
    this.#subtle = subtle;
    this.#hash = hash;
    this.#mask = mask;
  }

  async of(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
    return new Uint8Array(await this.#subtle.digest(this.#hash, concat(parts)));
  }

  /** MGF1 (RFC 8017 appendix B.2.1). */
  async mask(seed: Uint8Array, length: number): Promise<Uint8Array> {
    let mask = new Uint8Array();
    for (let counter = 0; mask.length < length; counter++) {
      const block = concat([seed, Uint8Array.of(0, 0, counter >> 8, counter)]);
      mask = concat([mask, new Uint8Array(await this.#subtle.digest(this.#mask, block))]);
    }
    return mask.subarray(0, length);
  }
}

/** EMSA-PSS-VERIFY (RFC 8017 section 9.1.2) of a salt of any length. */
async function isEncoding(
  { bytes, unused }: Encoded,
  digest: Digest,
  length: number,
  message: Uint8Array,
): Promise<boolean> {
  const end = bytes.length - 1 - length;
  if (end < 1) return false;
  const hash = bytes.subarray(end, -1);
  const mask = await digest.mask(hash, end);
  const block = bytes.subarray(0, end).map((byte, at) => byte ^ (mask[at] ?? 0));
  block[0] = (block[0] ?? 0) & (0xff >> unused);
  const mark = block.findIndex((byte) => byte !== 0);
  if (block[mark] !== 1) return false;
  return sameBytes(
    await digest.of(new Uint8Array(8), await digest.of(message), block.subarray(mark + 1)),
    hash,
  );
}

function opened(signature: Uint8Array, modulus: Uint8Array): Encoded {
  const n = toNumber(modulus);
  const signed = toNumber(signature);
  let power = signed;
  for (let bit = 0; bit < EXPONENT_BITS; bit++) power = (power * power) % n;
  const bits = n.toString(2).length - 1;
  const length = Math.ceil(bits / 8);
  const hex = ((power * signed) % n).toString(16).padStart(2 * length, '0');
  return {
    bytes: Uint8Array.from({ length }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16)),
    unused: 8 * length - bits,
  };
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`);
}
