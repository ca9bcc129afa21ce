import { closeSync, fstatSync, linkSync, lstatSync, openSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { errnoOf } from '../files/file-error.js';
import { unwritableFile } from '../files/write-error.js';
import { identityOf } from './protected-files.js';

/** How the system says that a file system has no hard links. */
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];
const NO_DIRECTORY_SYNC = ['EINVAL', 'EPERM', 'EACCES', 'EISDIR', ...NO_HARD_LINKS];

/**
 * Gives the finished file `temporary` the name `place`, where nothing has it, and takes the temporary name away. False
 * when the name is taken. A hard link does it, which the system makes or refuses at once.
 *
 * A file system without hard links (FAT, some network shares) gets an empty file under the name, exclusively, and the
 * finished one is renamed over it: so the name is still given once, and nobody's file is replaced. Who is killed between
 * these two steps leaves the empty file; where `overEmpty` says so, one there is taken for that.
 *
 * All steps are synchronous: each takes microseconds, and a signal handler never finds one half done. Throws the
 * system's own errors.
 */
export function giveName(temporary: string, place: string, overEmpty = false): boolean {
  try {
    linkSync(temporary, place);
  } catch (error) {
    const errno = errnoOf(error) ?? '';
    if (errno === 'EEXIST') return false;
    if (!NO_HARD_LINKS.includes(errno)) throw error;
    return claimAndRename(temporary, place, overEmpty);
  }
  unlinkIfThere(temporary);
  return true;
}

/**
 * Gives the finished file `temporary` the name `place` whatever plain file has it; nothing else is replaced.
 *
 * @throws {KeywrightError} `unwritable_file`: the name is that of something else. The system's own errors as they are.
 */
export function takeName(temporary: string, place: string): void {
  const there = lstatSync(place, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) {
    throw unwritableFile(place, 'EINVAL', 'what has that name meanwhile is no plain file: look at it');
  }
  renameSync(temporary, place);
}

/** Keeps the file at `place` under the name `backup`; where there are no hard links, under that name alone. */
export function keepOriginal(place: string, backup: string): void {
  try {
    linkSync(place, backup);
  } catch (error) {
    if (!NO_HARD_LINKS.includes(errnoOf(error) ?? '')) throw error;
    renameSync(place, backup);
  }
}

/** The device and inode of what has a name; undefined where nothing has it. */
export function identityAt(path: string): string | undefined {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : identityOf(stats);
}

/** Removes a file, if it is there and the directory lets us; called where another outcome is already certain. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The caller's own outcome says more than a hidden file left behind.
  }
}

/** Makes the names in `directory` durable, where the system can. Rejects with the system's error. */
export async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!NO_DIRECTORY_SYNC.includes(errnoOf(error) ?? '')) throw error;
  }
}

function claimAndRename(temporary: string, place: string, overEmpty: boolean): boolean {
  const claim = claimed(place);
  if (claim === undefined && !(overEmpty && isEmptyFile(place))) return false;
  try {
    renameSync(temporary, place);
    return true;
  } catch (error) {
    if (claim !== undefined && identityAt(place) === claim) removeQuietly(place);
    throw error;
  }
}

/** Makes an empty file where nothing is, and returns what tells it from others; undefined where something is. */
function claimed(place: string): string | undefined {
  try {
    const claim = openSync(place, 'wx', 0o600);
    const identity = identityOf(fstatSync(claim, { bigint: true }));
    closeSync(claim);
    return identity;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return undefined;
    throw error;
  }
}

function isEmptyFile(place: string): boolean {
  const there = lstatSync(place, { throwIfNoEntry: false });
  return there?.isFile() === true && there.size === 0;
}

// Another run of the same batch may have been faster.
function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
