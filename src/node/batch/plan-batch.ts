import type { KeyFormat } from '../../core/format/key-format.js';
import { FragmentFilter } from '../../core/generate/fragment-filter.js';
import { jobShares } from '../../core/generate/job-share.js';
import type { KeyBlock } from '../../core/generate/key-block.js';
import type { BatchTally } from '../../core/generate/key-draw.js';
import { planBatch, withUsed } from '../../core/generate/plan.js';
import type { Shard } from '../../core/generate/shard.js';
import { UsedCapacity } from '../../core/generate/used-capacity.js';
import type { RandomSource } from '../../core/random/random-source.js';
import type { KeylessRows } from '../keyless/keyless-rows.js';
import { type KnownLists, loadKnownLists } from '../lists/known-lists.js';
import { KeyRows, type KeyRowsOptions, type KeySpelling } from '../rows/key-rows.js';
import { jobCount, type KeySource, keySource } from './key-source.js';
import type { BatchReport } from './manifest.js';

/** What a batch on disk or on a stream depends on beside format and count. */
export interface BatchOptions extends KeyRowsOptions {
  /** The time of the batch: `uuidv7` keys and the manifest carry it. */
  readonly now: Date;
  /** Lists of existing keys: text, CSV, JSON or JSONL, each plain or gzip; `-` is `stdin`. */
  readonly against?: readonly string[] | undefined;
  /** How those lists are read: see `KeyFileOptions`. */
  readonly column?: string | undefined;
  readonly headerRow?: boolean | undefined;
  readonly sheet?: string | undefined;
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** Rows that get the keys, in place of rows of their own; `count` and `style` are theirs, without constants and shard. */
  readonly rows?: KeylessRows | undefined;
  readonly shard?: Shard | undefined;
  /** Fragments that no key may contain, nor spelled with look-alikes. */
  readonly reject?: readonly string[] | undefined;
  /** Compare texts as they are, not their canonical forms. */
  readonly exact?: boolean | undefined;
  /** Draw from stream v1 of this text in place of the system: for tests and fixtures only. Means one job. */
  readonly seed?: string | undefined;
  /**
   * Threads that draw, 1 to 256, each from a part of the ranks of its own (see `jobShares`); as many as there are
   * cores unless told, 1 for fewer than two million keys. Fewer where the format is too small to be divided.
   */
  readonly jobs?: number | undefined;
  /** Ends the work, with its reason, and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of keys written so far, some thousand times a second at most. */
  readonly onProgress?: ((written: number) => void) | undefined;
}

/** A batch that is known to be feasible: its lists are read, and its keys can be drawn. */
export interface KeyPlan {
  readonly rows: KeySpelling;
  readonly lists: KnownLists;
  readonly warnings: readonly string[];
  /** How many threads draw. */
  readonly jobs: number;
  /** So many keys, new among themselves and against the lists. */
  draw(count: number): KeySource;
}

/**
 * Plans a batch and reads its lists. `issued`: keys of its range that are known to be issued, whether or not a list
 * holds them.
 *
 * @throws {KeywrightError} as `planBatch`, `loadKnownLists` and `KeyRows`.
 */
export async function planKeys(
  format: KeyFormat,
  count: number,
  options: BatchOptions,
  issued = 0,
): Promise<KeyPlan> {
  const { now, shard, signal, column, headerRow, sheet, stdin, reject, seed, exact = false } = options;
  const rows = options.rows?.withKeys(format) ?? new KeyRows(format, options);
  const filter = reject && new FragmentFilter(reject);
  const accepted = filter?.acceptedShare(format);
  // What can never be is refused before lists of any length are read.
  const feasible = planBatch(format, count, { exact, shard, accepted, used: issued });
  const jobs = jobCount(count, options);
  const random = seed === undefined ? undefined : await seeded(seed);
  const used = new UsedCapacity(format, shard, exact, jobs);
  const lists = await loadKnownLists(options.against ?? [], {
    exact,
    // With threads, and without lists, the new keys go into tables of their own.
    expected: jobs === 1 && options.against?.length ? count : 0,
    shared: jobs > 1,
    keyBytes: format.length + 1,
    random: random?.fork?.('fingerprints'),
    column,
    headerRow,
    sheet,
    stdin,
    signal,
    onNew: used.note,
  });
  // Lists and ledger may hold the same keys, so the longer of the two counts, not both.
  const plan = withUsed(feasible, Math.max(used.count, issued));
  const drawing = { now, reject, filter, random, signal, known: lists.known };
  return {
    rows,
    lists,
    warnings: plan.warnings,
    jobs,
    draw: (wanted) => {
      const counts = wanted === count ? used.counts : [used.count];
      return keySource(plan, jobShares(format, wanted, shard, counts), drawing);
    },
  };
}

async function seeded(seed: string): Promise<RandomSource> {
  const { seededRandom } = await import('../../core/random/seeded-random.js');
  return seededRandom(seed);
}

/** A batch whose keys are being drawn and written. */
export class DrawnBatch {
  readonly rows: KeySpelling;
  written = 0;
  readonly #source: KeySource;
  readonly #plan: KeyPlan;
  readonly #onProgress: ((written: number) => void) | undefined;
  #tally: BatchTally | undefined;

  constructor(plan: KeyPlan, source: KeySource, onProgress: ((written: number) => void) | undefined) {
    this.rows = plan.rows;
    this.#plan = plan;
    this.#source = source;
    this.#onProgress = onProgress;
  }

  /** Read to the end, or `return()`ed: threads may be drawing. */
  async *blocks(): AsyncGenerator<KeyBlock, void, void> {
    this.#tally = yield* this.#source;
  }

  noteWritten(count: number): void {
    this.written += count;
    this.#onProgress?.(this.written);
  }

  report(): BatchReport {
    const tally = this.#tally ?? { count: this.written, duplicatesRejected: 0, fragmentsRejected: 0 };
    const { lists, warnings } = this.#plan;
    return { ...tally, against: lists.lists, skipped: lists.manifests, warnings };
  }
}
