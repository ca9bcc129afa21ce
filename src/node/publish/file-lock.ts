import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KeywrightError } from '../../core/errors.js';
import { errnoOf, shownPath } from '../files/file-error.js';
import { unwritable, unwritableFile } from '../files/write-error.js';
import { onExit } from './exit-duty.js';
import { giveName, removeQuietly } from './given-name.js';
import { hiddenName, isDeadHolder, startedProcessMark, stem } from './temporary-name.js';

/** How {@link withFileLock} waits for another process. */
export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** In milliseconds. Default: ten seconds. */
  readonly longestWait?: number | undefined;
  /** What is done with the file, as its message says it. Default: `changed`. */
  readonly doing?: string | undefined;
}

/**
 * Does `work` while this process alone holds the lock of the file `place`: a file `.<name>.lock` beside it, made whole
 * and exclusively, that names its holder. Every command that changes the file takes it, on this machine and on others.
 * It tells machine, process, and when that began. The lock of a process of this machine that is no more is broken; that of another machine ends only by its holder.
 *
 * @throws {KeywrightError} `unwritable_file`: the lock cannot be made, or was held for too long. And what `work` throws.
 */
export async function withFileLock<T>(
  place: string,
  work: () => Promise<T>,
  { signal, longestWait = 10_000, doing = 'changed' }: LockOptions = {},
): Promise<T> {
  const lock = join(dirname(place), `${stem(place)}lock`);
  const holder = `${startedProcessMark()}-${randomBytes(8).toString('hex')}`;
  const until = performance.now() + longestWait;
  while (!tryTaking(place, lock, holder)) {
    signal?.throwIfAborted();
    const other = holderOf(lock);
    if (other !== undefined && isDeadHolder(other)) breakLock(place, lock, other);
    else if (performance.now() > until) throw heldTooLong(place, lock, doing);
    else await delay(5 + Math.random() * 50, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
  const release = () => {
    if (holderOf(lock) === holder) removeQuietly(lock);
  };
  const dismiss = onExit(release);
  try {
    return await work();
  } finally {
    dismiss();
    release();
  }
}

/** Tries to make `name`, which says who made it. */
function tryTaking(place: string, name: string, holder: string): boolean {
  const temporary = hiddenName(place, 'tmp');
  try {
    writeFileSync(temporary, holder, { flag: 'wx', mode: 0o600 });
    return giveName(temporary, name);
  } catch (error) {
    throw unwritable(place, error);
  } finally {
    removeQuietly(temporary);
  }
}

/** Opens a lock without waiting for whoever would write into it, and no link. Windows has neither flag, nor such files. */
const READING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
/** A holder's name is much shorter. */
const LONGEST_HOLDER = 4096;

function holderOf(lock: string): string | undefined {
  try {
    const file = openSync(lock, READING);
    try {
      // Whoever may write into the folder could put a pipe or a device there: to read it would never end.
      const stats = fstatSync(file);
      if (!stats.isFile() || stats.size > LONGEST_HOLDER) throw noLock(lock, 'EINVAL');
      return readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (errnoOf(error) === 'ELOOP') throw noLock(lock, 'ELOOP');
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw unwritable(lock, error);
  }
}

/**
 * Removes a dead holder's lock. Of several that see it, only the one that makes the right to this very holder's lock may,
 * and it looks again: else the last of them would remove what the first has taken meanwhile.
 */
function breakLock(place: string, lock: string, holder: string): void {
  const right = `${lock}.${holder.slice(-16)}`;
  if (!tryTaking(place, right, `${startedProcessMark()}-${randomBytes(8).toString('hex')}`)) return;
  try {
    if (holderOf(lock) === holder) unlinkSync(lock);
  } finally {
    removeQuietly(right);
  }
}

function noLock(lock: string, errno: string): KeywrightError<'unwritable_file'> {
  return unwritableFile(
    lock,
    errno,
    'it is no lock that keywright made: look who put it there, and remove it',
  );
}

function heldTooLong(place: string, lock: string, doing: string): KeywrightError<'unwritable_file'> {
  const message = `${shownPath(place)} is being ${doing} by another process: try again, or remove ${shownPath(basename(lock))} beside it when there is none`;
  return new KeywrightError('unwritable_file', message, { path: place, errno: 'EBUSY' });
}
