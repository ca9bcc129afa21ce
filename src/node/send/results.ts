import { closeSync, openSync, readSync } from 'node:fs';
import { KeywrightError } from '../../core/errors.js';
import type { ImportRequest } from '../../core/vendors/server/vendor.js';
import { errnoOf, shownPath } from '../files/file-error.js';
import { beginningOf } from '../files/key-beginning.js';
import { unwritable } from '../files/write-error.js';
import { OutputFiles } from '../publish/output-files.js';
import { csvTable } from '../rows/csv.js';
import { GatheredLines } from './gathered-lines.js';
import type { Journal } from './journal.js';
import type { RequestState } from './journal-line.js';
import type { RequestFile } from './request-file.js';
import { withoutHidden } from './server/server-words.js';

const COLUMNS = ['reference', 'key', 'outcome', 'status', 'id'] as const;
const WITH_KEYS = 'license_key';

/** How results are written. */
export interface ResultsOptions {
  readonly path: string;
  /** Also the whole keys. */
  readonly withKeys: boolean;
  /** Files that it must not be. */
  readonly inputs: readonly string[];
}

/**
 * Refuses to replace what is no file of results.
 *
 * @throws {KeywrightError} `file_exists`, `same_file`, `unwritable_file`.
 */
export async function checkResults({ path, inputs }: ResultsOptions): Promise<void> {
  await new OutputFiles({ force: true, inputs }).check([path]);
  const beginning = beginningAt(path);
  if (beginning !== undefined && !beginning.startsWith(COLUMNS.join(','))) {
    const message = `${shownPath(path)} exists already, and is no file of results: choose another name`;
    throw new KeywrightError('file_exists', message, { path });
  }
}

/**
 * A row for each key, from what the journal says. While requests are sent, the file holds what is done, each row as it
 * comes; in the end all rows, in the order of the requests. Both times it is written anew in place of what was there,
 * so that no row is lost or doubled when a run is killed.
 */
export class Results {
  readonly #options: ResultsOptions;
  readonly #file: RequestFile;
  readonly #journal: Journal;
  #descriptor: number | undefined;
  #lines: GatheredLines | undefined;

  constructor(options: ResultsOptions, file: RequestFile, journal: Journal) {
    this.#options = options;
    this.#file = file;
    this.#journal = journal;
  }

  get path(): string {
    return this.#options.path;
  }

  /** Writes the rows of requests that came to an end which stays; others are added as they do. @throws as {@link finish}. */
  async begin(): Promise<void> {
    await this.#write((kind) => kind === 'done' || kind === 'stray');
    try {
      this.#descriptor = openSync(this.path, 'a');
      this.#lines = new GatheredLines(this.path, this.#descriptor);
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** Adds the rows of a request that came to its end. @throws {KeywrightError} `unwritable_file`. */
  add(request: ImportRequest, state: RequestState | undefined): void {
    this.#lines?.add(this.#text(this.#rows(request, state)));
  }

  /** Adds the rows of those in doubt, when a run ends before its time and may take none: the next one writes all anew. */
  addDoubtful(): void {
    for (const line of this.#file.lines()) {
      if (this.#journal.kind(line) === 'begun') this.add(this.#file.read(line), this.#journal.state(line));
    }
  }

  /** Writes the rows of all requests. @throws {KeywrightError} `unwritable_file`, `damaged_file`: what is read was changed. */
  async finish(): Promise<void> {
    this.#lines?.flush();
    await this.#write(() => true);
  }

  close(): void {
    this.#lines?.end();
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  async #write(holds: (kind: RequestState['kind'] | undefined) => boolean): Promise<void> {
    const { path, withKeys, inputs } = this.#options;
    const files = new OutputFiles({ force: true, inputs });
    try {
      const output = await files.create(path);
      const encoder = new TextEncoder();
      let rows: (readonly string[])[] = [[...COLUMNS, ...(withKeys ? [WITH_KEYS] : [])]];
      for (const line of this.#file.lines()) {
        if (!holds(this.#journal.kind(line))) continue;
        for (const row of this.#rows(this.#file.read(line), this.#journal.state(line))) rows.push(row);
        if (rows.length < TOGETHER) continue;
        await output.write(encoder.encode(this.#text(rows)));
        rows = [];
      }
      await output.write(encoder.encode(this.#text(rows)));
      await files.publish();
    } finally {
      await files.discard();
    }
  }

  #text(rows: readonly (readonly string[])[]): string {
    return csvTable(rows, this.#options.withKeys ? [COLUMNS.length] : []);
  }

  #rows({ keys, references = [] }: ImportRequest, state: RequestState | undefined): string[][] {
    const status = state !== undefined && 'status' in state && state.status > 0 ? String(state.status) : '';
    const server = (state !== undefined && 'server' in state ? state.server : null) ?? '';
    return keys.map((key, index) => {
      const told = references[index] ?? '';
      const reference = this.#options.withKeys ? told : withoutHidden(told, { secrets: [], keys: [key] });
      const cells = [reference, beginningOf(key), outcomeOf(state), status, server];
      return this.#options.withKeys ? [...cells, key] : cells;
    });
  }
}

/** Rows that are written at a time. */
const TOGETHER = 1000;

function outcomeOf(state: RequestState | undefined): string {
  if (state === undefined) return 'open';
  if (state.kind === 'done') return state.outcome;
  return { begun: 'doubtful', refused: 'refused', stray: 'stray' }[state.kind];
}

/** The first bytes of a file as a text; undefined without it, or when it is empty. */
function beginningAt(path: string): string | undefined {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(100);
      const length = readSync(descriptor, bytes, 0, bytes.length, 0);
      return length === 0 ? undefined : bytes.toString('utf8', 0, length);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    return '';
  }
}
