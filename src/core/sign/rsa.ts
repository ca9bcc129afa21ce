import { encodeBase64 } from '../encoding/base64.js';
import { type SubtleCrypto, webCrypto } from '../encoding/web-crypto.js';

/** `RS256`: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2). */
export const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

/** The public exponent 65537 as a JWK spells it; no other is accepted. */
export const RSA_EXPONENT = 'AQAB';

/** RSA moduli are 2048 to 8192 bits long. */
export const RSA_BITS = { min: 2048, max: 8192 } as const;

/**
 * What is wrong with an RSA modulus (big-endian), to stand after "it", or `undefined`. WebCrypto itself
 * would take a leading zero and a modulus of any size.
 */
export function findModulusFault(modulus: Uint8Array): string | undefined {
  const [first = 0] = modulus;
  if (first === 0) return 'has a leading zero';
  const bits = modulus.length * 8 - (Math.clz32(first) - 24);
  if (bits < RSA_BITS.min || bits > RSA_BITS.max) {
    return `has ${bits} bits, not ${RSA_BITS.min} to ${RSA_BITS.max}`;
  }
  return (modulus.at(-1) ?? 0) % 2 === 0 ? 'has an even modulus' : undefined;
}

/** Whether this platform can verify RSA signatures. */
export function canVerifyRsa(): boolean {
  return webCrypto()?.subtle !== undefined;
}

/**
 * Whether `signature` is an RS256 one of `message` under `modulus` and 65537. False without WebCrypto; never throws.
 * `owner` is the object that the imported key is kept for.
 */
export async function verifyRsa(
  signature: Uint8Array,
  message: Uint8Array,
  modulus: Uint8Array,
  owner: object = modulus,
): Promise<boolean> {
  const subtle = webCrypto()?.subtle;
  if (subtle === undefined) return false;
  try {
    return await subtle.verify(RSA.name, await importModulus(subtle, modulus, owner), signature, message);
  } catch {
    return false;
  }
}

/** Importing costs three times what verifying does, so a key is imported once. */
let imported: WeakMap<object, Promise<object>> | undefined;

function importModulus(subtle: SubtleCrypto, modulus: Uint8Array, owner: object): Promise<object> {
  imported ??= new WeakMap();
  let key = imported.get(owner);
  if (key === undefined) {
    const jwk = { kty: 'RSA', n: encodeBase64(modulus, 'url'), e: RSA_EXPONENT };
    key = subtle.importKey('jwk', jwk, RSA, false, ['verify']);
    imported.set(owner, key);
  }
  return key;
}
