import { type BigIntStats, fstatSync, lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { KeywrightError } from '../../core/errors.js';
import { errnoOf, shownPath } from '../files/file-error.js';
import { fileExists, unwritable, unwritableFile } from '../files/write-error.js';

/** Where an output goes: `place` is the name that is published, in the real path of its `directory`. */
export interface OutputTarget {
  readonly place: string;
  readonly directory: string;
}

const MAX_LINKS = 40;

/** The device and inode of each input that exists; `-` counts when standard input is a file. */
export function inputIdentities(inputs: readonly string[]): ReadonlySet<string> {
  const identities = new Set<string>();
  for (const input of inputs) {
    const stats = inputStats(input);
    if (stats?.isFile()) identities.add(identityOf(stats));
  }
  return identities;
}

/** What two names of one file have in common. */
export function identityOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

/**
 * Where the output `path` goes. With `force` symbolic links are followed, so that what they name is replaced.
 *
 * @throws {KeywrightError} `same_file`: it is one of the inputs, also by a link. `file_exists`, without
 *   `force`. `unwritable_file`: no such directory, or the name is that of a directory, device, pipe, socket.
 */
export function outputTarget(path: string, force: boolean, inputs: ReadonlySet<string>): OutputTarget {
  if (path === '' || path.includes('\0'))
    throw unwritableFile(path, 'EINVAL', 'this is no file name: choose another');
  if (/[/\\]$/.test(path)) throw unwritableFile(path, 'EISDIR');
  try {
    const name = force ? followed(path) : path;
    const directory = realpathSync(dirname(name));
    const place = join(directory, basename(name));
    const existing = lstatSync(place, { bigint: true, throwIfNoEntry: false });
    if (existing === undefined) return { place, directory };
    const named = statSync(place, { bigint: true, throwIfNoEntry: false });
    if (named !== undefined && inputs.has(identityOf(named))) throw sameFile(path);
    if (existing.isDirectory()) throw unwritableFile(path, 'EISDIR');
    if (!existing.isFile() && !existing.isSymbolicLink()) {
      throw unwritableFile(
        path,
        'EINVAL',
        'it is a device, pipe or socket: write to standard output instead',
      );
    }
    if (!force) throw fileExists(path);
    return { place, directory };
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** The name that an output `path` has among those that are published, whether or not it may be written. */
export function placeOf(path: string, force: boolean): string {
  try {
    const name = force ? followed(path) : path;
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

function sameFile(path: string): KeywrightError<'same_file'> {
  const message = `${shownPath(path)} is also an input, which is never replaced: write to another file`;
  return new KeywrightError('same_file', message, { path });
}

function followed(path: string): string {
  let name = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    if (!lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink()) return name;
    name = resolve(realpathSync(dirname(name)), readlinkSync(name));
  }
  throw unwritableFile(path, 'ELOOP');
}

// An input that cannot be looked at is its reader's to report.
function inputStats(input: string): BigIntStats | undefined {
  try {
    if (input === '-') return fstatSync(0, { bigint: true });
    return statSync(input, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === undefined && !input.includes('\0')) throw error;
    return undefined;
  }
}
