import { KeywrightError } from '../../core/errors.js';
import type { KeyFormat } from '../../core/format/key-format.js';
import { type Shard, shardRange } from '../../core/generate/shard.js';
import { issuer, newBatchId } from '../issue/batch-name.js';
import { readReport } from '../issue/recorded-report.js';
import { runBatch } from '../issue/run-batch.js';
import { shardName } from '../ledger/keyed-ledger.js';
import { type Batch, type BatchRecord, CHUNK_KEYS, type Claim, type Ledger } from '../ledger/model/ledger.js';
import type { OutputFiles } from '../publish/output-files.js';
import { type PlannedBatch, PreparedBatch, planKeys } from './plan-batch.js';
import { ReservedKeys } from './reserved-keys.js';
import {
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

/** A batch of new keys that a ledger records before they are published. */
export class LedgerBatch {
  readonly #format: KeyFormat;
  readonly #count: number;
  readonly #parts: BatchParts;
  readonly #options: LedgerBatchOptions;
  readonly #batch: Batch;

  /** `options.inputs`: all files that are read for the batch. */
  constructor(format: KeyFormat, count: number, parts: BatchParts, options: LedgerBatchOptions) {
    const { seed, batchId: id = newBatchId(options.now), shard, exact = false, now } = options;
    if (seed !== undefined) {
      const message =
        'keys of a seed are not random, and a ledger is for keys that are issued: leave one out';
      throw new KeywrightError('invalid_option', message, { option: 'seed' });
    }
    this.#format = format;
    this.#count = count;
    this.#parts = parts;
    this.#options = options;
    this.#batch = {
      id,
      shard,
      kind: 'generate',
      count,
      comparison: exact ? 'exact' : 1,
      mask: format.mask,
      entropyBits: format.entropyBits,
      parameters: parametersOf(format, count, options),
      by: issuer(),
      now,
    };
  }

  /** See `generateBatch`. */
  async run(): Promise<BatchFilesReport> {
    const { ledger, force, inputs, signal, onClaim } = this.#options;
    const { paths: keyPaths, manifest } = this.#parts;
    const paths = manifest === null ? keyPaths : [...keyPaths, manifest];
    // A batch whose files are recorded draws no more keys.
    let plan: PlannedBatch | undefined;
    const { report: text, repeated } = await runBatch(ledger, this.#batch, {
      paths,
      force,
      inputs,
      signal,
      onClaim,
      plan: async (batches) => {
        plan = await this.#plan(batches);
      },
      make: async (claim, outputs) => this.#make(claim, outputs, plan ?? (await this.#plan([]))),
    });
    const name = { id: this.#batch.id, shard: shardName(this.#batch.shard) };
    const report = readReport(ledger, name, text, BATCH_FILES_REPORT);
    return { ...report, repeated };
  }

  #plan(batches: readonly BatchRecord[]): Promise<PlannedBatch> {
    const { jobs = 1 } = this.#options;
    const used = usedCapacity(this.#format, this.#batch.shard, batches);
    // One thread is busy with tags and with the database: more of them only help who asks.
    return planKeys(this.#format, this.#count, { ...this.#options, jobs }, { used });
  }

  async #make(claim: Claim, outputs: OutputFiles, plan: PlannedBatch): Promise<string> {
    const { ledger, onProgress } = this.#options;
    const reserved = new ReservedKeys(ledger, claim, {
      count: this.#count,
      stride: this.#format.length + 1,
      most: plan.jobs === 1 ? CHUNK_KEYS : this.#count,
      draw: plan.draw,
    });
    const batch = new PreparedBatch(plan, reserved.blocks(), onProgress);
    const description = { ...this.#options, batch: claim.id };
    const files = await writeBatch(this.#format, batch, outputs, this.#parts, description);
    const { manifest } = this.#parts;
    const report: BatchFilesReport = {
      ...batch.report(),
      files,
      manifest,
      batch: claim.id,
      repeated: false,
    };
    return JSON.stringify(report);
  }
}

/** What makes a command the same command: which keys, and what their files look like. */
function parametersOf(format: KeyFormat, count: number, options: LedgerBatchOptions): string {
  const { shard, reject = null, style, header, constants = [], split = null, manifest = true } = options;
  return JSON.stringify({
    format: [format.mask, format.regex.source, format.check?.algorithm.name ?? null],
    count,
    shard: shardName(shard),
    reject,
    rows: [style, header === undefined ? 'key' : header, constants],
    files: [split, manifest],
  });
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
