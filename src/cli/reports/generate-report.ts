import { shownMask } from '../../core/format/format-text.js';
import type { KeyFormat } from '../../core/format/key-format.js';
import type { BatchFilesReport, BatchOptions } from '../../node/batch/generate-batch.js';
import { describeFormat, describeRows } from '../../node/batch/manifest.js';
import { shownPath, shownText } from '../../node/files/file-error.js';
import { grouped } from '../command/progress.js';
import { jsonReport, listing } from './listing.js';
import { columnLines } from './reading-report.js';

/** What `generate --json` prints. */
export function generateReport(
  format: KeyFormat,
  options: BatchOptions,
  report: BatchFilesReport,
  elapsedMs: number,
): string {
  const { count, duplicatesRejected, against, files, manifest, batch } = report;
  return jsonReport('generate', {
    canonical: options.exact === true ? 'exact' : 1,
    count,
    format: describeFormat(format),
    duplicatesRejected,
    rows: options.rows && describeRows(options.rows),
    against,
    batch,
    files,
    manifest,
    elapsedMs,
  });
}

/** What `generate --out` prints for people. */
export function generateSummary(
  format: KeyFormat,
  { rows }: BatchOptions,
  report: BatchFilesReport,
  elapsedMs: number,
): string {
  const { count, duplicatesRejected, against, files, manifest, batch } = report;
  const rate = Math.round((count / Math.max(1, elapsedMs)) * 1000);
  const existing = against.reduce((sum, list) => sum + list.keys, 0);
  const lists = `${against.length} ${against.length === 1 ? 'list' : 'lists'}`;
  const [first] = files;
  const names =
    files.length > 2 ? `${first?.path} … ${files.at(-1)?.path}` : files.map((file) => file.path).join(', ');
  return listing([
    ['keys', `${grouped(count)} of ${shownMask(format.mask)}, ${format.entropyBits.toFixed(1)} bits each`],
    ['unique', `among themselves${batch === null ? '' : ' and in the ledger'}, proven`],
    ...(rows === undefined
      ? []
      : [
          [
            'rows',
            `${grouped(rows.rows)} of ${shownPath(rows.path)}, keys in column ${shownText(rows.column)}`,
          ] as const,
        ]),
    ...columnLines(against),
    ...(against.length === 0
      ? []
      : [
          [
            'against',
            `${grouped(existing)} existing ${existing === 1 ? 'key' : 'keys'} in ${lists}`,
          ] as const,
        ]),
    ...(batch === null ? [] : [['batch', batch] as const]),
    ['rejected', `${grouped(duplicatesRejected)} duplicates`],
    ['written', names],
    ...(manifest === null ? [] : [['manifest', manifest] as const]),
    ['time', `${(elapsedMs / 1000).toFixed(2)} s, ${grouped(rate)} keys a second`],
  ]);
}
