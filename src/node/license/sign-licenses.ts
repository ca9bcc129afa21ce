import type { SignOptions } from '../../core/sign/envelope.js';
import { PrivateKey } from '../../core/sign/private-key.js';
import type { Signer } from '../../core/sign/signer.js';
import { signLicenseText } from '../sign/line-forms.js';
import { signFormLines } from '../sign/sign-lines.js';
import type { UnsignedLicense } from './license-texts.js';

/** What a license is written as: an envelope, which `verifyLicense` takes, or a JWT for other libraries. */
export type LicenseForm = 'envelope' | 'jwt';

/** A run of signed licenses, in the order of their keys. */
export interface SignedLicenses {
  readonly keys: readonly string[];
  /** A line each, with its end, in UTF-8. */
  readonly bytes: Uint8Array;
}

/** How {@link signLicenses} signs. */
export interface SignLicensesOptions extends SignOptions {
  readonly as: LicenseForm;
  readonly signer: PrivateKey | Signer;
}

/** Signs licenses; once `isLost` says so they are only read. */
export async function* signLicenses(
  unsigned: AsyncIterable<readonly UnsignedLicense[]>,
  isLost: () => boolean,
  { as, signer, role, style }: SignLicensesOptions,
): AsyncGenerator<SignedLicenses, void, undefined> {
  const encoder = new TextEncoder();
  const waiting: string[] = [];
  const texts = async function* () {
    for await (const licenses of unsigned) {
      if (isLost()) continue;
      waiting.push(...licenses.map(({ key }) => key));
      yield licenses.map(({ text }) => text);
    }
  };
  const form = as === 'jwt' ? 'license-jwt' : 'license';
  if (signer instanceof PrivateKey) {
    for await (const { bytes, count } of signFormLines(form, texts(), signer, { role, style })) {
      yield { keys: waiting.splice(0, count), bytes };
    }
    return;
  }
  for await (const some of texts()) {
    for (const text of some) {
      const line = `${await signLicenseText(form, text, signer, { role })}\n`;
      yield { keys: waiting.splice(0, 1), bytes: encoder.encode(line) };
    }
  }
}
