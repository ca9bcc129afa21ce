import { ftruncateSync, readFileSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { KeywrightError } from '../../core/errors.js';
import { damagedFile, shownPath } from '../files/file-error.js';
import { unwritable } from '../files/write-error.js';
import { syncDirectory } from '../publish/given-name.js';
import {
  headerLine,
  type JournalHeader,
  type RequestState,
  readJournalLine,
  stateLine,
} from './journal-line.js';

const NO_LINE = 'is no line of a journal: name the right one, or begin another and look first';

/** What became of each request, in a file that only grows and that its owner alone may read. It holds no key and no secret. */
export class Journal {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #states = new Map<string, RequestState>();
  /** The sync under way, and the one that begins after it: it covers all lines that are written by then. */
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #failure: unknown;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /**
   * Opens the journal of these requests, or begins it. A last line that was torn in two does not count, and goes.
   *
   * @throws {KeywrightError} `journal_mismatch`: of other requests, another server or another account. `damaged_file`:
   *   a line that is none. `unwritable_file`.
   */
  static async open(path: string, header: JournalHeader): Promise<Journal> {
    const handle = await open(path, 'a+', 0o600).catch((error: unknown) => {
      throw unwritable(path, error);
    });
    const journal = new Journal(path, handle);
    try {
      if (!(await handle.stat()).isFile()) throw damagedFile(path, 'is no file: name another journal');
      if (!journal.#load(header)) journal.#write(headerLine(header));
      await journal.sync();
      await syncDirectory(path.replace(/[^/\\]*$/, '') || '.');
      return journal;
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  /** What it says of a request. */
  state(id: string): RequestState | undefined {
    return this.#states.get(id);
  }

  /**
   * Notes that a request is on its way; it is on the disk when this is over.
   *
   * @throws {KeywrightError} `unwritable_file`: then it must not be sent.
   */
  async begin(id: string, at: number): Promise<void> {
    this.note(id, { kind: 'begun', at });
    await this.sync();
  }

  /** Remembers that a request was still under way then. */
  doubt(id: string, at: number): void {
    this.#states.set(id, { kind: 'begun', at });
  }

  /** Notes what became of a request. Lost, it is looked up again. */
  note(id: string, state: RequestState | undefined): void {
    this.#write(stateLine(id, state));
    if (state === undefined) this.#states.delete(id);
    else this.#states.set(id, state);
  }

  /** Brings all lines to the disk; those who ask meanwhile share the next sync. */
  async sync(): Promise<void> {
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#running = this.#handle.datasync();
        this.#next = undefined;
        return this.#running;
      });
    await this.#next.catch((error: unknown) => {
      this.#failure ??= unwritable(this.path, error);
      throw this.#failure;
    });
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** After a line that may be torn nothing may follow. */
  #write(line: string): void {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      writeFileSync(this.#handle.fd, line);
    } catch (error) {
      this.#failure = unwritable(this.path, error);
      throw this.#failure;
    }
  }

  /** Reads what is there; the answer is whether it has its header. */
  #load(expected: JournalHeader): boolean {
    const bytes = readFileSync(this.path);
    let header: JournalHeader | undefined;
    for (let [from, number] = [0, 1]; from < bytes.length; number++) {
      const end = bytes.indexOf(10, from);
      const line = end < 0 ? undefined : readJournalLine(bytes.toString('utf8', from, end));
      if (line === undefined) {
        const isLast = end < 0 || end === bytes.length - 1;
        const isTorn = number > 1 ? isLast : headerLine(expected).startsWith(bytes.toString());
        if (!isTorn) throw damagedFile(this.path, NO_LINE, number);
        // Nothing was sent for it: what is sent has its line on the disk.
        this.#cut(from);
        break;
      }
      if ('header' in line) header = line.header;
      else if (line.state === undefined) this.#states.delete(line.id);
      else this.#states.set(line.id, line.state);
      from = end + 1;
    }
    return header !== undefined && this.#belongs(header, expected);
  }

  #cut(length: number): void {
    try {
      ftruncateSync(this.#handle.fd, length);
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  #belongs(header: JournalHeader, expected: JournalHeader): boolean {
    const mends = 'name another, and look first where licenses may be there';
    if (header.requests !== expected.requests) throw this.#mismatch(`is of other requests: ${mends}`);
    if (header.baseUrl !== expected.baseUrl) throw this.#mismatch(`is of another server: ${mends}`);
    if (header.account === expected.account) return true;
    // Begun with a wrong secret, and refused: nothing was done.
    const idle = [...this.#states.values()].every(({ kind }) => kind === 'refused');
    if (idle) return false;
    throw this.#mismatch(`was begun with another secret: use that one, or ${mends}`);
  }

  #mismatch(problem: string): KeywrightError<'journal_mismatch'> {
    const message = `the journal ${shownPath(this.path)} ${problem}`;
    return new KeywrightError('journal_mismatch', message, { path: this.path, option: 'journal' });
  }
}
