import type { Algorithm } from '../../core/sign/public-key.js';
import type { KeyringRole } from '../../core/sign/role.js';
import { EnvelopeLines } from '../sign/envelope-lines.js';
import { pkcs8Signer } from '../sign/native-signer.js';
import type { LicenseBlock } from './license-block.js';

/** What a license is written as: an envelope, which `verifyLicense` takes, or a JWT for other libraries. */
export type LicenseForm = 'envelope' | 'jwt';

/** What a worker is started with. */
export interface BlockSignerData {
  readonly form: LicenseForm;
  readonly kid: string;
  readonly alg: Algorithm;
  readonly pkcs8: Uint8Array;
  readonly role: KeyringRole;
}

/** Makes the function that signs blocks, each license a line with its end; it holds the key. */
export function blockSigner({
  form,
  kid,
  alg,
  pkcs8,
  role,
}: BlockSignerData): (block: LicenseBlock) => Promise<Uint8Array<ArrayBuffer>> {
  const out = new EnvelopeLines();
  const signer = pkcs8Signer(kid, alg, pkcs8);
  return async ({ bytes, ends }) => {
    const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    // Threads load little, so that they start fast.
    const jwt = form === 'jwt' ? await import('../../core/license/license-jwt.js') : undefined;
    let start = 0;
    for (const end of ends) {
      if (jwt === undefined) out.signBytes(source, start, end, role, signer);
      else out.add(await jwt.signLicenseJwt(source.toString('utf8', start, end), signer));
      start = end;
    }
    return out.taken();
  };
}
