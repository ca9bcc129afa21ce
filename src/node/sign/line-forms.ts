import { signLicenseJwt } from '../../core/license/license-jwt.js';
import { LICENSE } from '../../core/license/sign-license.js';
import { type SignOptions, signArtefactToText, signToText } from '../../core/sign/envelope.js';
import type { Signer } from '../../core/sign/signer.js';

/** What a payload becomes that is signed line by line. */
export type LineForm = 'response' | 'license' | 'license-jwt';

/** Signs one payload in that form. @throws {KeywrightError} `invalid_payload` */
export function signLine(
  form: LineForm,
  payload: string,
  signer: Signer,
  options: SignOptions,
): Promise<string> {
  if (form === 'response') return signToText(payload, signer, options);
  return form === 'license'
    ? signArtefactToText(LICENSE, payload, signer, options)
    : signLicenseJwt(payload, signer);
}
