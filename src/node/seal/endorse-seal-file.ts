import { formatCheckpoint } from '../../core/seal/checkpoint.js';
import { endorseSeal, signSeal } from '../../core/seal/sign-seal.js';
import type { PublicKey } from '../../core/sign/public-key.js';
import type { Signer } from '../../core/sign/signer.js';
import { ByteSource } from '../files/byte-source.js';
import { damagedFile } from '../files/file-error.js';
import { replaceFile } from '../publish/replaced-file.js';
import { signatureIn } from '../sign/external-signer.js';
import { refuseOtherRows } from './other-rows.js';
import { type ResealedRows, Resealing, type ResealingOptions } from './resealed-rows.js';
import { readSealFile } from './seal-file.js';
import type { SealedBatch } from './seal-manifest.js';

/** How {@link endorseSealFile} works. */
export interface EndorseSealOptions extends ResealingOptions {
  readonly signer: Signer;
  /** Files that are read, none of which may be the seal. */
  readonly inputs?: readonly string[] | undefined;
}

/** What {@link endorseSealFile} did; nothing where the rows are others than those that were sealed. */
export interface EndorsedSeal extends Omit<ResealedRows, 'over'> {
  readonly sealed: SealedBatch;
  /** How many signatures the seal has now. */
  readonly signatures: number;
}

/**
 * Puts one more signature under a seal, the first one as well, and replaces its file, whole or not at all. The rows are
 * read first: a seal of others is never signed.
 *
 * @throws {KeywrightError} `file_exists` where a seal beside it is of the same origin and other rows; as `Resealing`, `endorseSeal`, `replaceFile`; then the file is as it was.
 *
 * @example
 * const newer = ed25519Signer(await generateKeyPair());
 * const { signatures } = await endorseSealFile(['keys.txt'], { seal: 'keys.seal', signer: newer });
 * signatures; // 2
 */
export async function endorseSealFile(
  paths: readonly string[],
  { signer, inputs, ...options }: EndorseSealOptions,
): Promise<EndorsedSeal> {
  const { seal, signal } = options;
  const resealing = await Resealing.open(options);
  const { sealed } = resealing;
  const { over, ...found } = await resealing.read(paths);
  let signatures = resealing.file.signatures.length;
  if (!found.isSame) return { ...found, sealed, signatures };
  const { checkpoint } = sealed;
  const work = async () => {
    const before = await readSealFile(seal, { signal });
    if (formatCheckpoint(before.checkpoint) !== formatCheckpoint(checkpoint))
      throw damagedFile(seal, 'has been replaced by another seal: run this again');
    await refuseOtherRows(seal, checkpoint);
    signatures = before.signatures.length + 1;
    const text =
      signatures === 1
        ? await signSeal(checkpoint, signer)
        : await endorseSeal(before.text, checkpoint, signer);
    return Buffer.from(text);
  };
  await replaceFile(seal, work, { newMode: 0o644, inputs: [...paths, ...(inputs ?? [])], signal });
  return { ...found, sealed, signatures };
}

/**
 * Who has signed already, elsewhere: it answers with the signature in a file, of 64 bytes, raw or as base64.
 *
 * @throws {KeywrightError} `missing_file`; `damaged_file` for anything else.
 */
export async function readSigned(
  path: string,
  publicKey: PublicKey,
  { stdin, signal }: Pick<ResealingOptions, 'stdin' | 'signal'>,
): Promise<Signer> {
  const source = await ByteSource.open(path, stdin, signal);
  let bytes = Buffer.alloc(0);
  try {
    for await (const chunk of source.chunks()) {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length > LONGEST) break;
    }
  } finally {
    await source.close();
  }
  const signature = signatureIn(bytes, SIGNATURE_LENGTH);
  if (signature === undefined)
    throw damagedFile(path, 'holds no signature of 64 bytes, raw or as base64: write that alone');
  const { kid, alg } = publicKey;
  return { kid, alg, publicKey, sign: async () => signature };
}

const LONGEST = 4096;
const SIGNATURE_LENGTH = 64;
