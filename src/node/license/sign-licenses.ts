import type { SignOptions } from '../../core/sign/envelope.js';
import { PrivateKey } from '../../core/sign/private-key.js';
import type { Signer } from '../../core/sign/signer.js';
import { signLine } from '../sign/line-forms.js';
import { signFormLines } from '../sign/sign-lines.js';
import type { UnsignedLicense } from './license-rows.js';

/** What a license is written as: an envelope, which `verifyLicense` takes, or a JWT for other libraries. */
export type LicenseForm = 'envelope' | 'jwt';

/** A run of signed licenses, in the order of their keys. */
export interface SignedLicenses {
  readonly keys: readonly string[];
  /** Without line ends. */
  readonly lines: readonly string[];
}

/** How {@link signLicenses} signs. */
export interface SignLicensesOptions extends SignOptions {
  readonly as: LicenseForm;
  readonly signer: PrivateKey | Signer;
}

/** Signs licenses; once `isLost` says so they are only read. */
export async function* signLicenses(
  unsigned: AsyncIterable<UnsignedLicense>,
  isLost: () => boolean,
  { as, signer, role, style }: SignLicensesOptions,
): AsyncGenerator<SignedLicenses, void, undefined> {
  const waiting: string[] = [];
  const payloads = async function* () {
    for await (const { key, payload } of unsigned) {
      if (isLost()) continue;
      waiting.push(key);
      yield payload;
    }
  };
  const options = { role, style };
  const form = as === 'jwt' ? 'license-jwt' : 'license';
  if (signer instanceof PrivateKey) {
    for await (const { text, count } of signFormLines(form, payloads(), signer, options)) {
      yield { keys: waiting.splice(0, count), lines: text.slice(0, -1).split('\n') };
    }
    return;
  }
  for await (const payload of payloads()) {
    yield { keys: waiting.splice(0, 1), lines: [await signLine(form, payload, signer, options)] };
  }
}
