import { formatDer, parseDer, TAG } from '../encoding/der.js';
import { type PublicKey, refusePublicKey } from '../sign/public-key.js';
import { publicKeyFromSpki } from '../sign/spki.js';

/** The context tag of the version, which certificates of version 1 leave out. */
const VERSION = 0xa0;

/** Where the key stands behind the version: after serial number, algorithm, issuer, validity and subject. */
const KEY = 5;

/**
 * The key inside an X.509 certificate (RFC 5280 section 4.1). Issuer, validity and signature are not looked at: who gives
 * the certificate as a key to believe vouches for it.
 *
 * @throws {KeywrightError} `invalid_key`
 */
export function publicKeyFromCertificate(der: Uint8Array): PublicKey {
  const [certificate] = parseDer(der);
  const [signed] = certificate?.tag === TAG.sequence ? parseDer(certificate.content) : [];
  const fields = signed?.tag === TAG.sequence ? parseDer(signed.content) : [];
  const key = fields[fields[0]?.tag === VERSION ? KEY + 1 : KEY];
  if (key?.tag !== TAG.sequence) throw refusePublicKey('is a damaged certificate: copy it again');
  return publicKeyFromSpki(formatDer(TAG.sequence, key.content));
}
