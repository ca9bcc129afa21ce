import { createHash } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { addAbortSignal, Readable } from 'node:stream';
import { KeywrightError } from '../../core/errors.js';
import { damagedFile, errnoOf, shownPath } from './file-error.js';

const CHUNK = 1 << 18;

/** The bytes of a file or of standard input, counted and hashed as they lie there while they are read. */
export class ByteSource {
  readonly path: string;
  /** Who may read the file, as `0o600`; 0 of standard input. */
  readonly mode: number;
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
    mode = 0,
  ) {
    this.path = path;
    this.mode = mode & 0o777;
    this.#stream = stream;
    this.#handle = handle;
    this.#signal = signal;
    // A silent pipe would otherwise keep a read waiting.
    if (signal === undefined || !(stream instanceof Readable)) return;
    // It may come before anybody reads.
    stream.on('error', () => {});
    addAbortSignal(signal, stream);
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
    const pipeMode = await modeOfPipe(path);
    if (pipeMode !== undefined) return new ByteSource(path, openPipe(path), undefined, signal, pipeMode);
    const handle = await openFile(path);
    const stats = await handle.stat();
    if (stats.isDirectory()) {
      await handle.close();
      throw damagedFile(path, 'is a directory: name a file in it');
    }
    const stream = handle.createReadStream({ highWaterMark: CHUNK, autoClose: false });
    return new ByteSource(path, stream, handle, signal, stats.mode);
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
      const message = `${shownPath(this.path)} cannot be read (${errno}): check the file and its disk`;
      throw new KeywrightError('damaged_file', message, { path: this.path }, { cause: error });
    }
    this.#sha256 = this.#hash.digest('hex');
  }

  /** Closes the file; may be called more than once. */
  async close(): Promise<void> {
    if (this.#stream instanceof Socket) this.#stream.destroy();
    if (this.#handle === undefined) return;
    if (this.#stream instanceof Readable) this.#stream.destroy();
    await this.#handle.close();
  }
}

async function modeOfPipe(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path);
    return stats.isFIFO() ? stats.mode : undefined;
  } catch {
    // What cannot be looked at is reported when it is opened.
    return undefined;
  }
}

/**
 * Opens a pipe without waiting for its writer: a thread that waits in the system for one would keep the process from
 * ending, whatever signal it gets. The socket waits where signals are heard.
 */
function openPipe(path: string): Socket {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return new Socket({ fd: descriptor, readable: true, writable: false });
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  } catch (error) {
    throw notOpened(path, error);
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw notOpened(path, error);
  }
}

function notOpened(path: string, error: unknown): unknown {
  const errno = errnoOf(error);
  if (errno === 'EISDIR') return damagedFile(path, 'is a directory: name a file in it');
  if (errno === 'ENOENT' || errno === 'ENOTDIR')
    return missing(path, 'does not exist: check the path', error);
  if (errno === 'EACCES' || errno === 'EPERM')
    return missing(path, 'may not be read: check its permissions', error);
  if (errno === undefined && !path.includes('\0')) return error;
  return missing(path, `cannot be opened (${errno ?? 'NUL in its name'}): check the path`, error);
}

function missing(path: string, problem: string, cause?: unknown): Error {
  return new KeywrightError('missing_file', `${shownPath(path)} ${problem}`, { path }, { cause });
}
