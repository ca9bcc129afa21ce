import { encodeBase64 } from '../encoding/base64.js';
import { isJsonObject, parseJson } from '../encoding/json-text.js';
import { encodeAscii, encodeUtf8 } from '../encoding/utf8.js';
import { KeywrightError } from '../errors.js';
import { signedTime } from '../sign/envelope-reading.js';
import type { Signer } from '../sign/signer.js';
import { readLicense } from './license.js';

/**
 * A license as a JWT (RFC 7519; compact JWS, RFC 7515), for platforms that have a library for these and none of ours: the
 * payload of a license goes in, as JSON text. Claims: `sub` the license key, `aud` the product, `iat`, `nbf`, `exp` (none for a
 * license that never expires), `devices`, `entitlements`. Export only: `verifyLicense` takes envelopes.
 *
 * No text is both a JWT's message and an envelope's: the first holds a dot, base64 never does.
 *
 * @throws {KeywrightError} `invalid_payload` for what is no license.
 */
export async function signLicenseJwt(payload: string, signer: Signer): Promise<string> {
  const reading = parseJson(payload);
  const object = 'value' in reading && isJsonObject(reading.value) ? reading.value : {};
  const license = readLicense(object);
  if (typeof license === 'string') {
    throw new KeywrightError(
      'invalid_payload',
      `the license has no ${license} that can be used: correct it`,
      {
        path: license,
      },
    );
  }
  const { key, product, validFrom, validUntil, devices, entitlements } = license;
  const header = { alg: signer.alg === 'RS256' ? 'RS256' : 'EdDSA', typ: 'license+jwt', kid: signer.kid };
  const claims = {
    sub: key,
    aud: product,
    iat: signedTime(object),
    nbf: validFrom && seconds(validFrom),
    exp: validUntil ? seconds(validUntil) : undefined,
    devices,
    entitlements,
  };
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${encodeBase64(await signer.sign(encodeAscii(input)), 'url')}`;
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

function part(value: object): string {
  return encodeBase64(encodeUtf8(JSON.stringify(value)), 'url');
}
