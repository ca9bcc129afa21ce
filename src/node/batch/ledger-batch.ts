import { KeywrightError } from '../../core/errors.js';
import type { KeyFormat } from '../../core/format/key-format.js';
import { type Shard, shardRange } from '../../core/generate/shard.js';
import { issuer, newBatchId } from '../issue/batch-name.js';
import { BatchRun } from '../issue/batch-run.js';
import { readReport } from '../issue/recorded-report.js';
import { shardName } from '../ledger/keyed-ledger.js';
import { CHUNK_KEYS } from '../ledger/model/chunk-size.js';
import type { Batch, BatchRecord, Ledger } from '../ledger/model/ledger.js';
import { DrawnBatch, planKeys } from './plan-batch.js';
import { ReservedKeys } from './reserved-keys.js';
import {
  allPaths,
  BATCH_FILES_REPORT,
  type BatchFilesOptions,
  type BatchFilesReport,
  type BatchParts,
  writeBatch,
} from './write-batch.js';

/** Options of a batch that goes through a ledger. */
export interface LedgerBatchOptions extends BatchFilesOptions {
  readonly ledger: Ledger;
}

/**
 * Writes a batch of new keys that a ledger records before they are published: see `generateBatch`.
 * `options.inputs`: all files that are read for the batch.
 */
export async function issueBatch(
  format: KeyFormat,
  count: number,
  parts: BatchParts,
  options: LedgerBatchOptions,
): Promise<BatchFilesReport> {
  const { ledger, force, inputs, signal, shard, onClaim, onProgress } = options;
  const batch = batchOf(format, count, options);
  const run = await BatchRun.open(ledger, batch, { paths: allPaths(parts), force, inputs, signal });
  // One thread is busy with tags and with the database: more of them only help who asks.
  const drawing = { ...options, jobs: options.jobs ?? 1 };
  const planned = (batches: readonly BatchRecord[]) =>
    planKeys(format, count, drawing, usedCapacity(format, shard, batches));
  // A batch whose files are recorded draws no more keys.
  const plan = run.batches === undefined ? undefined : await planned(run.batches);
  const claim = await run.claim(onClaim);
  const prepared = await run.make(claim, async (outputs) => {
    const keys = plan ?? (await planned([]));
    const reserved = new ReservedKeys(ledger, claim, {
      count,
      stride: format.length + 1,
      held: heldKeys(run.batches ?? []),
      most: keys.jobs === 1 ? CHUNK_KEYS : count,
      draw: keys.draw,
    });
    const drawn = new DrawnBatch(keys, reserved.blocks(), onProgress);
    const files = await writeBatch(format, drawn, outputs, parts, { ...options, batch: claim.id });
    const told = { files, manifest: parts.manifest, batch: claim.id, repeated: false };
    return JSON.stringify({ ...drawn.report(), ...told });
  });
  const repeated = await run.publish(claim, prepared);
  const report = readReport(ledger, claim, prepared.report, BATCH_FILES_REPORT);
  // They may have been written where their folder was called otherwise.
  const files = report.files.map((file, index) => ({ ...file, path: parts.paths[index] ?? file.path }));
  return { ...report, files, manifest: parts.manifest, repeated };
}

function batchOf(format: KeyFormat, count: number, options: LedgerBatchOptions): Batch {
  const { seed, now, batchId: id = newBatchId(now), shard, exact = false } = options;
  if (seed !== undefined) {
    const message = 'keys of a seed are not random, and a ledger is for keys that are issued: leave one out';
    throw new KeywrightError('invalid_option', message, { option: 'seed' });
  }
  return {
    id,
    shard,
    kind: 'generate',
    count,
    comparison: exact ? 'exact' : 1,
    mask: format.mask,
    entropyBits: format.entropyBits,
    parameters: parametersOf(format, count, options),
    by: options.by ?? issuer(),
    comment: options.comment,
    now,
  };
}

/** What makes a command the same command: which keys, and what their files look like. */
function parametersOf(format: KeyFormat, count: number, options: LedgerBatchOptions): string {
  const {
    shard,
    reject = null,
    style,
    header,
    constants = [],
    split = null,
    manifest = true,
    rows,
  } = options;
  return JSON.stringify({
    format: [format.mask, format.regex.source, format.check?.algorithm.name ?? null],
    count,
    shard: shardName(shard),
    reject,
    rows: [style, header === undefined ? 'key' : header, constants],
    files: [split, manifest],
    // Absent without: what ledgers have of other batches stays as it is.
    given: rows && [rows.sha256, rows.column, rows.demands.per ?? null],
  });
}

/** How many keys the ledger holds, those included that crashes wasted. */
function heldKeys(batches: readonly BatchRecord[]): number {
  return batches.reduce((held, { recorded, wasted }) => held + recorded + wasted, 0);
}

/**
 * About how many keys of a range the ledger holds, by the masks and the shards of its batches; of one that drew from a
 * larger range, its share. Keys of imports have no mask and are not among them.
 */
function usedCapacity(format: KeyFormat, shard: Shard | undefined, batches: readonly BatchRecord[]): number {
  const range = shardRange(format.capacity, shard);
  let used = 0;
  for (const batch of batches) {
    if (batch.mask !== format.mask) continue;
    const [index = 1, of = 1] = batch.shard.split('/').map(Number);
    const drawn = shardRange(format.capacity, { index, of });
    const low = range.low > drawn.low ? range.low : drawn.low;
    const high = range.high < drawn.high ? range.high : drawn.high;
    if (high <= low) continue;
    const share = Number(high - low) / Number(drawn.high - drawn.low);
    used += Math.floor((batch.recorded + batch.wasted) * share);
  }
  return used;
}
