import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodeBase64 } from '../../core/encoding/base64.js';
import { KeywrightError } from '../../core/errors.js';
import type { Checkpoint } from '../../core/seal/checkpoint.js';
import { shownPath } from '../files/file-error.js';
import { readTextFile } from '../files/text-file.js';
import { parseSealFile } from './seal-file.js';
import { manifestOf, parseSealManifest, type ReadManifest } from './seal-manifest.js';

/** What a seal or its manifest says of a batch; the root is base64. */
type Told = Pick<ReadManifest, 'origin' | 'size' | 'root'>;

/**
 * An origin stands for one batch: whoever has seen two roots of one has been lied to. Asked are the file of the seal, if it
 * is there, and the manifests of all seals beside it, of a damaged one its seal; without a file those of the current folder.
 *
 * @throws {KeywrightError} `file_exists` where one of them is of the same origin and other rows.
 */
export async function refuseOtherRows(
  seal: string | undefined,
  { origin, size, root }: Checkpoint,
): Promise<void> {
  const isOther = (told: Told | undefined) =>
    told?.origin === origin && (told.size !== size || told.root !== encodeBase64(root));
  if (seal !== undefined && isOther(await sealAt(seal))) throw otherRows(seal);
  for (const path of await manifestsBeside(seal ?? '')) {
    const told =
      parseSealManifest(await textIn(path)) ?? (await sealAt(path.slice(0, -manifestOf('').length)));
    if (isOther(told)) throw otherRows(path);
  }
}

function otherRows(path: string): KeywrightError<'file_exists'> {
  const message = `${shownPath(path)} is of other rows under this origin, which stands for one batch: name another origin, and another file`;
  return new KeywrightError('file_exists', message, { path, option: 'origin' });
}

async function manifestsBeside(seal: string): Promise<readonly string[]> {
  const names = await readdir(dirname(seal)).catch(() => []);
  return names.filter((name) => name.endsWith(manifestOf(''))).map((name) => join(dirname(seal), name));
}

async function sealAt(path: string): Promise<Told | undefined> {
  const checkpoint = parseSealFile(await textIn(path))?.checkpoint;
  return checkpoint && { ...checkpoint, root: encodeBase64(checkpoint.root) };
}

/** What is there, if anything can be read: who writes judges the rest. */
function textIn(path: string): Promise<string> {
  return readTextFile(path).catch(() => '');
}
