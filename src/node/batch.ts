import { basename, extname } from 'node:path';
import { KeywrightError } from '../core/errors.js';
import type { KeyFormat } from '../core/format/key-format.js';
import { keyBlocks } from '../core/generate/generate.js';
import type { KeyBlock } from '../core/generate/key-block.js';
import type { BatchTally } from '../core/generate/key-draw.js';
import { planBatch } from '../core/generate/plan.js';
import { seededRandom } from '../core/generate/seeded-random.js';
import type { Shard } from '../core/generate/shard.js';
import { UsedCapacity } from '../core/generate/used-capacity.js';
import { OutputFiles } from './files.js';
import { KeyRows, type KeyRowsOptions } from './key-rows.js';
import { type KnownLists, loadKnownLists } from './known-lists.js';
import { type BatchFile, type BatchReport, batchManifest } from './manifest.js';

/** What a batch on disk or on a stream depends on beside format and count. */
export interface BatchOptions extends KeyRowsOptions {
  /** The time of the batch: `uuidv7` keys and the manifest carry it. */
  readonly now: Date;
  /** Lists of existing keys: text, CSV, JSON or JSONL, each plain or gzip; `-` is `stdin`. */
  readonly against?: readonly string[];
  /** The column of those lists that holds the key. */
  readonly column?: string;
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly shard?: Shard;
  /** Fragments that no key may contain. */
  readonly reject?: readonly string[];
  /** Compare texts as they are, not their canonical forms. */
  readonly exact?: boolean;
  /** Draw from stream v1 of this text in place of the system: for tests and fixtures only. */
  readonly seed?: string;
  /** Ends the work, with its reason, and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of keys written so far, some thousand times a second at most. */
  readonly onProgress?: (written: number) => void;
}

/** Where {@link generateBatch} puts its files. */
export interface BatchFilesOptions extends BatchOptions {
  readonly out: string;
  /** Keys a file at most; more files are numbered, as `keys-0001.txt`. */
  readonly split?: number;
  /** Files beside `against` that were read for this batch: no output may replace them. */
  readonly inputs?: readonly string[];
  /** Replace files that exist. */
  readonly force?: boolean;
  /** Write `<out>.manifest.json`. Default true. */
  readonly manifest?: boolean;
}

/** What {@link generateBatch} wrote. */
export interface BatchFilesReport extends BatchReport {
  readonly files: readonly BatchFile[];
  readonly manifest: string | null;
}

/** Takes bytes in order; resolves when it can take more. It may keep none of them: they are reused. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

/**
 * Writes `count` new keys to `sink`, unique among themselves and against all lists.
 *
 * @throws {KeywrightError} as `keyBlocks`, `loadKnownLists` and `KeyRows`; and whatever `sink` throws.
 */
export async function streamBatch(
  format: KeyFormat,
  count: number,
  options: BatchOptions,
  sink: ByteSink,
): Promise<BatchReport> {
  const batch = await prepareBatch(format, count, options);
  await sink.write(batch.rows.head);
  for (const block of batch.blocks()) {
    options.signal?.throwIfAborted();
    await sink.write(batch.rows.encode(block, batch.written === 0));
    batch.noteWritten(block.count);
  }
  await sink.write(batch.rows.tail);
  return batch.report();
}

/**
 * Writes `count` new keys to files that appear whole or not at all, the manifest last.
 *
 * @throws {KeywrightError} as {@link streamBatch}; `file_exists`, `unwritable_file`, `same_file`. On any failure
 * nothing of the batch is left on disk.
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
  const parts = partPaths(out, options.split === undefined ? undefined : Math.ceil(count / split));
  const manifest = options.manifest === false ? null : `${out}.manifest.json`;
  const inputs = [...(options.against ?? []), ...(options.inputs ?? [])];
  const outputs = new OutputFiles({ force: options.force, inputs, signal });
  try {
    await outputs.check(manifest === null ? parts : [...parts, manifest]);
    const batch = await prepareBatch(format, count, options);
    const counts = await writeParts(batch, outputs, parts, split);
    const report = batch.report();
    const written = (await outputs.prepare()).map(({ path, bytes, sha256 }, index) => {
      return { path, bytes, sha256, count: counts[index] ?? 0 };
    });
    if (manifest !== null) {
      const beside = written.map((file) => ({ ...file, path: basename(file.path) }));
      const file = await outputs.create(manifest);
      await file.write(new TextEncoder().encode(batchManifest(format, options, report, beside)));
    }
    await outputs.publish();
    return { ...report, files: written, manifest };
  } finally {
    await outputs.discard();
  }
}

/** `keys.txt` as `keys-0001.txt`, `keys-0002.txt`, …; itself when nothing is split. */
function partPaths(out: string, parts: number | undefined): readonly string[] {
  if (parts === undefined) return [out];
  const extension = extname(out);
  const stem = out.slice(0, out.length - extension.length);
  return Array.from(
    { length: parts },
    (_, index) => `${stem}-${String(index + 1).padStart(4, '0')}${extension}`,
  );
}

async function writeParts(
  batch: PreparedBatch,
  outputs: OutputFiles,
  parts: readonly string[],
  split: number,
): Promise<readonly number[]> {
  const counts: number[] = [];
  const blocks = cutBlocks(batch.blocks(), split);
  let next = blocks.next();
  for (const path of parts) {
    const file = await outputs.create(path);
    await file.write(batch.rows.head);
    let count = 0;
    while (next.done !== true && count < split) {
      await file.write(batch.rows.encode(next.value, count === 0));
      count += next.value.count;
      batch.noteWritten(next.value.count);
      next = blocks.next();
    }
    await file.write(batch.rows.tail);
    await file.finish();
    counts.push(count);
  }
  return counts;
}

/** The blocks, cut where a part is full. */
function* cutBlocks(blocks: Iterable<KeyBlock>, split: number): Generator<KeyBlock, undefined, void> {
  let room = split;
  for (const block of blocks) {
    for (let start = 0; start < block.count; ) {
      const count = Math.min(room, block.count - start);
      yield { ...block, bytes: block.bytes.subarray(start * block.stride), count };
      start += count;
      room = room === count ? split : room - count;
    }
  }
}

/** A batch whose lists are read and whose keys are about to be drawn. */
class PreparedBatch {
  readonly rows: KeyRows;
  written = 0;
  readonly #generator: Generator<KeyBlock, BatchTally, void>;
  readonly #lists: KnownLists;
  readonly #warnings: readonly string[];
  readonly #onProgress: ((written: number) => void) | undefined;
  #tally: BatchTally | undefined;

  constructor(
    rows: KeyRows,
    generator: Generator<KeyBlock, BatchTally, void>,
    lists: KnownLists,
    warnings: readonly string[],
    onProgress: ((written: number) => void) | undefined,
  ) {
    this.rows = rows;
    this.#generator = generator;
    this.#lists = lists;
    this.#warnings = warnings;
    this.#onProgress = onProgress;
  }

  *blocks(): Generator<KeyBlock, void, void> {
    this.#tally = yield* this.#generator;
  }

  noteWritten(count: number): void {
    this.written += count;
    this.#onProgress?.(this.written);
  }

  report(): BatchReport {
    const tally = this.#tally ?? { count: this.written, duplicatesRejected: 0, fragmentsRejected: 0 };
    return { ...tally, against: this.#lists.lists, skipped: this.#lists.manifests, warnings: this.#warnings };
  }
}

async function prepareBatch(format: KeyFormat, count: number, options: BatchOptions): Promise<PreparedBatch> {
  const { now, shard, signal, column, stdin, reject, seed, exact = false } = options;
  const rows = new KeyRows(format, options);
  // What can never be is refused before lists of any length are read.
  planBatch(format, count, { exact, ...(shard && { shard }) });
  const random = seed === undefined ? undefined : seededRandom(seed);
  const used = new UsedCapacity(format, shard, exact);
  const lists = await loadKnownLists(options.against ?? [], {
    exact,
    expected: count,
    keyBytes: format.length + 1,
    random: random?.fork?.('fingerprints'),
    column,
    stdin,
    signal,
    onNew: used.note,
  });
  const plan = planBatch(format, count, { exact, used: used.count, ...(shard && { shard }) });
  const generator = keyBlocks(format, count, {
    now,
    exact,
    against: lists.known,
    ...(shard && { shard }),
    ...(reject && { reject }),
    ...(random && { random }),
  });
  return new PreparedBatch(rows, generator, lists, plan.warnings, options.onProgress);
}
