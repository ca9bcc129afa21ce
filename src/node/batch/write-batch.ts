import { basename } from 'node:path';
import {
  listOf,
  nullable,
  objectOf,
  textShape,
  truthShape,
  wholeNumberShape,
} from '../../core/encoding/json-shape.js';
import type { KeyFormat } from '../../core/format/key-format.js';
import type { KeyBlock } from '../../core/generate/key-block.js';
import type { Claim, Ledger } from '../ledger/model/ledger.js';
import { KNOWN_LIST } from '../lists/known-lists.js';
import type { OutputFiles } from '../publish/output-files.js';
import { partPath } from '../publish/part-path.js';
import { type BatchDescription, type BatchFile, type BatchReport, batchManifest } from './manifest.js';
import type { BatchOptions, DrawnBatch } from './plan-batch.js';

/** Where `generateBatch` puts its files. */
export interface BatchFilesOptions extends BatchOptions {
  readonly out: string;
  /** Keys a file at most; more files are numbered, as `keys-0001.txt`. */
  readonly split?: number | undefined;
  /** Files beside `against` that were read for this batch: no output may replace them. */
  readonly inputs?: readonly string[] | undefined;
  /** Replace files that exist. */
  readonly force?: boolean | undefined;
  /** Write `<out>.manifest.json`. Default true. */
  readonly manifest?: boolean | undefined;
  /**
   * Where the keys are recorded as issued before they are published: none of them is in it yet, and none will be
   * issued again. Its comparison must be this batch's; a seed is not allowed beside it.
   */
  readonly ledger?: Ledger | undefined;
  /**
   * What the ledger calls the batch, 1 to 128 printable ASCII characters without blanks and `/`; default a UUIDv7.
   * With the shard it makes the call repeatable: the same call goes on from where an earlier one stopped.
   */
  readonly batchId?: string | undefined;
  /** Who issues, for the ledger and the manifest: one line of at most 500 characters. Default, for the ledger alone, `user@host`. */
  readonly by?: string | undefined;
  /** Why, or where to read on, as the URL of a CI run: one line of at most 500 characters, for both as well. */
  readonly comment?: string | undefined;
  /** Called when the ledger has given the batch to this run. */
  readonly onClaim?: ((claim: Claim) => void) | undefined;
}

/** What `generateBatch` wrote. */
export interface BatchFilesReport extends BatchReport {
  readonly files: readonly BatchFile[];
  readonly manifest: string | null;
  /** The batch's id in the ledger; null without one. */
  readonly batch: string | null;
  /** Whether the batch was done before, so that nothing was issued now. */
  readonly repeated: boolean;
}

/** What a {@link BatchFilesReport} looks like where a ledger has kept it. */
export const BATCH_FILES_REPORT = objectOf<BatchFilesReport>({
  count: wholeNumberShape,
  duplicatesRejected: wholeNumberShape,
  fragmentsRejected: wholeNumberShape,
  against: listOf(KNOWN_LIST),
  skipped: listOf(textShape),
  warnings: listOf(textShape),
  files: listOf(
    objectOf({ path: textShape, bytes: wholeNumberShape, sha256: textShape, count: wholeNumberShape }),
  ),
  manifest: nullable(textShape),
  batch: nullable(textShape),
  repeated: truthShape,
});

/** The files of a batch. */
export interface BatchParts {
  /** Of the keys, in order. */
  readonly paths: readonly string[];
  /** Keys a file at most. */
  readonly split: number;
  readonly manifest: string | null;
}

/**
 * Writes the keys of a batch and its manifest; all is on the disk then, but for the manifest, and unpublished.
 *
 * @throws {KeywrightError} as `OutputFiles`, and what drawing the keys throws.
 */
export async function writeBatch(
  format: KeyFormat,
  batch: DrawnBatch,
  outputs: OutputFiles,
  { paths, split, manifest }: BatchParts,
  description: BatchDescription,
): Promise<readonly BatchFile[]> {
  const counts = await writeParts(batch, outputs, paths, split);
  const written = (await outputs.finish()).map(({ path, bytes, sha256 }, index) => {
    return { path, bytes, sha256, count: counts[index] ?? 0 };
  });
  if (manifest !== null) {
    const beside = written.map((file) => ({ ...file, path: basename(file.path) }));
    const file = await outputs.create(manifest);
    await file.write(new TextEncoder().encode(batchManifest(format, description, batch.report(), beside)));
  }
  return written;
}

/** All files of a batch in the order of publication. */
export function allPaths({ paths, manifest }: BatchParts): readonly string[] {
  return manifest === null ? paths : [...paths, manifest];
}

/** `keys.txt` as `keys-0001.txt`, `keys-0002.txt`, …; itself when nothing is split. */
export function partPaths(out: string, parts: number | undefined): readonly string[] {
  if (parts === undefined) return [out];
  return Array.from({ length: parts }, (_, index) => partPath(out, index + 1));
}

async function writeParts(
  batch: DrawnBatch,
  outputs: OutputFiles,
  parts: readonly string[],
  split: number,
): Promise<readonly number[]> {
  const counts: number[] = [];
  const blocks = cutBlocks(batch.blocks(), split);
  try {
    let next = await blocks.next();
    for (const path of parts) {
      const file = await outputs.create(path);
      await file.write(batch.rows.head);
      let count = 0;
      while (next.done !== true && count < split) {
        await file.write(await batch.rows.encode(next.value, count === 0));
        count += next.value.count;
        batch.noteWritten(next.value.count);
        next = await blocks.next();
      }
      await file.write(batch.rows.tail);
      await file.finish();
      counts.push(count);
    }
  } finally {
    await blocks.return(undefined);
  }
  return counts;
}

/** The blocks, cut where a part is full. */
async function* cutBlocks(
  blocks: AsyncIterable<KeyBlock>,
  split: number,
): AsyncGenerator<KeyBlock, undefined, void> {
  let room = split;
  for await (const block of blocks) {
    for (let start = 0; start < block.count; ) {
      const count = Math.min(room, block.count - start);
      yield { ...block, bytes: block.bytes.subarray(start * block.stride), count };
      start += count;
      room = room === count ? split : room - count;
    }
  }
}
