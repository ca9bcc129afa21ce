import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { folderExists, unwritable, unwritableFile } from '../files/write-error.js';
import { onExit } from './exit-duty.js';
import { syncDirectory } from './given-name.js';
import { hiddenName } from './temporary-name.js';

/**
 * A folder of files that appears whole or not at all: it is filled under a hidden name beside its own, and renamed. An
 * empty folder of that name is taken; nothing else is ever replaced.
 */
export class OutputFolder {
  readonly path: string;
  readonly #place: string;
  readonly #temporary: string;
  #dismiss: (() => void) | undefined;

  /** @throws {KeywrightError} `file_exists`, `unwritable_file` */
  constructor(path: string) {
    this.path = path;
    if (path === '' || path.includes('\0'))
      throw unwritableFile(path, 'EINVAL', 'this is no folder name: choose another');
    this.#place = resolve(path);
    this.#temporary = hiddenName(this.#place, 'tmp');
    this.check();
  }

  /** Refuses early what {@link publish} would refuse later on. @throws {KeywrightError} as the constructor. */
  check(): void {
    try {
      const there = lstatSync(this.#place, { throwIfNoEntry: false });
      // A link to an empty folder is no folder: nothing could be renamed over it.
      if (there !== undefined && !(there.isDirectory() && isEmptyFolder(this.#place)))
        throw folderExists(this.path);
      lstatSync(dirname(this.#place));
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** Writes one file, with mode 0600, and brings it to the disk. @throws {KeywrightError} `unwritable_file` */
  write(name: string, bytes: Uint8Array): void {
    try {
      this.#open();
      const file = openSync(join(this.#temporary, basename(name)), 'wx', 0o600);
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** Gives the folder its name. @throws {KeywrightError} `file_exists` when something has it, `unwritable_file` */
  async publish(): Promise<void> {
    try {
      this.#open();
      await syncDirectory(this.#temporary);
      // A rename takes the place of an empty folder, and of nothing else.
      renameSync(this.#temporary, this.#place);
      this.#dismiss?.();
      this.#dismiss = undefined;
      await syncDirectory(dirname(this.#place));
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** Takes back the name that {@link publish} gave, with all that is in it. */
  withdraw(): void {
    rmSync(this.#place, { recursive: true, force: true });
  }

  /** Removes what was not published. */
  discard(): void {
    this.#dismiss?.();
    this.#dismiss = undefined;
    rmSync(this.#temporary, { recursive: true, force: true });
  }

  #open(): void {
    if (this.#dismiss !== undefined) return;
    this.#dismiss = onExit(() => rmSync(this.#temporary, { recursive: true, force: true }));
    mkdirSync(this.#temporary, { mode: 0o700 });
  }
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false; // no folder
  }
}
