import { encodeBase64 } from '../encoding/base64.js';
import { webCrypto } from '../encoding/web-crypto.js';
import { RSA, RSA_EXPONENT } from '../sign/rsa.js';

/** How a signature was made when its key is right and its scheme is not; each has a cure of its own. */
export type OtherScheme = 'sha1_signed' | 'sha384_signed' | 'sha512_signed' | 'pss_signed';

/** An RSA signature scheme other than RS256. */
export interface RsaScheme {
  readonly cause: OtherScheme;
  readonly hash: string;
  /** Of PSS, the bytes of its salt for a modulus of so many bytes (RFC 8017 section 9.1). */
  readonly salt?: ((modulusLength: number) => number) | undefined;
}

const pss = (hash: string, hashLength: number): readonly RsaScheme[] => [
  { cause: 'pss_signed', hash, salt: () => hashLength },
  // As long as it can be, which openssl and node:crypto make it unless told.
  { cause: 'pss_signed', hash, salt: (modulusLength) => modulusLength - hashLength - 2 },
];

/** The schemes that signers use by mistake, the likeliest first: SHA-1 is what PHP's openssl_sign does unless told. */
export const RSA_SCHEMES: readonly RsaScheme[] = [
  { cause: 'sha1_signed', hash: 'SHA-1' },
  { cause: 'sha512_signed', hash: 'SHA-512' },
  ...pss('SHA-256', 32),
  { cause: 'sha384_signed', hash: 'SHA-384' },
  ...pss('SHA-512', 64),
  { cause: 'pss_signed', hash: 'SHA-1', salt: () => 20 },
];

/** Whether `signature` is one of `message` by that scheme. False without WebCrypto; never throws. */
export async function fitsScheme(
  { hash, salt }: RsaScheme,
  modulus: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  const subtle = webCrypto()?.subtle;
  if (subtle === undefined) return false;
  const name = salt === undefined ? RSA.name : 'RSA-PSS';
  const jwk = { kty: 'RSA', n: encodeBase64(modulus, 'url'), e: RSA_EXPONENT };
  try {
    const key = await subtle.importKey('jwk', jwk, { name, hash }, false, ['verify']);
    return await subtle.verify({ name, saltLength: salt?.(modulus.length) }, key, signature, message);
  } catch {
    return false; // an engine that does not have it
  }
}
