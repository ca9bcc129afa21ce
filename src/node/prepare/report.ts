import { basename } from 'node:path';
import type { Pace, Quota } from '../../core/vendors/server/vendor.js';
import type { ProblemGroup } from '../fields/problems.js';
import { packageVersion } from '../files/package-version.js';
import type { KnownList } from '../lists/known-lists.js';
import type { WrittenFile } from './output.js';

/** A quota, and how many licenses of the import count. */
export interface UsedQuota extends Quota {
  readonly used: number;
}

/** What `prepareRequests` did, or would have done but for the rows that are no good. */
export interface RequestsReport {
  /** One of `TARGETS`. */
  readonly target: string;
  /** Who takes the requests or the files. */
  readonly software: string;
  /** Where the columns of a file are documented; null for requests. */
  readonly document: string | null;
  /** Null for a vendor's own, and for files. */
  readonly baseUrl: string | null;
  readonly rows: number;
  /** Keys in the requests or files. */
  readonly keys: number;
  /** Lines of requests; 0 for files. */
  readonly requests: number;
  /** Requests to send, those in `then` included; 0 for files. */
  readonly calls: number;
  /** Rows that are no good; with `drop` they were left out, else nothing was written. */
  readonly invalid: number;
  /** What is wrong with them. */
  readonly problems: readonly ProblemGroup[];
  readonly warnings: readonly { readonly message: string; readonly requests: number }[];
  readonly pace: Pace | null;
  readonly quotas: readonly UsedQuota[];
  /** How long sending takes at the advised pace and within the quotas; null for files. */
  readonly seconds: number | null;
  readonly inputs: readonly KnownList[];
  /** Manifests among the inputs. */
  readonly skipped: readonly string[];
  /** The CSV of all problems; null where none was asked for. */
  readonly report: string | null;
  /** None when nothing was written. */
  readonly files: readonly WrittenFile[];
  readonly manifest: string | null;
}

/** The schema of `<out>.manifest.json` and of `prepare --json`. */
export const PREPARE_SCHEMA = 'keywright/prepare/v1';

/** The manifest of the written files: all that is to be known about them, and no keys. File names are relative to it. */
export function prepareManifest(
  report: Omit<RequestsReport, 'problems' | 'manifest' | 'skipped' | 'report'>,
  now: Date,
): string {
  const { target, software, document, files, ...rest } = report;
  const manifest = {
    schema: PREPARE_SCHEMA,
    createdAt: now.toISOString(),
    version: packageVersion(),
    target,
    software,
    document,
    ...rest,
    files: files.map((file) => ({ ...file, path: basename(file.path) })),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
