import { KeywrightError } from '../../core/errors.js';
import { shownPath } from '../files/file-error.js';
import { withFileLock } from '../publish/file-lock.js';
import { placeOf } from '../publish/output-target.js';
import { ProtectedFiles } from '../publish/protected-files.js';
import { accountDigest, destinationOf, secretsOf } from './destination.js';
import { Journal } from './journal.js';
import { RequestFile } from './request-file.js';
import { checkResults, Results } from './results.js';
import { readSendManifest, type SendManifest } from './send-manifest.js';
import type { SendReport, SendRequestsOptions } from './send-options.js';
import { type SendMeans, SendRun } from './send-run.js';
import { CLOCK } from './server/pacer.js';
import { proxiesTo } from './server/proxies.js';

const MOST_AT_ONCE = 64;

/**
 * Sends the requests that `prepareRequests` wrote to their license server, until each has its licenses, once. A journal
 * says what was begun and what is done, so a run can be ended at any time, and another goes on: what may have been
 * carried out is looked up before it is sent again. The file is read as it goes; memory grows by some bytes a request.
 * Requests go at the pace of the manifest, TLS certificates are checked, and redirects are not followed.
 *
 * @returns what came of it: `stopped` says why it ended early. Refused requests and those in doubt are told by
 *   `onProblem`.
 * @throws {KeywrightError} `invalid_option`: a secret is missing, a proxy is none, no pace, http without `insecureHttp`, a number out of
 *   range. `damaged_file`, with the line: no requests, or changed since. `journal_mismatch`. `unwritable_file`: another
 *   run sends the same file, or the journal cannot be written: then nothing is sent without it. `missing_file`,
 *   `file_exists`, `same_file`. The signal's reason.
 *
 * @example
 * const report = await sendRequests('requests.jsonl', { perSecond: 8, limit: 5 });
 * report.open; // 0
 */
export async function sendRequests(path: string, options: SendRequestsOptions = {}): Promise<SendReport> {
  return sendBy({ clock: CLOCK }, path, options);
}

/** {@link sendRequests}, by other means. */
export async function sendBy(
  means: SendMeans,
  path: string,
  options: SendRequestsOptions,
): Promise<SendReport> {
  checkNumbers(options);
  const { results, withKeys = false, inputs = [], env = process.env, signal } = options;
  const file = await RequestFile.open(path, signal);
  try {
    const { place } = file;
    const journalPath = options.journal ?? `${place}.journal`;
    const read = [path, `${place}.manifest.json`, ...inputs];
    refuseInput(journalPath, read);
    const manifest = await readSendManifest(place, file.sha256);
    const destination = destinationOf(
      preparedFor(file, manifest),
      options.baseUrl,
      options.insecureHttp ?? false,
    );
    const perSecond = options.perSecond ?? manifest.perSecond;
    if (perSecond === undefined)
      throw misuse('perSecond', 'no manifest tells the pace: say how many requests a second');
    const secrets = secretsOf(file.secrets, env);
    proxiesTo(destination.baseUrl, env);
    const output =
      results === undefined ? undefined : { path: results, withKeys, inputs: [...read, journalPath] };
    if (output !== undefined) await checkResults(output);
    const { baseUrl } = destination;
    const lock = { signal, longestWait: 0, doing: 'sent' };
    const work = async () => {
      const account = accountDigest(secrets, file.sha256);
      const journal = await Journal.open(journalPath, { requests: file.sha256, baseUrl, account }, file);
      const rows = output && new Results(output, file, journal);
      const run = new SendRun(
        means,
        file,
        destination,
        journal,
        { ...options, perSecond, env },
        secrets,
        rows,
      );
      return await reported(run, journal, rows);
    };
    return await withFileLock(place, () => withFileLock(journalPath, work, lock), lock);
  } finally {
    await file.close();
  }
}

async function reported(run: SendRun, journal: Journal, results: Results | undefined): Promise<SendReport> {
  try {
    await run.send();
    await journal.sync();
    await results?.finish();
    return { ...run.report(), results: results?.path ?? null };
  } catch (error) {
    try {
      results?.addDoubtful();
    } catch {
      // What ended the run is worth more than what is wrong with its results.
    }
    throw error;
  } finally {
    results?.close();
    await journal.close();
  }
}

function refuseInput(journal: string, inputs: readonly string[]): void {
  if (!new ProtectedFiles(inputs).holds(placeOf(journal, true))) return;
  const message = `the journal ${shownPath(journal)} is a file that is read: name another`;
  throw new KeywrightError('same_file', message, { path: journal });
}

/** Where the requests were prepared for: a base URL may have a path, which the manifest alone tells. */
export function preparedFor(file: RequestFile, { baseUrl }: SendManifest): string {
  const [first] = file.lines();
  const url = first === undefined ? '' : file.read(first).url;
  return baseUrl !== undefined && url.startsWith(`${baseUrl}/`) ? baseUrl : file.origin;
}

function checkNumbers({ perSecond, limit, concurrency, settleSeconds }: SendRequestsOptions): void {
  const within = (value: number | undefined, least: number, most: number) =>
    value === undefined || (value >= least && value <= most);
  if (!within(perSecond, 0.001, 1_000_000))
    throw misuse('perSecond', 'the requests a second are out of range: use 0.001 to 1000000');
  if (!within(limit, 1, Number.MAX_SAFE_INTEGER))
    throw misuse('limit', 'the limit is out of range: use 1 or more');
  if (!within(concurrency, 1, MOST_AT_ONCE) || !Number.isInteger(concurrency ?? 1))
    throw misuse('concurrency', `the requests under way are out of range: use 1 to ${MOST_AT_ONCE}`);
  if (!within(settleSeconds, 0, 86_400))
    throw misuse('settleSeconds', 'the seconds until a look-up are out of range: use 0 to 86400');
}

function misuse(option: string, message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', message, { option });
}
