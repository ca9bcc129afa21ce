import { Worker } from 'node:worker_threads';
import type { SharedKeys } from '../../core/dedupe/known-keys.js';
import { KeywrightError } from '../../core/errors.js';
import type { KeyFormat } from '../../core/format/key-format.js';
import type { JobShare } from '../../core/generate/job-share.js';
import type { KeyBlock } from '../../core/generate/key-block.js';
import { type BatchTally, BLOCK_ROWS } from '../../core/generate/key-draw.js';
import { type DrawingFault, type DrawingJob, type DrawingReport, newRing } from './drawing-job.js';

/** What all threads of a batch are told alike. */
export interface DrawingOptions {
  readonly now: Date;
  readonly exact: boolean;
  readonly reject: readonly string[] | undefined;
  readonly known: SharedKeys | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Blocks that a thread may be ahead of the writer. */
const AHEAD = 16;

/**
 * The keys of all shares, each drawn by a thread of its own, in blocks from each in turn; the bytes of a block
 * are valid until the next one is asked for. The generator returns the tally. When it ends, however it does,
 * its threads have ended: whoever does not read it to its end calls `return()`.
 *
 * @throws {KeywrightError} what `generateBlocks` throws; and the reason of `signal`.
 */
export async function* drawInThreads(
  format: KeyFormat,
  shares: readonly JobShare[],
  options: DrawingOptions,
): AsyncGenerator<KeyBlock, BatchTally, void> {
  const threads = shares.map((share) => new DrawingThread(format, share, options));
  const abort = () => {
    for (const thread of threads) thread.fail(options.signal?.reason);
  };
  options.signal?.addEventListener('abort', abort);
  try {
    options.signal?.throwIfAborted();
    for (let drawing: readonly DrawingThread[] = threads; drawing.length > 0; ) {
      const left: DrawingThread[] = [];
      for (const thread of drawing) {
        const block = await thread.next();
        if (block === undefined) continue;
        yield block;
        thread.release();
        left.push(thread);
      }
      drawing = left;
    }
    return threads.map(({ tally }) => tally).reduce(added);
  } finally {
    options.signal?.removeEventListener('abort', abort);
    await Promise.all(threads.map((thread) => thread.close()));
  }
}

/** A thread that draws one share, as its reader sees it. */
class DrawingThread {
  tally: BatchTally = { count: 0, duplicatesRejected: 0, fragmentsRejected: 0 };
  readonly #worker: Worker;
  readonly #job: DrawingJob;
  readonly #length: number;
  /** The counts of the blocks that lie in the ring unread. */
  readonly #counts: number[] = [];
  #read = 0;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(format: KeyFormat, share: JobShare, { now, exact, reject, known }: DrawingOptions) {
    const { mask, positions, length } = format;
    const ring = newRing(AHEAD, BLOCK_ROWS * (length + 1));
    const described = { mask, positions, scheme: format.check?.scheme };
    this.#length = length;
    this.#job = { format: described, share, now, exact, reject, known, ring };
    this.#worker = new Worker(new URL('./drawing-worker.js', import.meta.url), { workerData: this.#job });
    this.#worker.on('message', (report: DrawingReport) => this.#hear(report));
    this.#worker.on('error', (error) => this.fail(error));
    this.#worker.on('exit', () => this.fail(new Error('a drawing thread ended early')));
  }

  /** The next block, or undefined when there is none; read it before {@link release}. */
  async next(): Promise<KeyBlock | undefined> {
    while (this.#counts.length === 0) {
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    const { places } = this.#job.ring;
    const bytes = places[this.#read++ % places.length] ?? new Uint8Array();
    return { bytes, count: this.#counts.shift() ?? 0, length: this.#length, stride: this.#length + 1 };
  }

  /** Gives the place of the last block back. */
  release(): void {
    const { taken } = this.#job.ring;
    Atomics.store(taken, 0, this.#read);
    Atomics.notify(taken, 0);
  }

  /** Makes the reader fail, unless it has all it can get. */
  fail(error: unknown): void {
    if (!this.#ended) this.#failure ??= { error };
    this.#wake?.();
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(report: DrawingReport): void {
    if ('block' in report) this.#counts.push(report.block);
    else if ('fault' in report) this.fail(errorOf(report.fault));
    else {
      this.tally = report.tally;
      this.#ended = true;
    }
    this.#wake?.();
  }
}

function errorOf(fault: DrawingFault): unknown {
  return 'code' in fault ? new KeywrightError(fault.code, fault.message, fault.details) : fault.error;
}

function added(a: BatchTally, b: BatchTally): BatchTally {
  return {
    count: a.count + b.count,
    duplicatesRejected: a.duplicatesRejected + b.duplicatesRejected,
    fragmentsRejected: a.fragmentsRejected + b.fragmentsRejected,
  };
}
