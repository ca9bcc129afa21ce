import type { SharedKeys } from '../../core/dedupe/known-keys.js';
import { KnownKeys } from '../../core/dedupe/known-keys.js';
import type { CheckSchemeName } from '../../core/format/check/check-schemes.js';
import { KeyFormat } from '../../core/format/key-format.js';
import type { Position } from '../../core/format/position.js';
import { generateBlocks } from '../../core/generate/generate.js';
import type { JobShare } from '../../core/generate/job-share.js';
import type { BatchTally } from '../../core/generate/key-draw.js';

/** What a thread is told about the batch that it draws a share of. */
export interface DrawingJob {
  readonly format: {
    readonly mask: string;
    readonly positions: readonly Position[];
    readonly scheme: CheckSchemeName | undefined;
  };
  readonly share: JobShare;
  readonly now: Date;
  readonly exact: boolean;
  readonly reject: readonly string[] | undefined;
  /** What the batch is held against. */
  readonly known: SharedKeys | undefined;
  readonly ring: Ring;
}

/** What a thread says: its blocks, each in the next place of the ring, and at the end what came of them. */
export type DrawingReport = { readonly block: number } | { readonly tally: BatchTally };

/** Memory that a thread fills with blocks and another one empties. */
export interface Ring {
  readonly places: readonly Uint8Array[];
  /** How many blocks were taken out. */
  readonly taken: Int32Array;
}

/** A ring of so many places of so many bytes. */
export function newRing(places: number, bytes: number): Ring {
  return {
    places: Array.from({ length: places }, () => new Uint8Array(new SharedArrayBuffer(bytes))),
    taken: new Int32Array(new SharedArrayBuffer(4)),
  };
}

/** Draws a share of a batch, waiting while the ring is full. @throws {KeywrightError} as `generateBlocks`. */
export function drawShare(job: DrawingJob, say: (report: DrawingReport) => void): void {
  const { places, taken } = job.ring;
  const blocks = blocksOf(job);
  let made = 0;
  let step = blocks.next();
  for (; step.done !== true; step = blocks.next()) {
    const { bytes, count, stride } = step.value;
    awaitPlace(taken, made - places.length);
    places[made % places.length]?.set(bytes.subarray(0, count * stride));
    made++;
    say({ block: count });
  }
  say({ tally: step.value });
}

function blocksOf({ format, share, now, exact, reject, known }: DrawingJob) {
  const { mask, positions, scheme } = format;
  return generateBlocks(new KeyFormat(mask, positions, scheme), share.count, {
    now,
    exact,
    shard: share.shard,
    reject,
    against: known && new KnownKeys({ others: known, expected: share.count }),
  });
}

/** Waits until more than `count` blocks were taken. */
function awaitPlace(taken: Int32Array, count: number): void {
  for (;;) {
    const seen = Atomics.load(taken, 0);
    if (seen > count) return;
    Atomics.wait(taken, 0, seen);
  }
}
