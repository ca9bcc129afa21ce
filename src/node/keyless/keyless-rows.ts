import { KeywrightError } from '../../core/errors.js';
import type { KeyFormat } from '../../core/format/key-format.js';
import { type ProblemGroup, Problems } from '../fields/problems.js';
import { damagedFile } from '../files/file-error.js';
import { KeptInputs } from '../files/kept-inputs.js';
import type { KeyFileOptions } from '../lists/list-file.js';
import type { KeyFileStyle, KeySpelling } from '../rows/key-rows.js';
import type { RowLayout } from '../rows/row-spans.js';
import type { RowDemands } from './row-judge.js';
import { RowSource } from './row-source.js';
import { type RowsForm, RowsWithKeys } from './rows-with-keys.js';

/** How {@link readKeylessRows} reads. */
export interface KeylessRowsOptions {
  /** The column or member that says how many keys a row gets. Default: each gets one. */
  readonly per?: string | undefined;
  /** What the column or member of the new keys is called. Default `license_key`. */
  readonly header?: string | undefined;
  /** Whether the first row is a heading. Default: by what it says. */
  readonly headerRow?: boolean | undefined;
  /** What the path `-` means. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** Ends the reading with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads rows that have no key yet, to its end, so that it is known how many keys they get: a CSV, a JSON list of objects, or
 * JSONL. Rows of empty cells are none. `generateBatch` and `streamBatch` read them once more; what comes but once, as standard
 * input, is kept in a temporary file. Close it when done.
 *
 * @throws {KeywrightError} `missing_file`; `damaged_file`: no such list, or one without rows; `unclear_list`: whether the first
 *   row is a heading, or what parts the cells, cannot be told; `unknown_column`: there is no column `per`; `invalid_option`:
 *   there is a column `header` already, or `header` is empty or given where the rows have no heading; `unwritable_file`: there
 *   is no room for what is kept.
 *
 * @example
 * const rows = await readKeylessRows('orders.csv', { per: 'quantity' });
 * rows.invalid; // 0
 * const { style } = rows;
 * await generateBatch(parseFormat('lukittu'), rows.keys, { out: 'orders-with-keys.csv', style, rows, now: new Date() });
 * await rows.close();
 */
export async function readKeylessRows(path: string, options: KeylessRowsOptions = {}): Promise<KeylessRows> {
  const { header = 'license_key', per, headerRow, stdin, signal } = options;
  if (header.trim() === '') {
    throw new KeywrightError('invalid_option', 'the column of the new keys has no name: give it one', {
      option: 'header',
    });
  }
  const inputs = new KeptInputs(stdin, signal);
  const reading: KeyFileOptions = {
    column: per,
    headerRow,
    signal,
    keyless: true,
    unkeyed: true,
    kept: (name) => inputs.read(name),
  };
  const source = new RowSource(path, reading, { per, header });
  try {
    return await KeylessRows.read(source, inputs, options);
  } catch (error) {
    inputs.close();
    throw error;
  }
}

/** Rows that {@link readKeylessRows} read. */
export class KeylessRows {
  readonly path: string;
  /** What they are written as: what they are. */
  readonly style: Exclude<KeyFileStyle, 'text'>;
  /** Of the file as it lies on disk. */
  readonly sha256: string;
  readonly rows: number;
  /** How many keys the rows get. */
  readonly keys: number;
  /** The column of the new keys: its name, without a heading its number. */
  readonly column: string;
  /** Rows that are no good. No keys are generated for such a list. */
  readonly invalid: number;
  /** What is wrong with them. */
  readonly problems: readonly ProblemGroup[];
  /** What their keys depend on beside the file itself. */
  readonly demands: RowDemands;
  readonly #source: RowSource;
  readonly #inputs: KeptInputs;
  readonly #found: RowsForm;
  #completed: RowsWithKeys | undefined;

  private constructor(
    source: RowSource,
    inputs: KeptInputs,
    found: RowsForm,
    rows: number,
    problems: Problems,
  ) {
    const { layout } = found;
    this.path = source.path;
    this.style = layout.kind === 'text' ? 'csv' : layout.kind;
    this.sha256 = found.sha256;
    this.rows = rows;
    this.keys = found.keys;
    this.column =
      layout.kind === 'csv' && layout.columns === undefined
        ? String(layout.width + 1)
        : source.demands.header;
    this.invalid = problems.rows;
    this.problems = problems.groups;
    this.demands = source.demands;
    this.#source = source;
    this.#inputs = inputs;
    this.#found = found;
  }

  /** For {@link readKeylessRows}. */
  static async read(
    source: RowSource,
    inputs: KeptInputs,
    { header }: KeylessRowsOptions,
  ): Promise<KeylessRows> {
    const problems = new Problems();
    const file = await source.open();
    let layout: RowLayout | undefined;
    let [count, keys] = [0, 0];
    for await (const { rows, quantities } of source.rows(file, problems)) {
      layout = rows.layout;
      count += rows.count;
      for (const quantity of quantities) keys += quantity;
    }
    if (layout === undefined)
      throw damagedFile(source.path, 'holds no rows: name a list with a row for each key');
    if (header !== undefined && layout.kind === 'csv' && layout.columns === undefined) {
      const message = 'the rows have no heading, so the column of the new keys has no name: leave it out';
      throw new KeywrightError('invalid_option', message, { option: 'header' });
    }
    const { preamble, lineEnd, sha256 } = file;
    return new KeylessRows(source, inputs, { layout, preamble, lineEnd, sha256, keys }, count, problems);
  }

  /** The rows once more, each with its keys of that format. For `generateBatch`. */
  withKeys(format: KeyFormat): KeySpelling {
    this.#completed = new RowsWithKeys(this.#source, this.#found, format);
    return this.#completed;
  }

  /** Lets go of what is open; may be called more than once. */
  async close(): Promise<void> {
    await this.#completed?.close();
    this.#inputs.close();
  }
}
