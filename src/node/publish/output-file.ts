import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { unwritable } from '../files/write-error.js';

const BUFFER = 1 << 20;

/** A finished file: where it is, its size, its SHA-256 in hex (empty where none was wanted). */
export interface PublishedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a file that is being written needs of the set it belongs to. */
export interface OutputOwner {
  readonly signal: AbortSignal | undefined;
  /** Removes everything of the set, because this file failed. */
  discard(): Promise<void>;
}

/**
 * A file under its temporary name, made by `OutputFiles.create`. Two buffers take turns: while one is on
 * its way to the disk, the producer fills the other.
 */
export class OutputFile {
  /** The path as the caller gave it. */
  readonly path: string;
  /** Where the bytes lie until publication. */
  readonly temporary: string;
  readonly #owner: OutputOwner;
  readonly #hash: Hash | undefined;
  readonly #mode: number | undefined;
  #handle: FileHandle | undefined;
  #filling = Buffer.allocUnsafeSlow(BUFFER);
  #spare = Buffer.allocUnsafeSlow(BUFFER);
  #filled = 0;
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown;
  #finished: PublishedFile | undefined;

  /** `mode` is what it has in the end; without one it stays readable for its owner only. */
  constructor(path: string, temporary: string, owner: OutputOwner, hashed = true, mode?: number) {
    this.path = path;
    this.temporary = temporary;
    this.#owner = owner;
    this.#hash = hashed ? createHash('sha256') : undefined;
    this.#mode = mode;
  }

  /** Creates the temporary file, readable for its owner only; fails when it exists. For `OutputFiles`. */
  async open(): Promise<void> {
    this.#handle = await open(this.temporary, 'wx', 0o600);
  }

  /**
   * Appends `bytes`, which are copied and may be reused at once. Await each call before the next.
   *
   * @throws {KeywrightError} `unwritable_file` (disk full, quota, …), possibly for bytes of an earlier call.
   *   Whatever it throws, also the reason of the signal, everything of the set was removed.
   */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      this.#owner.signal?.throwIfAborted();
      if (this.#handle === undefined) throw new Error('this file is closed');
      for (let at = 0; at < bytes.length; ) {
        const taken = Math.min(bytes.length - at, BUFFER - this.#filled);
        this.#filling.set(bytes.subarray(at, at + taken), this.#filled);
        this.#filled += taken;
        at += taken;
        if (this.#filled === BUFFER) await this.#swap();
      }
    } catch (error) {
      await this.#owner.discard();
      throw unwritable(this.path, error);
    }
  }

  /**
   * Writes what is left, waits for the disk, closes, lets go of the buffers. Publication does it, too; a set of
   * many files should do it as each is complete.
   *
   * @throws {KeywrightError} `unwritable_file`, and everything of the set was removed.
   */
  async finish(): Promise<PublishedFile> {
    if (this.#finished !== undefined) return this.#finished;
    try {
      await this.#swap();
      await this.#settled();
      if (this.#mode !== undefined) await this.#handle?.chmod(this.#mode);
      await this.#handle?.sync();
      await this.#handle?.close();
    } catch (error) {
      await this.#owner.discard();
      throw unwritable(this.path, error);
    }
    this.#handle = undefined;
    this.#filling = this.#spare = Buffer.alloc(0);
    this.#finished = { path: this.path, bytes: this.#bytes, sha256: this.#hash?.digest('hex') ?? '' };
    return this.#finished;
  }

  /** Closes without a word. For `OutputFiles`. */
  async abandon(): Promise<void> {
    await this.#writing;
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => undefined);
  }

  async #swap(): Promise<void> {
    await this.#settled();
    const full = this.#filling.subarray(0, this.#filled);
    [this.#filling, this.#spare] = [this.#spare, this.#filling];
    this.#filled = 0;
    this.#writing = this.#writeOut(full).catch((error: unknown) => {
      this.#failure = error;
    });
    this.#hash?.update(full);
    this.#bytes += full.length;
  }

  async #settled(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #writeOut(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (this.#handle === undefined) throw new Error('this file is closed');
      at += (await this.#handle.write(bytes, at, bytes.length - at)).bytesWritten;
    }
  }
}
