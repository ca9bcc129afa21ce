import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { secretNames } from '../../core/vendors/server/fill-request.js';
import type { ImportRequest } from '../../core/vendors/server/vendor.js';
import { ByteSource } from '../files/byte-source.js';
import { damagedFile } from '../files/file-error.js';
import { allRequests, readRequestLine } from './request-shape.js';
import { originOf } from './server/origin.js';

/** Where a request stands in its file. */
export interface PlacedRequest {
  /** Its `idempotencyKey`. */
  readonly id: string;
  readonly line: number;
  readonly from: number;
  readonly length: number;
  /** Of its bytes: a file that is changed meanwhile is noticed. */
  readonly sum: number;
}

const LONGEST_LINE = 8 * 2 ** 20;
const ROOM = 2 ** 18;

/** What `prepare` wrote: looked through once, then read request by request. Memory grows by some bytes a request. */
export class RequestFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #requests: PlacedRequest[] = [];
  #sha256 = '';
  readonly #secrets = new Set<string>();
  #origin: string | undefined;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /**
   * Opens a request file and looks at every line of it.
   *
   * @throws {KeywrightError} `missing_file`; `damaged_file`, with the line: no request, one that stands there twice, a
   *   key of an earlier line, requests to several servers, no line at all.
   */
  static async open(path: string, signal?: AbortSignal): Promise<RequestFile> {
    if (path === '-') throw damagedFile(path, 'is read more than once: name a file');
    // It says what is wrong with a file that cannot be opened.
    await ByteSource.open(path, undefined, signal).then((source) => source.close());
    const file = new RequestFile(path, await open(path, 'r'));
    try {
      await file.#scan(signal);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get requests(): readonly PlacedRequest[] {
    return this.#requests;
  }

  get sha256(): string {
    return this.#sha256;
  }

  /** The names of the secrets that its placeholders stand for. */
  get secrets(): readonly string[] {
    return [...this.#secrets];
  }

  /** Where all its requests go. */
  get origin(): string {
    return this.#origin ?? '';
  }

  /**
   * @throws {KeywrightError} `damaged_file` when the file was changed since it was opened.
   */
  read({ from, length, sum, line }: PlacedRequest): ImportRequest {
    const bytes = Buffer.alloc(length);
    const read = readSync(this.#handle.fd, bytes, 0, length, from);
    const request = read === length && crc32(bytes) === sum ? readRequestLine(bytes.toString()) : undefined;
    if (request === undefined) throw damagedFile(this.path, 'was changed meanwhile: leave it alone', line);
    return request;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #scan(signal: AbortSignal | undefined): Promise<void> {
    const hash = createHash('sha256');
    const seen = { ids: new Set<string>(), keys: new Set<string>() };
    // One buffer for all: the garbage of many would weigh more than all that is kept.
    let bytes = Buffer.alloc(ROOM);
    let [line, from, filled] = [0, 0, 0];
    for (;;) {
      if (filled === bytes.length) bytes = this.#larger(bytes, line + 1);
      const { bytesRead } = await this.#handle.read(bytes, filled, bytes.length - filled, from + filled);
      signal?.throwIfAborted();
      if (bytesRead === 0) break;
      hash.update(bytes.subarray(filled, filled + bytesRead));
      filled += bytesRead;
      let begin = 0;
      for (let end = bytes.indexOf(10); end >= 0 && end < filled; end = bytes.indexOf(10, begin)) {
        this.#take(bytes.subarray(begin, end), ++line, from + begin, seen);
        begin = end + 1;
      }
      bytes.copyWithin(0, begin, filled);
      [from, filled] = [from + begin, filled - begin];
    }
    if (filled > 0) this.#take(bytes.subarray(0, filled), line + 1, from, seen);
    if (this.#requests.length === 0) throw damagedFile(this.path, 'holds no requests: prepare some');
    this.#sha256 = hash.digest('hex');
  }

  #larger(bytes: Buffer, line: number): Buffer<ArrayBuffer> {
    if (bytes.length > LONGEST_LINE) throw this.#noRequest(line);
    return Buffer.concat([bytes, Buffer.alloc(bytes.length)]);
  }

  #take(
    bytes: Buffer,
    line: number,
    from: number,
    seen: { readonly ids: Set<string>; readonly keys: Set<string> },
  ): void {
    const text = bytes.toString();
    if (text.trim() === '') return;
    const request = readRequestLine(text);
    if (request === undefined) throw this.#noRequest(line);
    const { idempotencyKey: id, keys } = request;
    if (seen.ids.has(id) || keys.some((key) => seen.keys.has(key))) {
      throw damagedFile(
        this.path,
        'holds a key of an earlier line: dedupe the keys, and prepare again',
        line,
      );
    }
    seen.ids.add(id);
    for (const key of keys) seen.keys.add(key);
    for (const each of allRequests(request)) {
      for (const name of secretNames(each)) this.#secrets.add(name);
      const origin = originOf(each.url);
      if (origin === undefined) throw this.#noRequest(line);
      this.#origin ??= origin;
      if (origin !== this.#origin) {
        throw damagedFile(this.path, 'names another server than the first: send one file a server', line);
      }
    }
    this.#requests.push({ id, line, from, length: bytes.length, sum: crc32(bytes) });
  }

  #noRequest(line: number): Error {
    return damagedFile(this.path, 'is no request: name what keywright prepare wrote', line);
  }
}
