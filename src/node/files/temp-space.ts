import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readdirSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from './file-error.js';
import { unwritable } from './write-error.js';

const NAME = /^keywright-[0-9a-f]{16}\.tmp$/;

/**
 * Where temporary files live: exclusive, readable for their owner only, and without a name from the moment they
 * are open. So nothing of them can be left behind, however the process ends; what a run that was killed between
 * these two steps left, an empty file, goes when the next one begins.
 */
export class TempSpace {
  readonly #directory: string;
  readonly #open = new Set<number>();

  constructor(directory: string = tmpdir()) {
    this.#directory = directory;
  }

  /**
   * A new empty file, for reading and writing.
   *
   * @throws {KeywrightError} `unwritable_file`
   */
  open(): number {
    const path = join(this.#directory, `keywright-${randomBytes(8).toString('hex')}.tmp`);
    try {
      const fd = openSync(path, 'wx+', 0o600);
      this.#open.add(fd);
      removeName(path);
      return fd;
    } catch (error) {
      throw unwritable(this.#directory, error);
    }
  }

  /**
   * Writes all of `bytes` at `position`.
   *
   * @throws {KeywrightError} `unwritable_file`
   */
  write(fd: number, bytes: Uint8Array, position: number): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, position + at);
    } catch (error) {
      throw unwritable(this.#directory, error);
    }
  }

  /** Reads up to `bytes.length` bytes from `position`; less only at the end of the file. */
  read(fd: number, bytes: Uint8Array, position: number): number {
    return readFully(fd, bytes, position);
  }

  close(fd: number): void {
    if (this.#open.delete(fd)) closeSync(fd);
  }

  /** Closes what is still open; the disk space is free then. */
  closeAll(): void {
    for (const fd of this.#open) this.close(fd);
  }

  /** Removes what killed runs left. */
  sweep(): void {
    const names = listed(this.#directory).filter((name) => NAME.test(name));
    for (const name of names) removeName(join(this.#directory, name));
  }
}

/** Reads up to `bytes.length` bytes of an open file from `position`; less only at its end. */
export function readFully(fd: number, bytes: Uint8Array, position: number): number {
  let got = 0;
  while (got < bytes.length) {
    const more = readSync(fd, bytes, got, bytes.length - got, position + got);
    if (more === 0) break;
    got += more;
  }
  return got;
}

/** Size and time of the last change of an open file, to see whether it is still the same. */
export function stateOf(fd: number): string {
  const { size, mtimeNs } = fstatSync(fd, { bigint: true });
  return `${size} ${mtimeNs}`;
}

function listed(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // Opening a file there says what is wrong with it.
    return [];
  }
}

function removeName(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    // Another run may sweep at the same moment; what belongs to somebody else stays.
    if (!['ENOENT', 'EPERM', 'EACCES'].includes(errnoOf(error) ?? '')) throw error;
  }
}
