import { createHash } from 'node:crypto';
import { createReadStream, lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { KeywrightError } from '../../core/errors.js';
import { errnoOf, shownPath, shownText } from '../files/file-error.js';
import { unwritable } from '../files/write-error.js';
import type { Claim } from '../ledger/model/ledger.js';
import type { RecordedFile } from '../ledger/model/prepared.js';
import { giveName, removeQuietly, syncDirectory, takeName } from '../publish/given-name.js';

/** How {@link publishRecorded} publishes. */
export interface RecordedOptions {
  /** Replace files that exist. */
  readonly force: boolean;
  /** Another run wrote the files: what lies there is looked at first. */
  readonly resumed: boolean;
}

/**
 * Publishes the files that a ledger holds as prepared, in their order, the last when the others are durable. Any number
 * of runs may do it, at once and again: a name that shows the recorded bytes counts as published. Nothing is ever taken
 * back, for another run may be relying on it.
 *
 * @throws {KeywrightError} `file_exists`: a name shows something else, without `force`; `missing_file`: the recorded
 * bytes are found nowhere; `unwritable_file`. What is not published keeps its temporary name.
 */
export async function publishRecorded(
  claim: Claim,
  files: readonly RecordedFile[],
  options: RecordedOptions,
): Promise<void> {
  for (const [index, file] of files.entries()) {
    try {
      if (index === files.length - 1) await syncDirectories(files.slice(0, -1));
      await publishOne(claim, file, options);
    } catch (error) {
      throw unwritable(file.path, error);
    }
  }
  await syncDirectories(files.slice(-1));
}

/** The recorded files that are not, or no longer, what was published. */
export async function missingRecorded(files: readonly RecordedFile[]): Promise<readonly RecordedFile[]> {
  const missing: RecordedFile[] = [];
  for (const file of files) if (!(await holds(file.path, file))) missing.push(file);
  return missing;
}

async function publishOne(
  claim: Claim,
  file: RecordedFile,
  { force, resumed }: RecordedOptions,
): Promise<void> {
  const usable = !resumed || (await holds(file.temporary, file));
  if (usable && tryNaming(file, force)) return;
  if (await holds(file.path, file)) {
    // A run ended between the two names, or another one was faster.
    removeQuietly(file.temporary);
    return;
  }
  throw usable && isThere(file.path) ? nameTaken(claim, file) : lostFile(claim, file);
}

/** False when the name is taken, or the temporary one is gone. */
function tryNaming({ temporary, path, bytes }: RecordedFile, force: boolean): boolean {
  try {
    // An empty file in the way of one that is not may be what a killed run of this batch claimed the name with.
    if (!force) return giveName(temporary, path, bytes > 0);
    takeName(temporary, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Whether there is anything of that name. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Whether there is a file of these bytes; another run may take its name away while it is read. */
async function holds(path: string, { bytes, sha256 }: RecordedFile): Promise<boolean> {
  if (lstatSync(path, { throwIfNoEntry: false })?.size !== bytes) return false;
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(part);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
  return hash.digest('hex') === sha256;
}

async function syncDirectories(files: readonly RecordedFile[]): Promise<void> {
  for (const directory of new Set(files.map(({ path }) => dirname(path)))) await syncDirectory(directory);
}

function nameTaken({ id }: Claim, { path }: RecordedFile): KeywrightError<'file_exists'> {
  const message = `${shownPath(path)} exists already, and batch ${shownText(id)} is complete but for its name: move that file away, or let it be replaced, and repeat under the batch id ${shownText(id)}`;
  return new KeywrightError('file_exists', message, { path, option: 'force' });
}

function lostFile({ id }: Claim, { path }: RecordedFile): KeywrightError<'missing_file'> {
  const message = `${shownPath(path)} of batch ${shownText(id)} is found under neither of its names: repeat the command where its files lie; where they are lost, its keys stay spent, so use a new batch id`;
  return new KeywrightError('missing_file', message, { path, option: 'batchId' });
}
