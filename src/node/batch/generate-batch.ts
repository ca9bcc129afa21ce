import { KeywrightError } from '../../core/errors.js';
import type { KeyFormat } from '../../core/format/key-format.js';
import type { ByteSink } from '../files/byte-sink.js';
import { shownPath } from '../files/file-error.js';
import { OutputFiles } from '../publish/output-files.js';
import type { BatchReport } from './manifest.js';
import { type BatchOptions, DrawnBatch, planKeys } from './plan-batch.js';
import {
  allPaths,
  type BatchFilesOptions,
  type BatchFilesReport,
  partPaths,
  writeBatch,
} from './write-batch.js';

export type { BatchOptions } from './plan-batch.js';
export type { BatchFilesOptions, BatchFilesReport } from './write-batch.js';

/**
 * Writes `count` new keys to `sink`, unique among themselves and against all lists.
 *
 * @throws {KeywrightError} as `generateBlocks` and `openKeyFile`; `no_keys`: a list without any; `invalid_option`: a style
 * that has no room for what is asked; with `rows`: `damaged_file` for rows that are no good or have changed, and
 * `invalid_option` for what they do not go with; and whatever `sink` throws.
 *
 * @example
 * const { count } = await streamBatch(parseFormat('lukittu'), 1000, { style: 'text', now: new Date() }, sink);
 * count; // 1000
 */
export async function streamBatch(
  format: KeyFormat,
  count: number,
  options: BatchOptions,
  sink: ByteSink,
): Promise<BatchReport> {
  refuseOtherRows(count, options);
  const plan = await planKeys(format, count, options);
  const batch = new DrawnBatch(plan, plan.draw(count), options.onProgress);
  await sink.write(batch.rows.head);
  for await (const block of batch.blocks()) {
    options.signal?.throwIfAborted();
    await sink.write(await batch.rows.encode(block, batch.written === 0));
    batch.noteWritten(block.count);
  }
  await sink.write(batch.rows.tail);
  return batch.report();
}

/**
 * Writes `count` new keys to files that appear whole or not at all, the manifest last. Without a ledger, nothing of
 * the batch is left on disk after a failure.
 *
 * With a ledger the keys are reserved in it first, half a million at a time, and those that it holds are drawn anew. When
 * all files are durable under hidden names, that is recorded; then they are published. After a failure or a crash the same
 * call with the same `batchId` comes to its end: with new keys, when nothing was recorded yet (those drawn before stay
 * spent), else with the recorded files. When it was done already, it returns the same report and issues nothing.
 *
 * @throws {KeywrightError} as {@link streamBatch}; `file_exists`, `unwritable_file`, `same_file`. With a ledger also
 * as `Ledger.claim` and `Ledger.reserve`; `already_issued`: the batch was done, and its files are gone or changed since;
 * `missing_file`: its files were recorded, and are found nowhere.
 * @example
 * await generateBatch(parseFormat('lukittu'), 100_000, { out: 'keys.txt', style: 'text', now: new Date() });
 */
export async function generateBatch(
  format: KeyFormat,
  count: number,
  options: BatchFilesOptions,
): Promise<BatchFilesReport> {
  const { out, split = count, signal } = options;
  if (!Number.isSafeInteger(split) || split < 1) {
    throw new KeywrightError('invalid_option', 'split is a whole number from 1 on', { option: 'split' });
  }
  refuseOtherRows(count, options);
  const paths = partPaths(out, options.split === undefined ? undefined : Math.ceil(count / split));
  const parts = { paths, split, manifest: options.manifest === false ? null : `${out}.manifest.json` };
  const rows = options.rows === undefined ? [] : [options.rows.path];
  const inputs = [...(options.against ?? []), ...rows, ...(options.inputs ?? [])];
  const { ledger } = options;
  if (ledger !== undefined) {
    const { issueBatch } = await import('./ledger-batch.js');
    return issueBatch(format, count, parts, { ...options, ledger, inputs });
  }
  const outputs = new OutputFiles({ force: options.force, inputs, signal });
  try {
    await outputs.check(allPaths(parts));
    const plan = await planKeys(format, count, options);
    const batch = new DrawnBatch(plan, plan.draw(count), options.onProgress);
    const files = await writeBatch(format, batch, outputs, parts, options);
    await outputs.publish();
    return { ...batch.report(), files, manifest: parts.manifest, batch: null, repeated: false };
  } finally {
    await outputs.discard();
  }
}

/** Rows that get the keys say how many there are and what is written. */
function refuseOtherRows(count: number, options: BatchOptions): void {
  const { rows, style, header, constants = [], shard } = options;
  if (rows === undefined) return;
  if (rows.invalid > 0) {
    const message = `${shownPath(rows.path)} has ${rows.invalid} rows that are no good: mend them first`;
    throw new KeywrightError('damaged_file', message, { path: rows.path });
  }
  const refuse = (option: string, message: string) => {
    throw new KeywrightError('invalid_option', message, { option });
  };
  if (count !== rows.keys) refuse('count', `the rows get ${rows.keys} keys: generate as many`);
  if (style !== rows.style) refuse('as', `the rows are ${rows.style}, and stay so: write ${rows.style}`);
  if (header !== undefined) refuse('header', 'the rows say already what the column is called: leave it out');
  if (constants.length > 0) refuse('set', 'rows keep their columns, and get no others: leave constants out');
  if (shard !== undefined) refuse('shard', 'rows get their keys in one job: leave the shard out');
}
