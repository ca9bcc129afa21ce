import { resolve } from 'node:path';
import { KeywrightError } from '../../core/errors.js';
import { ImportRows, tablesOf } from '../fields/import-rows.js';
import { Problems } from '../fields/problems.js';
import { shownPath } from '../files/file-error.js';
import type { ExpectedKeys } from '../lists/columns/expected-shape.js';
import type { KeyFileOptions } from '../lists/list-file.js';
import { OutputFiles } from '../publish/output-files.js';
import { namedTwice } from '../publish/output-target.js';
import { type JobOptions, openJob, type RowWriter } from './job.js';
import { RequestsOutput, type WrittenFile } from './output.js';
import { ProblemReport } from './problem-report.js';
import { prepareManifest, type RequestsReport } from './report.js';

/**
 * What {@link prepareRequests} prepares, and for whom: `target` is a name of `prepareTargets`; `set` are fields that
 * all keys share, as texts, each read by the type of its field; `map` are columns whose cells are fields of
 * their row, where an empty cell leaves the field to `set`, and a table says what cells stand for; `baseUrl` is where the server is, by default the
 * vendor's own; `chunk` are the keys in a request, or the rows in a file, at most.
 */
export interface PrepareRequestsOptions extends KeyFileOptions, JobOptions, ExpectedKeys {
  /** The file to write; parts of it are numbered, as `keys-0001.csv`. */
  readonly out: string;
  /** What becomes of rows that are no good: `fail` writes nothing, `drop` leaves them out. Default `fail`. */
  readonly invalid?: 'fail' | 'drop' | undefined;
  /** A CSV of all that is wrong with rows, written whatever becomes of them. */
  readonly report?: string | undefined;
  /** The column that says what the importer calls a row; it travels with the request, and is not sent. */
  readonly ref?: string | undefined;
  /** Replace files that exist. */
  readonly force?: boolean | undefined;
  /** Files beside the lists that are read: no output may be one of them. */
  readonly inputs?: readonly string[] | undefined;
  /** Called, before any list is read, with what is to be known of the import. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Called with the number of rows read so far, once in a thousand. */
  readonly onProgress?: ((rows: number) => void) | undefined;
}

/**
 * Prepares the import of all keys of these lists: HTTP requests as lines of JSON, without secrets, or the files
 * that some software imports; and beside them a manifest without keys. All appear whole or not at all. Lists are
 * read as a stream; memory grows by some bytes a key.
 *
 * @returns what was written. When rows are no good and `invalid` is `fail`, and when no row is left, `files` is
 *   empty and nothing was written.
 * @throws {KeywrightError} `invalid_option`: an unknown target or field, a value that its field does not take,
 *   fields that no request could be made of, no `baseUrl` for a server that is self-hosted. `unclear_list`: keys of
 *   different shapes, without a format and `anyFormat`. `unknown_column`,
 *   `no_keys`, and as `openKeyFile`; `file_exists`, `unwritable_file`, `same_file`.
 *
 * @example
 * const report = await prepareRequests(['keys.txt'], {
 *   target: 'cryptlex',
 *   set: [['productId', '0b7e2a4c-5d3f-4a61-9c8e-7f1d2b3a4c5d']],
 *   out: 'requests.jsonl',
 *   now: new Date(),
 * });
 */
export async function prepareRequests(
  paths: readonly string[],
  options: PrepareRequestsOptions,
): Promise<RequestsReport> {
  const { target, out, force, signal, invalid = 'fail', map = [], report: reportPath } = options;
  const job = await openJob(options);
  for (const notice of job.notices) options.onNotice?.(notice);
  const read = [...paths, ...tablesOf(map), ...(options.inputs ?? [])];
  const files = new OutputFiles({ force, inputs: read, signal });
  const manifest = `${out}.manifest.json`;
  try {
    const outputs = [RequestsOutput.firstPath(out, job.entriesPerFile), manifest];
    await files.check(reportPath === undefined ? outputs : [...outputs, reportPath]);
    const problemReport = reportPath === undefined ? undefined : await newReport(files, reportPath, outputs);
    const problems = new Problems(problemReport && ((found) => problemReport.write(found)));
    const output = new RequestsOutput(files, out, job.entriesPerFile, job.head);
    const writer = job.writer(output, problems);
    if (map.length === 0) writer.checkFields();
    const rows = new ImportRows({ ...options, map, values: job.values, problems });
    const stop = invalid === 'fail' ? () => problems.rows > 0 : () => false;
    await takeRows(rows, paths, writer, output, stop, options.onProgress);
    await problems.flush();
    const { inputs, skipped } = rows;
    const summary = {
      target: target.toLowerCase(),
      baseUrl: job.baseUrl,
      rows: rows.count,
      invalid: problems.rows,
      ...writer.summary(),
      inputs,
    };
    const written = await writtenFiles(output, files);
    if (written.length > 0) {
      const file = await files.create(manifest);
      const text = prepareManifest({ ...summary, files: written }, options.now);
      await file.write(new TextEncoder().encode(text));
    }
    if (written.length > 0 || reportPath !== undefined) await files.publish();
    return {
      ...summary,
      problems: problems.groups,
      skipped,
      report: reportPath ?? null,
      files: written,
      manifest: written.length > 0 ? manifest : null,
    };
  } finally {
    await files.discard();
  }
}

async function newReport(
  files: OutputFiles,
  path: string,
  others: readonly string[],
): Promise<ProblemReport> {
  if (others.some((other) => resolve(other) === resolve(path))) throw namedTwice(path);
  const report = new ProblemReport(await files.create(path));
  await report.begin();
  return report;
}

/** All rows go to the writer; once `stop` says so they are only judged. */
async function takeRows(
  rows: ImportRows,
  paths: readonly string[],
  writer: RowWriter,
  output: RequestsOutput,
  stop: () => boolean,
  onProgress: ((rows: number) => void) | undefined,
): Promise<void> {
  for (const path of paths) {
    for await (const some of rows.read(path)) {
      for (const row of some) {
        if (stop()) await output.close();
        await writer.add(row);
      }
      onProgress?.(rows.count);
    }
  }
  await writer.end();
  if (stop()) await output.close();
  const [first] = rows.skipped;
  if (rows.inputs.length === 0 && first !== undefined) {
    const message = `${shownPath(first)} is a manifest and holds no keys: name the key file itself`;
    throw new KeywrightError('no_keys', message, { path: first });
  }
}

async function writtenFiles(output: RequestsOutput, files: OutputFiles): Promise<readonly WrittenFile[]> {
  if (output.closed) return [];
  await output.end();
  const { counts } = output;
  return (await files.finish()).flatMap(({ path, bytes, sha256 }) => {
    const count = counts.get(path);
    return count === undefined ? [] : [{ path, bytes, sha256, count }];
  });
}
