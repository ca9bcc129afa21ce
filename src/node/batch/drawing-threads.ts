import type { SharedKeys } from '../../core/dedupe/known-keys.js';
import type { KeyFormat } from '../../core/format/key-format.js';
import type { JobShare } from '../../core/generate/job-share.js';
import type { KeyBlock } from '../../core/generate/key-block.js';
import { type BatchTally, BLOCK_ROWS } from '../../core/generate/key-draw.js';
import { Thread } from '../threads/thread.js';
import { type DrawingJob, type DrawingReport, newRing, type Ring } from './drawing-job.js';

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
  readonly #thread: Thread<never, DrawingReport>;
  readonly #ring: Ring;
  readonly #length: number;
  #read = 0;
  #ended = false;

  constructor(format: KeyFormat, share: JobShare, { now, exact, reject, known }: DrawingOptions) {
    const { mask, positions, length } = format;
    const ring = newRing(AHEAD, BLOCK_ROWS * (length + 1));
    const described = { mask, positions, scheme: format.check?.scheme };
    const job: DrawingJob = { format: described, share, now, exact, reject, known, ring };
    this.#length = length;
    this.#ring = ring;
    this.#thread = new Thread(new URL('./drawing-worker.js', import.meta.url), job);
  }

  /** The next block, or undefined when there is none; read it before {@link release}. */
  async next(): Promise<KeyBlock | undefined> {
    if (this.#ended) return undefined;
    const report = await this.#thread.next();
    if ('tally' in report) {
      this.tally = report.tally;
      this.#ended = true;
      return undefined;
    }
    const { places } = this.#ring;
    const bytes = places[this.#read++ % places.length] ?? new Uint8Array();
    return { bytes, count: report.block, length: this.#length, stride: this.#length + 1 };
  }

  /** Gives the place of the last block back. */
  release(): void {
    const { taken } = this.#ring;
    Atomics.store(taken, 0, this.#read);
    Atomics.notify(taken, 0);
  }

  /** Makes the reader fail, unless it has all it can get. */
  fail(error: unknown): void {
    this.#thread.fail(error);
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}

function added(a: BatchTally, b: BatchTally): BatchTally {
  return {
    count: a.count + b.count,
    duplicatesRejected: a.duplicatesRejected + b.duplicatesRejected,
    fragmentsRejected: a.fragmentsRejected + b.fragmentsRejected,
  };
}
