import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { secretNames } from '../../core/vendors/server/fill-request.js';
import type { ImportRequest } from '../../core/vendors/server/vendor.js';
import { ByteSource } from '../files/byte-source.js';
import { damagedFile } from '../files/file-error.js';
import { followedLinks } from '../publish/output-target.js';
import { type ScannedLine, scanLines } from './line-scan.js';
import { RequestPlaces } from './request-places.js';
import { allRequests, readRequestLine } from './request-shape.js';
import { originOf } from './server/origin.js';
import { SeenTexts } from './server/seen-texts.js';

const LONGEST_LINE = 8 * 2 ** 20;
/** About half of a request, which has two: its id and its key. */
const BYTES_A_TEXT = 250;

/** What `prepare` wrote: looked through once, then read request by request. Memory grows by some bytes a request. */
export class RequestFile {
  readonly path: string;
  /** The file itself where `path` is a link: what stands beside it is one for all its names. */
  readonly place: string;
  readonly #handle: FileHandle;
  readonly #places = new RequestPlaces();
  #sha256 = '';
  readonly #secrets = new Set<string>();
  #origin: string | undefined;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.place = followedLinks(path);
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

  /** How many requests it holds. */
  get count(): number {
    return this.#places.count;
  }

  /** The line of its last request. */
  get last(): number {
    return this.#places.last;
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

  /** The lines that hold requests, from 1 on: what a request is called by. */
  lines(): Iterable<number> {
    return this.#places.lines();
  }

  /**
   * The request of a line.
   *
   * @throws {KeywrightError} `damaged_file` when the file was changed since it was opened.
   */
  read(line: number): ImportRequest {
    const { from, length, sum } = this.#places.at(line);
    const bytes = Buffer.allocUnsafe(length);
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
    const { size } = await this.#handle.stat();
    const seen = new SeenTexts(Math.ceil(size / BYTES_A_TEXT));
    await scanLines(this.#handle, {
      longest: LONGEST_LINE,
      take: (line) => {
        this.#take(line, seen);
        return true;
      },
      read: (bytes) => void hash.update(bytes),
      signal,
    });
    if (this.count === 0) throw damagedFile(this.path, 'holds no requests: prepare some');
    this.#sha256 = hash.digest('hex');
  }

  #take({ bytes, number: line, from }: ScannedLine, seen: SeenTexts): void {
    const text = bytes.length > LONGEST_LINE ? '{' : bytes.toString();
    if (text.trim() === '') return;
    const request = readRequestLine(text);
    if (request === undefined) throw this.#noRequest(line);
    const { idempotencyKey, keys } = request;
    for (const each of [` ${idempotencyKey}`, ...keys]) {
      if (seen.add(each) || !this.#holds(request)) continue;
      const problem = 'holds a key of an earlier line: dedupe the keys, and prepare again';
      throw damagedFile(this.path, problem, line);
    }
    for (const each of allRequests(request)) {
      for (const name of secretNames(each)) this.#secrets.add(name);
      const origin = originOf(each.url);
      if (origin === undefined) throw this.#noRequest(line);
      this.#origin ??= origin;
      if (origin !== this.#origin) {
        throw damagedFile(this.path, 'names another server than the first: send one file a server', line);
      }
    }
    this.#places.add(line, { from, length: bytes.length, sum: crc32(bytes) });
  }

  /** Whether a request has something of an earlier one, or of itself, twice: two texts may have one fingerprint. */
  #holds({ idempotencyKey, keys }: ImportRequest): boolean {
    const own = new Set(keys);
    if (own.size < keys.length) return true;
    for (const line of this.lines()) {
      const earlier = this.read(line);
      if (earlier.idempotencyKey === idempotencyKey || earlier.keys.some((key) => own.has(key))) return true;
    }
    return false;
  }

  #noRequest(line: number): Error {
    return damagedFile(this.path, 'is no request: name what keywright prepare wrote', line);
  }
}
