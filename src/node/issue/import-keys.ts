import type { KeySpans } from '../../core/dedupe/key-spans.js';
import { listOf, objectOf, textShape, wholeNumberShape } from '../../core/encoding/json-shape.js';
import { damagedFile, shownPath } from '../files/file-error.js';
import { KeptInputs } from '../files/kept-inputs.js';
import type { Claim, Ledger } from '../ledger/model/ledger.js';
import { weakKeyCheck } from '../ledger/weak-keys.js';
import { KNOWN_LIST, type KnownList, type VisitedLists, visitLists } from '../lists/known-lists.js';
import { type KeyFileOptions, openKeyFile } from '../lists/list-file.js';
import { comparedForm, lineOf } from '../lists/listed-keys.js';
import { keyChunks } from './key-chunks.js';
import { readReport } from './recorded-report.js';

/** How {@link importKeys} reads its lists, and what the ledger is told about the batch. */
export interface ImportOptions extends KeyFileOptions {
  /** The batch's id. The same import under the same id can be repeated. */
  readonly batch: string;
  /** Who imports, as `user@host`. */
  readonly by: string;
  /** Why, or where to read on: one line of at most 500 characters. */
  readonly comment?: string | undefined;
  readonly now: Date;
  /** Called with the number of keys that the ledger has answered about so far. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** What an import did. The same import, repeated, reports the same again. */
export interface ImportReport {
  readonly batch: string;
  /** Keys in the lists, repeats included. */
  readonly keys: number;
  /** Keys that this import recorded. */
  readonly added: number;
  /** Keys that the ledger held before, and repeats within the lists. */
  readonly known: number;
  readonly lists: readonly KnownList[];
  /** The manifests among the paths. They hold no keys, and are skipped. */
  readonly skipped: readonly string[];
}

const IMPORT_REPORT = objectOf<ImportReport>({
  batch: textShape,
  keys: wholeNumberShape,
  added: wholeNumberShape,
  known: wholeNumberShape,
  lists: listOf(KNOWN_LIST),
  skipped: listOf(textShape),
});

/**
 * Records keys that were issued elsewhere, as one batch.
 *
 * The lists are read twice. The first time each key is judged, so that a bad line ends the import before the ledger
 * hears of the batch. The second time the keys are recorded. After a crash the same import under the same batch id goes
 * on where it stopped, and returns the report that it would have returned.
 *
 * @throws {KeywrightError} as `openKeyFile` and `Ledger`; `no_keys`: a list without any; `damaged_file`: a line that is no
 * license key, or a list that changed between the two times it was read; `weak_format`: a key under 80 bits, and the ledger
 * has no secret.
 *
 * @example
 * const ledger = await openLedger('issued.db');
 * const { added } = await importKeys(ledger, ['old.txt'], { batch: 'old-2026', by: 'me@here', now: new Date() });
 * added; // 3
 * await ledger.close();
 */
export async function importKeys(
  ledger: Ledger,
  paths: readonly string[],
  options: ImportOptions,
): Promise<ImportReport> {
  const { column, headerRow, sheet, signal, stdin } = options;
  const inputs = new KeptInputs(stdin, signal);
  const reading: KeyFileOptions = { column, headerRow, sheet, signal, kept: (path) => inputs.read(path) };
  try {
    return await recordLists(ledger, await judgedLists(ledger, paths, reading), options, reading);
  } finally {
    inputs.close();
  }
}

interface JudgedLists extends VisitedLists {
  /** Keys in all lists, repeats included. */
  readonly keys: number;
}

/** Reads all lists and throws for the first key that the ledger would refuse. */
async function judgedLists(
  ledger: Ledger,
  paths: readonly string[],
  reading: KeyFileOptions,
): Promise<JudgedLists> {
  const refuseWeak = await weakKeyCheck(ledger);
  let keys = 0;
  const found = await visitLists(paths, reading, (spans, path, unit) => {
    for (let index = 0; index < spans.count; index++) {
      const form = comparedForm(spans, index, path, unit, ledger.comparison);
      refuseWeak?.(form, () => `the key in ${shownPath(path)}, ${unit} ${lineOf(spans, index)},`);
    }
    keys += spans.count;
  });
  return { ...found, keys };
}

async function recordLists(
  ledger: Ledger,
  { keys, lists, manifests: skipped }: JudgedLists,
  options: ImportOptions,
  reading: KeyFileOptions,
): Promise<ImportReport> {
  const { batch: id, by, comment, now } = options;
  const claim = await ledger.claim({
    id,
    kind: 'import',
    count: keys,
    comparison: ledger.comparison,
    mask: null,
    entropyBits: null,
    parameters: JSON.stringify([
      options.column ?? null,
      lists.map(({ sha256 }) => sha256),
      ...readingChoices(options),
    ]),
    by,
    comment,
    now,
  });
  if (claim.state === 'reserving') {
    const known = await reserveAll(ledger, claim, listedKeys(lists, reading), options.onProgress);
    const report: ImportReport = { batch: id, keys, added: keys - known, known, lists, skipped };
    await ledger.prepare(claim, { files: [], report: JSON.stringify(report) });
    await ledger.done(claim, now);
    return report;
  }
  if (claim.state === 'prepared') await ledger.done(claim, now);
  return readReport(ledger, claim, claim.prepared?.report ?? '', IMPORT_REPORT);
}

/** The options of reading, when one is given: an import without them has the parameters it always had. */
function readingChoices({ headerRow, sheet }: ImportOptions): readonly unknown[] {
  return headerRow === undefined && sheet === undefined ? [] : [headerRow ?? null, sheet ?? null];
}

/** Records the keys in chunks. Returns how many of them the ledger held before, or were repeats. */
async function reserveAll(
  ledger: Ledger,
  claim: Claim,
  lists: AsyncIterable<KeySpans>,
  onProgress: ImportOptions['onProgress'],
): Promise<number> {
  let [next, known, done] = [0, 0, 0];
  // While the ledger writes a chunk, the next one is read.
  let last: Promise<void> = Promise.resolve();
  for await (const keys of keyChunks(lists)) {
    const { count } = keys;
    const sent = ledger.reserve(claim, next++, keys).then(({ taken }) => {
      known += taken.length;
      done += count;
      onProgress?.(done);
    });
    // A failure is thrown by the `await` below. Until then Node.js must not take it for an unhandled one.
    sent.catch(() => undefined);
    await last;
    last = sent;
  }
  await last;
  return known;
}

/** Reads the keys of all lists again. Throws when a list has changed since it was judged. */
async function* listedKeys(lists: readonly KnownList[], reading: KeyFileOptions): AsyncGenerator<KeySpans> {
  for (const { path, sha256 } of lists) {
    const file = await openKeyFile(path, reading);
    yield* file.keys();
    if (file.sha256 !== sha256) throw damagedFile(path, 'changed while it was read: import it again');
  }
}
