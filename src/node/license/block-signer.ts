import type { Algorithm } from '../../core/sign/public-key.js';
import type { KeyringRole } from '../../core/sign/role.js';
import { envelopeFrame, putBase64 } from '../sign/envelope-frame.js';
import { type InstantSigner, pkcs8Signer } from '../sign/native-signer.js';
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

/** Signs a block, each license a line with its end. The bytes of the block are those of the answer, or nobody's any more. */
export type BlockSigner = (block: LicenseBlock) => Promise<Uint8Array<ArrayBuffer>>;

/** Makes the function that signs blocks; it holds the key. */
export function blockSigner({ form, kid, alg, pkcs8, role }: BlockSignerData): BlockSigner {
  const signer = pkcs8Signer(kid, alg, pkcs8);
  if (form === 'jwt') return (block) => signJwts(block, signer);
  const between = envelopeFrame(role).afterBase64.length;
  return async ({ bytes, places }) => {
    for (let index = 0; index < places.length; index += 2) {
      const end = places[index + 1] ?? 0;
      const signature = signer.signAtOnce(bytes.subarray(places[index], end));
      putBase64(signature, 0, signature.length, bytes, end + between);
    }
    return bytes;
  };
}

async function signJwts({ bytes, places }: LicenseBlock, signer: InstantSigner) {
  // Threads load little, so that they start fast.
  const { signLicenseJwt } = await import('../../core/license/license-jwt.js');
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let lines = '';
  for (let index = 0; index < places.length; index += 2) {
    const text = source.toString('utf8', places[index], places[index + 1]);
    lines += `${await signLicenseJwt(text, signer)}\n`;
  }
  return new TextEncoder().encode(lines);
}
