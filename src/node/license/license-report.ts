import { basename } from 'node:path';
import type { ProblemGroup } from '../fields/problems.js';
import { packageVersion } from '../files/package-version.js';
import type { KnownList } from '../lists/known-lists.js';
import type { PublishedFile } from '../publish/output-files.js';
import type { LicenseForm } from './block-signer.js';

/** What `issueLicenses` did, or would have done but for the rows that are no good. */
export interface LicensesReport {
  readonly product: string;
  readonly as: LicenseForm;
  /** The key that signed. */
  readonly kid: string;
  readonly inputs: readonly KnownList[];
  readonly rows: number;
  /** Rows that are no good; with `drop` they were left out, else nothing was written. */
  readonly invalid: number;
  /** Licenses that were written. */
  readonly licenses: number;
  /** How many of them are expired already. */
  readonly expired: number;
  /** The file or folder that they are in. */
  readonly path: string;
  /** The file, with its hash; none for a folder, and when nothing was written. */
  readonly files: readonly PublishedFile[];
  /** What is wrong with them. */
  readonly problems: readonly ProblemGroup[];
  /** Manifests among the inputs. */
  readonly skipped: readonly string[];
  /** Null when nothing was written. */
  readonly manifest: string | null;
}

/** The schema of the manifest, and of `license --json`. */
export const LICENSES_SCHEMA = 'keywright/licenses/v1';

/** The manifest: all that is to be known about the licenses, and no key. Names are relative to it. */
export function formatManifest(
  report: Omit<LicensesReport, 'problems' | 'skipped' | 'manifest'>,
  now: Date,
): string {
  const head = { schema: LICENSES_SCHEMA, createdAt: now.toISOString(), version: packageVersion() };
  const files = report.files.map((file) => ({ ...file, path: basename(file.path) }));
  return `${JSON.stringify({ ...head, ...report, path: basename(report.path), files }, null, 2)}\n`;
}
