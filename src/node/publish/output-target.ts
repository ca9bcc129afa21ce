import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { KeywrightError } from '../../core/errors.js';
import { shownPath } from '../files/file-error.js';
import { fileExists, unwritable, unwritableFile } from '../files/write-error.js';
import type { ProtectedFiles } from './protected-files.js';

/** Where an output goes: `place` is the name that is published, in the real path of its `directory`. */
export interface OutputTarget {
  readonly place: string;
  readonly directory: string;
}

const MAX_LINKS = 40;

/** What the system calls the open files of a process: renaming over them would do something else than writing to them. */
const DESCRIPTOR = /^\/(dev\/(stdin|stdout|stderr|fd\/[0-9]+)|proc\/[^/]+(\/task\/[0-9]+)?\/fd\/[0-9]+)$/;

/**
 * Where the output `path` goes. With `force` symbolic links are followed, so that the plain file they lead to is
 * replaced; one that leads nowhere is refused, for nobody can tell from its name where the file would appear.
 *
 * @throws {KeywrightError} `same_file`: it is one of the inputs, also by a link. `file_exists`, without
 *   `force`. `unwritable_file`: no such directory, a link that leads to no file, or the name is that of a directory,
 *   device, pipe, socket.
 */
export function outputTarget(path: string, force: boolean, inputs: ProtectedFiles): OutputTarget {
  if (path === '' || path.includes('\0'))
    throw unwritableFile(path, 'EINVAL', 'this is no file name: choose another');
  if (/[/\\]$/.test(path)) throw unwritableFile(path, 'EISDIR');
  if (DESCRIPTOR.test(resolve(path))) throw noPlainFile(path);
  try {
    const name = force ? followedLinks(path) : path;
    const directory = realpathSync(dirname(name));
    const place = join(directory, basename(name));
    if (inputs.holds(place)) throw sameFile(path);
    const existing = lstatSync(place, { throwIfNoEntry: false });
    if (existing === undefined) {
      if (name === path) return { place, directory };
      throw unwritableFile(
        path,
        'ENOENT',
        'it is a symbolic link that leads to no file: name the file itself',
      );
    }
    if (existing.isDirectory()) throw unwritableFile(path, 'EISDIR');
    if (!existing.isFile() && !existing.isSymbolicLink()) throw noPlainFile(path);
    if (!force) throw fileExists(path);
    return { place, directory };
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** The name that an output `path` has among those that are published, whether or not it may be written. */
export function placeOf(path: string, force: boolean): string {
  try {
    const name = force ? followedLinks(path) : path;
    return join(realpathSync(dirname(name)), basename(name));
  } catch {
    return resolve(path);
  }
}

/** A `same_file` error for a name that was given to two outputs. */
export function namedTwice(path: string): KeywrightError<'same_file'> {
  return new KeywrightError('same_file', `${shownPath(path)} is named for two outputs: choose two names`, {
    path,
  });
}

function noPlainFile(path: string): KeywrightError<'unwritable_file'> {
  return unwritableFile(
    path,
    'EINVAL',
    'it is a device, pipe or socket: write to standard output instead, or to a plain file',
  );
}

function sameFile(path: string): KeywrightError<'same_file'> {
  const message = `${shownPath(path)} is also an input, which is never replaced: write to another file`;
  return new KeywrightError('same_file', message, { path });
}

/** The name that symbolic links of this name lead to; the name itself where it is none. */
export function followedLinks(path: string): string {
  let name = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    if (!lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink()) return name;
    name = resolve(realpathSync(dirname(name)), readlinkSync(name));
  }
  throw unwritableFile(path, 'ELOOP');
}
