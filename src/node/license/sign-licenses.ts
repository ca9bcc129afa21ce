import { signLicenseJwt } from '../../core/license/license-jwt.js';
import { type SignOptions, signCheckedText } from '../../core/sign/envelope.js';
import { PrivateKey } from '../../core/sign/private-key.js';
import type { Signer } from '../../core/sign/signer.js';
import { envelopeFrame } from '../sign/envelope-frame.js';
import { pkcs8Signer } from '../sign/native-signer.js';
import { jobSize } from '../sign/sign-lines.js';
import { doJobs } from '../threads/jobs.js';
import { blockSigner, type LicenseForm } from './block-signer.js';
import { BlockWriter, type KeyedBlock, type LicenseBlock } from './license-block.js';
import { payloadOf, type UnsignedLicense } from './license-texts.js';

/** A run of signed licenses, in the order of their keys. */
export interface SignedLicenses {
  readonly keys: readonly string[];
  /** A line each, with its end, in UTF-8; gone when the next run is asked for. */
  readonly bytes: Uint8Array;
}

/** How {@link signLicenses} signs. */
export interface SignLicensesOptions extends SignOptions {
  readonly as: LicenseForm;
  readonly signer: PrivateKey | Signer;
  readonly workers?: number | undefined;
}

/** Signs licenses, by a key on all cores, by anything else one after the other; once `isLost` says so they are only read. */
export async function* signLicenses(
  unsigned: AsyncIterable<readonly UnsignedLicense[]>,
  isLost: () => boolean,
  { as, signer, workers, role = 'product' }: SignLicensesOptions,
): AsyncGenerator<SignedLicenses, void, undefined> {
  if (signer instanceof PrivateKey) {
    const { kid, alg } = signer;
    const data = { form: as, kid, alg, pkcs8: signer.exportPkcs8(), role };
    const work = {
      workers,
      here: () => blockSigner(data),
      module: new URL('./block-signer-worker.js', import.meta.url),
      data,
      posted: ({ bytes, places }: KeyedBlock) => [{ bytes, places }, [bytes.buffer, places.buffer]] as const,
    };
    const signatureLength = 4 * Math.ceil(pkcs8Signer(kid, alg, data.pkcs8).signatureBytes / 3);
    const around = as === 'jwt' ? undefined : { frame: envelopeFrame(role), signatureLength };
    const writer = new BlockWriter(jobSize(alg), around);
    const blocks = blocksOf(unsigned, isLost, writer);
    for await (const [{ keys }, bytes] of doJobs<KeyedBlock, LicenseBlock, Uint8Array<ArrayBuffer>>(
      blocks,
      work,
    )) {
      yield { keys, bytes };
      writer.recycle(bytes.buffer);
    }
    return;
  }
  const encoder = new TextEncoder();
  for await (const licenses of unsigned) {
    for (const license of isLost() ? [] : licenses) {
      const text = payloadOf(license);
      const signed =
        as === 'jwt' ? await signLicenseJwt(text, signer) : await signCheckedText({ text, role }, signer);
      yield { keys: [license.key], bytes: encoder.encode(`${signed}\n`) };
    }
  }
}

async function* blocksOf(
  unsigned: AsyncIterable<readonly UnsignedLicense[]>,
  isLost: () => boolean,
  writer: BlockWriter,
): AsyncGenerator<KeyedBlock, void, undefined> {
  for await (const licenses of unsigned) {
    if (isLost()) continue;
    for (const license of licenses) {
      const block = writer.add(license);
      if (block !== undefined) yield block;
    }
  }
  const last = writer.end();
  if (last !== undefined && !isLost()) yield last;
}
