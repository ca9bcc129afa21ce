import { KeywrightError } from '../../core/errors.js';
import { errnoOf, shownPath } from './file-error.js';

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space, or write elsewhere',
  EDQUOT: 'your disk quota is used up: free some space, or write elsewhere',
  EFBIG: 'the file grows larger than the system allows: raise the limit (ulimit -f), or write smaller parts',
  EROFS: 'the file system is read-only: write elsewhere',
  ENOENT: 'no such directory: create it first',
  ENOTDIR: 'a part of the path is no directory: check the path',
  EACCES: 'permission denied: write elsewhere, or change the permissions of the directory',
  EPERM: 'the system does not permit it: write elsewhere, or change the permissions of the directory',
  EISDIR: 'it is a directory: name a file in it',
  ENAMETOOLONG: 'the name is too long: choose a shorter one',
  ELOOP: 'its symbolic links lead in a circle: name the file itself',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine: try again later',
  EIO: 'the disk failed: check it, or write elsewhere',
};

/** An `unwritable_file` error in plain words when `error` is one of the system's; anything else as it is. */
export function unwritable(path: string, error: unknown): unknown {
  const errno = errnoOf(error);
  return errno === undefined ? error : unwritableFile(path, errno, WORDS[errno], error);
}

/** An `unwritable_file` error with the words for `errno`. */
export function unwritableFile(
  path: string,
  errno: string,
  words = WORDS[errno],
  cause?: unknown,
): KeywrightError<'unwritable_file'> {
  const message = `cannot write ${shownPath(path)} (${errno}), ${words ?? 'the system refuses it: write elsewhere'}`;
  return new KeywrightError('unwritable_file', message, { path, errno }, { cause });
}

/** A `file_exists` error about a folder to make: none is ever replaced. */
export function folderExists(path: string): KeywrightError<'file_exists'> {
  return new KeywrightError('file_exists', `${shownPath(path)} exists already: choose another name`, {
    path,
  });
}

/** A `file_exists` error. */
export function fileExists(path: string): KeywrightError<'file_exists'> {
  return new KeywrightError(
    'file_exists',
    `${shownPath(path)} exists already: choose another name, or replace it`,
    { path, option: 'force' },
  );
}
