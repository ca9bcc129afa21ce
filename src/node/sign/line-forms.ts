import { RESPONSE, type SignOptions, signableText, signCheckedText } from '../../core/sign/envelope.js';
import type { Signer } from '../../core/sign/signer.js';
import type { EnvelopeLines } from './envelope-lines.js';
import type { InstantSigner } from './native-signer.js';

/** What is signed line by line: payloads of responses, and checked texts of licenses. */
export type LineForm = 'response' | 'license' | 'license-jwt';

/** What signs lines of that form into `out`, by a key in this process. @throws {KeywrightError} `invalid_payload` */
export function instantForm(
  form: LineForm,
  signer: InstantSigner,
  options: SignOptions,
  out: EnvelopeLines,
): (line: string) => void | Promise<void> {
  if (form === 'response') return (line) => out.sign(signableText(RESPONSE, line, options), signer);
  const { role = 'product' } = options;
  if (form === 'license') return (text) => out.sign({ text, role }, signer);
  return async (text) => out.add(await signLicenseText(form, text, signer, options));
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
