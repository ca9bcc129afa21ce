import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { addAbortSignal, Readable } from 'node:stream';
import { KeywrightError } from '../../core/errors.js';
import { damagedFile, errnoOf, shownPath } from './file-error.js';

const CHUNK = 1 << 18;

/** The bytes of a file or of standard input, counted and hashed as they lie there while they are read. */
export class ByteSource {
  readonly path: string;
  readonly #stream: AsyncIterable<Uint8Array>;
  readonly #handle: FileHandle | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #sha256: string | undefined;

  private constructor(
    path: string,
    stream: AsyncIterable<Uint8Array>,
    handle: FileHandle | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.path = path;
    this.#stream = stream;
    this.#handle = handle;
    this.#signal = signal;
    // A silent pipe would otherwise keep a read waiting.
    if (signal !== undefined && stream instanceof Readable) addAbortSignal(signal, stream);
  }

  /**
   * Opens `path`, or takes `stdin` when it is `-`.
   *
   * @throws {KeywrightError} `missing_file` (does not exist, may not be read), `damaged_file` (a directory).
   */
  static async open(
    path: string,
    stdin: AsyncIterable<Uint8Array> | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ByteSource> {
    signal?.throwIfAborted();
    if (path === '-') {
      if (stdin === undefined) throw missing(path, 'cannot be read here: name a file');
      return new ByteSource(path, stdin, undefined, signal);
    }
    const handle = await openFile(path);
    if ((await handle.stat()).isDirectory()) {
      await handle.close();
      throw damagedFile(path, 'is a directory: name a file in it');
    }
    const stream = handle.createReadStream({ highWaterMark: CHUNK, autoClose: false });
    return new ByteSource(path, stream, handle, signal);
  }

  /** Takes `stream` for what `path` holds. */
  static of(path: string, stream: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): ByteSource {
    return new ByteSource(path, stream, undefined, signal);
  }

  /** How many bytes were read so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The hash of everything, in hex. Throws as long as not everything was read. */
  get sha256(): string {
    if (this.#sha256 === undefined) throw new Error('the hash is known when everything was read');
    return this.#sha256;
  }

  /**
   * The bytes, once. Stops with the signal's reason.
   *
   * @throws {KeywrightError} `damaged_file` when the device fails to read.
   */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of this.#stream) {
        this.#signal?.throwIfAborted();
        this.#hash.update(chunk);
        this.#bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      this.#signal?.throwIfAborted();
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      throw damagedFile(this.path, `cannot be read (${errno}): check the file and its disk`);
    }
    this.#sha256 = this.#hash.digest('hex');
  }

  /** Closes the file; may be called more than once. */
  async close(): Promise<void> {
    if (this.#handle === undefined) return;
    if (this.#stream instanceof Readable) this.#stream.destroy();
    await this.#handle.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EISDIR') throw damagedFile(path, 'is a directory: name a file in it');
    if (errno === 'ENOENT' || errno === 'ENOTDIR') throw missing(path, 'does not exist: check the path');
    if (errno === 'EACCES' || errno === 'EPERM')
      throw missing(path, 'may not be read: check its permissions');
    if (errno !== undefined || path.includes('\0')) {
      throw missing(path, `cannot be opened (${errno ?? 'NUL in its name'}): check the path`);
    }
    throw error;
  }
}

function missing(path: string, problem: string): Error {
  return new KeywrightError('missing_file', `${shownPath(path)} ${problem}`, { path });
}
