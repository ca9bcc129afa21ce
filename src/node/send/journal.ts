import { ftruncateSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { KeywrightError } from '../../core/errors.js';
import { damagedFile, shownPath } from '../files/file-error.js';
import { unwritable } from '../files/write-error.js';
import { syncDirectory } from '../publish/given-name.js';
import { GatheredLines } from './gathered-lines.js';
import {
  headerLine,
  type JournalHeader,
  type RequestState,
  readJournalLine,
  stateLine,
} from './journal-line.js';
import { type ScannedLine, scanLines } from './line-scan.js';
import type { RequestFile } from './request-file.js';

const NO_LINE = 'is no line of a journal: name the right one, or begin another and look first';
const MENDS = 'name another, and look first where licenses may be there';
/** Its longest line holds a server's id, which is never as long. */
const LONGEST_LINE = 4096;
const KINDS = ['begun', 'done', 'refused', 'stray'] as const satisfies readonly RequestState['kind'][];

/**
 * What became of each request, in a file that only grows and that its owner alone may read. It holds no key and no secret;
 * requests are called by their lines. In memory are the kind of each state and its place in the file: 9 bytes a request.
 */
export class Journal {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #lines: GatheredLines;
  /** By line: 0, or one more than the place among {@link KINDS}. */
  readonly #kinds: Uint8Array;
  readonly #places: Float64Array;
  /** When those were begun that are neither done nor known not to be there. */
  readonly #begun = new Map<number, number>();
  #size = 0;
  /** The sync under way, and the one that begins after it: it covers all lines that are written by then. */
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  private constructor(path: string, handle: FileHandle, lines: number) {
    this.path = path;
    this.#handle = handle;
    this.#lines = new GatheredLines(path, handle.fd);
    this.#kinds = new Uint8Array(lines + 1);
    this.#places = new Float64Array(lines + 1);
  }

  /**
   * Opens the journal of these requests, or begins it. A last line that was torn in two does not count, and goes.
   *
   * @throws {KeywrightError} `journal_mismatch`: of other requests, another server or another account. `damaged_file`:
   *   a line that is none. `unwritable_file`.
   */
  static async open(
    path: string,
    header: JournalHeader,
    { last }: Pick<RequestFile, 'last'>,
  ): Promise<Journal> {
    const handle = await open(path, 'a+', 0o600).catch((error: unknown) => {
      throw unwritable(path, error);
    });
    const journal = new Journal(path, handle, last);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw damagedFile(path, 'is no file: name another journal');
      if (!(await journal.#load(header, stats.size))) journal.#write(headerLine(header));
      await journal.sync();
      await syncDirectory(path.replace(/[^/\\]*$/, '') || '.');
      return journal;
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  /** What it says of a request, in one word. */
  kind(request: number): RequestState['kind'] | undefined {
    return KINDS[(this.#kinds[request] ?? 0) - 1];
  }

  /** Since when a request may be under way that was begun; 0 of all others. */
  begunAt(request: number): number {
    return this.#begun.get(request) ?? 0;
  }

  /** All that it says of a request, read from the file. */
  state(request: number): RequestState | undefined {
    if (this.kind(request) === undefined) return undefined;
    this.#lines.flush();
    const bytes = Buffer.allocUnsafe(LONGEST_LINE);
    const length = readSync(this.#handle.fd, bytes, 0, LONGEST_LINE, this.#places[request] ?? 0);
    const line = readJournalLine(bytes.toString('utf8', 0, bytes.subarray(0, length).indexOf(10)));
    if (line === undefined || !('request' in line) || line.request !== request)
      throw damagedFile(this.path, 'was changed meanwhile: leave it alone');
    return line.state;
  }

  /**
   * Notes that a request is on its way; it is on the disk when this is over.
   *
   * @throws {KeywrightError} `unwritable_file`: then it must not be sent.
   */
  async begin(request: number, at: number): Promise<void> {
    this.note(request, { kind: 'begun', at });
    await this.sync();
  }

  /** Remembers that a request was still under way then. */
  doubt(request: number, at: number): void {
    this.#begun.set(request, at);
  }

  /** Notes what became of a request; it is written soon. Lost, the request is looked up again. */
  note(request: number, state: RequestState | undefined): void {
    const place = this.#size;
    this.#write(stateLine(request, state));
    this.#take(request, state, place);
  }

  /** Brings all lines to the disk; those who ask meanwhile share the next sync. */
  async sync(): Promise<void> {
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        this.#lines.flush();
        this.#running = this.#handle.datasync();
        return this.#running;
      });
    await this.#next.catch((error: unknown) => {
      throw this.#lines.fail(error);
    });
  }

  async close(): Promise<void> {
    this.#lines.end();
    await this.#handle.close();
  }

  #take(request: number, state: RequestState | undefined, place: number): void {
    this.#kinds[request] = state === undefined ? 0 : KINDS.indexOf(state.kind) + 1;
    this.#places[request] = place;
    if (state?.kind === 'begun') this.#begun.set(request, state.at);
    else this.#begun.delete(request);
  }

  #write(line: string): void {
    this.#lines.add(line);
    this.#size += Buffer.byteLength(line);
  }

  /** Reads what is there; the answer is whether it has its header. */
  async #load(expected: JournalHeader, size: number): Promise<boolean> {
    let last: JournalHeader | undefined;
    const take = ({ bytes, number, from }: ScannedLine): boolean => {
      const [text, end] = [bytes.toString(), from + bytes.length + 1];
      const line = end > size ? undefined : readJournalLine(text);
      if (line === undefined) {
        const isTorn = end >= size && (number > 1 || headerLine(expected).startsWith(text));
        if (!isTorn) throw damagedFile(this.path, NO_LINE, number);
        // Nothing was sent for it: what is sent has its line on the disk.
        this.#cut(from);
        return false;
      }
      if ('header' in line) last = this.#followed(last, line.header, expected);
      else if (last !== undefined && line.request < this.#kinds.length)
        this.#take(line.request, line.state, from);
      else throw damagedFile(this.path, NO_LINE, number);
      this.#size = end;
      return true;
    };
    await scanLines(this.#handle, { longest: LONGEST_LINE, take });
    return this.#continues(last, expected);
  }

  #cut(length: number): void {
    try {
      ftruncateSync(this.#handle.fd, length);
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** One more header, behind the last. */
  #followed(last: JournalHeader | undefined, header: JournalHeader, expected: JournalHeader): JournalHeader {
    if (header.requests !== expected.requests) throw this.#mismatch(`is of other requests: ${MENDS}`);
    if (last !== undefined && last.baseUrl !== header.baseUrl) this.#leave();
    return header;
  }

  /** Whether what it says goes on without a further header. */
  #continues(last: JournalHeader | undefined, expected: JournalHeader): boolean {
    if (last === undefined) return false;
    if (last.baseUrl !== expected.baseUrl) {
      this.#leave();
      return false;
    }
    if (last.account === expected.account) return true;
    if (this.#isNothingDone()) return false;
    throw this.#mismatch(`was begun with another secret: use that one, or ${MENDS}`);
  }

  /** Begun with a wrong secret or a wrong base URL, and refused. */
  #isNothingDone(): boolean {
    return this.#kinds.every((kind) => kind === 0 || KINDS[kind - 1] === 'refused');
  }

  /** What one server refused says nothing of another. */
  #leave(): void {
    if (!this.#isNothingDone()) throw this.#mismatch(`is of another server: ${MENDS}`);
    this.#kinds.fill(0);
  }

  #mismatch(problem: string): KeywrightError<'journal_mismatch'> {
    const message = `the journal ${shownPath(this.path)} ${problem}`;
    return new KeywrightError('journal_mismatch', message, { path: this.path, option: 'journal' });
  }
}
