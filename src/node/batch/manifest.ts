import { shownMask } from '../../core/format/format-text.js';
import type { KeyFormat } from '../../core/format/key-format.js';
import type { BatchTally } from '../../core/generate/key-draw.js';
import type { Shard } from '../../core/generate/shard.js';
import { packageVersion } from '../files/package-version.js';
import type { KnownList } from '../lists/known-lists.js';
import type { PublishedFile } from '../publish/output-files.js';

/** What came of a batch, and what it was held against. */
export interface BatchReport extends BatchTally {
  readonly against: readonly KnownList[];
  /** Manifests among `against`, skipped. */
  readonly skipped: readonly string[];
  /** What a careful issuer would want to hear. */
  readonly warnings: readonly string[];
}

/** A written key file. */
export interface BatchFile extends PublishedFile {
  readonly count: number;
}

/** What a manifest says beside format, report and files. */
export interface BatchDescription {
  readonly now: Date;
  /** The batch's id, where a ledger keeps it. */
  readonly batch?: string | undefined;
  /** Who issued it, and a comment, where they were said. */
  readonly by?: string | undefined;
  readonly comment?: string | undefined;
  readonly exact?: boolean | undefined;
  readonly shard?: Shard | undefined;
  readonly reject?: readonly string[] | undefined;
  readonly seed?: string | undefined;
  /** The rows that got the keys. */
  readonly rows?: DescribedRows | undefined;
}

/** What a report and a manifest tell of rows that got keys. */
export interface DescribedRows {
  readonly path: string;
  readonly sha256: string;
  readonly rows: number;
  /** The column of the keys: its name, without a heading its number. */
  readonly column: string;
}

/** {@link DescribedRows} alone, of all that is known of rows. */
export function describeRows({ path, sha256, rows, column }: DescribedRows): DescribedRows {
  return { path, sha256, rows, column };
}

/** The schema of `<out>.manifest.json`. */
export const MANIFEST_SCHEMA = 'keywright/manifest/v1';

/** How a report and a manifest describe a format. */
export interface DescribedFormat {
  /** Exact: given as a format, it makes these keys. */
  readonly mask: string;
  /** The same for people, a prefix as it was typed. */
  readonly shown: string;
  readonly alphabet: string | null;
  readonly regex: string;
  readonly entropyBits: number;
  /** In decimal: it is beyond what a JSON number keeps. */
  readonly capacity: string;
}

/** A format as reports and manifests describe it. */
export function describeFormat(format: KeyFormat): DescribedFormat {
  return {
    mask: format.mask,
    shown: shownMask(format.mask),
    alphabet: format.alphabet,
    regex: format.regex.source,
    entropyBits: Math.round(format.entropyBits * 100) / 100,
    capacity: format.capacity.toString(),
  };
}

/** The manifest of a batch: all that is to be known about it, and no keys. File paths are relative to it. */
export function batchManifest(
  format: KeyFormat,
  options: BatchDescription,
  report: BatchReport,
  files: readonly BatchFile[],
): string {
  const manifest = {
    schema: MANIFEST_SCHEMA,
    canonical: options.exact === true ? 'exact' : 1,
    batch: options.batch,
    createdAt: options.now.toISOString(),
    by: options.by,
    comment: options.comment,
    version: packageVersion(),
    count: report.count,
    format: { ...describeFormat(format), checkCharacter: format.check?.algorithm.name ?? null },
    shard: options.shard ?? null,
    rows: options.rows && describeRows(options.rows),
    against: report.against.map(({ reading: _, ...list }) => list),
    duplicatesRejected: report.duplicatesRejected,
    reject: options.reject && {
      fragments: options.reject.length,
      keysRejected: report.fragmentsRejected,
    },
    files,
    insecure: options.seed === undefined ? undefined : true,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
