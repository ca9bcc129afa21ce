import {
  RESPONSE,
  type SignableText,
  type SignOptions,
  signableText,
  signCheckedText,
  writeEnvelope,
} from '../../core/sign/envelope.js';
import type { Signer } from '../../core/sign/signer.js';
import type { InstantSigner } from './native-signer.js';

/** What is signed line by line: payloads of responses, and checked texts of licenses. */
export type LineForm = 'response' | 'license' | 'license-jwt';

/** What signs lines of that form, by a key in this process. @throws {KeywrightError} `invalid_payload` */
export function instantForm(
  form: LineForm,
  signer: InstantSigner,
  options: SignOptions,
): (line: string) => string | Promise<string> {
  if (form === 'response') return (line) => signAtOnce(signableText(RESPONSE, line, options), signer);
  const { role = 'product' } = options;
  if (form === 'license') return (text) => signAtOnce({ text, role }, signer);
  return (text) => signLicenseText(form, text, signer, options);
}

/** Signs the checked text of a license in that form, by whatever can sign. */
export async function signLicenseText(
  form: 'license' | 'license-jwt',
  text: string,
  signer: Signer,
  { role = 'product' }: SignOptions,
): Promise<string> {
  if (form === 'license') return signCheckedText({ text, role }, signer);
  // Threads load little, so that they start fast.
  const { signLicenseJwt } = await import('../../core/license/license-jwt.js');
  return signLicenseJwt(text, signer);
}

/** As `signCheckedText`, through `Buffer`, and without a promise: a tenth of the time that signing itself takes. */
function signAtOnce({ text, role }: SignableText, signer: InstantSigner): string {
  const base64 = Buffer.from(text).toString('base64');
  const signature = signer.signAtOnce(Buffer.from(base64, 'latin1')).toString('base64');
  return writeEnvelope(text, base64, role, signature);
}
