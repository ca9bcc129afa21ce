import { closeSync, openSync, readSync } from 'node:fs';
import { errnoOf } from '../files/file-error.js';
import { fileExists } from '../files/write-error.js';
import { beginningOf } from '../lists/columns/key-column.js';
import { OutputFiles } from '../publish/output-files.js';
import { csvRow } from '../rows/csv.js';
import type { Journal } from './journal.js';
import type { RequestFile } from './request-file.js';

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
  if (beginning !== undefined && !beginning.startsWith(COLUMNS.join(','))) throw fileExists(path);
}

/** Writes a row for each key in the order of the requests, from what the journal says, in place of earlier results. */
export async function writeResults(
  { path, withKeys, inputs }: ResultsOptions,
  file: RequestFile,
  journal: Journal,
): Promise<void> {
  const files = new OutputFiles({ force: true, inputs });
  try {
    const output = await files.create(path);
    const encoder = new TextEncoder();
    let text = csvRow([...COLUMNS, ...(withKeys ? [WITH_KEYS] : [])]);
    for (const placed of file.requests) {
      const { keys, references = [] } = file.read(placed);
      const state = journal.state(placed.id);
      const status = state !== undefined && 'status' in state && state.status > 0 ? String(state.status) : '';
      const server = (state !== undefined && 'server' in state ? state.server : null) ?? '';
      for (const [index, key] of keys.entries()) {
        const cells = [references[index] ?? '', beginningOf(key), outcomeOf(state), status, server];
        text += csvRow(withKeys ? [...cells, key] : cells, [COLUMNS.length]);
      }
      if (text.length > ROOM) {
        await output.write(encoder.encode(text));
        text = '';
      }
    }
    await output.write(encoder.encode(text));
    await files.publish();
  } finally {
    await files.discard();
  }
}

const ROOM = 1 << 18;

function outcomeOf(state: ReturnType<Journal['state']>): string {
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
