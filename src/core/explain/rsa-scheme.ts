import { encodeBase64 } from '../encoding/base64.js';
import { webCrypto } from '../encoding/web-crypto.js';
import { RSA, RSA_EXPONENT } from '../sign/rsa.js';
import { isPss } from './pss.js';

/** How a signature was made when its key is right and its scheme is not; each has a cure of its own. */
export type OtherScheme = 'sha1_signed' | 'sha384_signed' | 'sha512_signed' | 'pss_signed';

/** An RSA signature scheme other than RS256. */
export interface RsaScheme {
  readonly cause: OtherScheme;
  /** Whether `signature` is one of `message` by it. False without WebCrypto; never throws. */
  readonly fits: (modulus: Uint8Array, signature: Uint8Array, message: Uint8Array) => Promise<boolean>;
}

/** The schemes that signers use by mistake, the likeliest first: SHA-1 is what PHP's openssl_sign does unless told. */
export const RSA_SCHEMES: readonly RsaScheme[] = [
  { cause: 'sha1_signed', fits: withHash('SHA-1') },
  { cause: 'sha512_signed', fits: withHash('SHA-512') },
  { cause: 'pss_signed', fits: isPss },
  { cause: 'sha384_signed', fits: withHash('SHA-384') },
];

/** PKCS#1 v1.5, as RS256 is, over another hash. */
function withHash(hash: string): RsaScheme['fits'] {
  return async (modulus, signature, message) => {
    const subtle = webCrypto()?.subtle;
    if (subtle === undefined) return false;
    const jwk = { kty: 'RSA', n: encodeBase64(modulus, 'url'), e: RSA_EXPONENT };
    try {
      const key = await subtle.importKey('jwk', jwk, { name: RSA.name, hash }, false, ['verify']);
      return await subtle.verify(RSA.name, key, signature, message);
    } catch {
      return false; // an engine that does not have it
    }
  };
}
