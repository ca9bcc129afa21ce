import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodeBase64 } from '../../core/encoding/base64.js';
import { KeywrightError } from '../../core/errors.js';
import type { Checkpoint } from '../../core/seal/checkpoint.js';
import { shownPath } from '../files/file-error.js';
import { parseSealFile } from './seal-file.js';
import { manifestOf, parseSealManifest } from './seal-manifest.js';

/**
 * An origin stands for one batch: whoever has seen two roots of one has been lied to. Asked are the file of the seal, if it
 * is there, and the manifests of all seals beside it; without a file those of the current folder.
 *
 * @throws {KeywrightError} `file_exists` where one of them is of the same origin and other rows.
 */
export async function refuseOtherRows(
  seal: string | undefined,
  { origin, size, root }: Checkpoint,
): Promise<void> {
  const isOther = (other: { readonly origin: string; readonly size: number; readonly root: string }) =>
    other.origin === origin && (other.size !== size || other.root !== encodeBase64(root));
  const there = seal === undefined ? undefined : parseSealFile(await textIn(seal))?.checkpoint;
  if (seal !== undefined && there !== undefined && isOther({ ...there, root: encodeBase64(there.root) }))
    throw otherRows(seal);
  for (const path of await manifestsBeside(seal ?? '')) {
    const manifest = parseSealManifest(await textIn(path));
    if (manifest !== undefined && isOther(manifest)) throw otherRows(path);
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

/** What is there, if anything can be read: who writes judges the rest. */
function textIn(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
