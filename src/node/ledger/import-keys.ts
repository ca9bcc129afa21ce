import type { KeySpans } from '../../core/dedupe/key-spans.js';
import { damagedFile } from '../file-error.js';
import { type KeyFileOptions, openKeyFile } from '../key-files.js';
import { type KnownList, visitLists } from '../known-lists.js';
import { comparedForm } from '../listed-keys.js';
import { keyChunks } from './key-chunks.js';
import type { Claim, Ledger } from './ledger.js';

/** How {@link importKeys} reads and what the batch is called. */
export interface ImportOptions extends KeyFileOptions {
  readonly batch: string;
  /** Who imports, as `user@host`. */
  readonly by: string;
  readonly now: Date;
  /** Called with the number of keys that were looked at. */
  readonly onProgress?: (done: number) => void;
}

/** What an import came to; of one that was done before, the same again. */
export interface ImportReport {
  readonly batch: string;
  /** Keys in the lists, repeats included. */
  readonly keys: number;
  /** Keys that are in the ledger by this import. */
  readonly added: number;
  /** Keys that it held before, and repeats. */
  readonly known: number;
  readonly lists: readonly KnownList[];
  /** Manifests among the paths, skipped. */
  readonly skipped: readonly string[];
}

/**
 * Records keys that were issued elsewhere, as one batch. All lists are read and judged before the first key is
 * recorded. After a crash the same import under the same batch id goes on and comes to the same report.
 *
 * @throws {KeywrightError} as `visitLists` and `Ledger`; `damaged_file`: a line that is no license key, or a list
 * that changed between the two times it was read.
 */
export async function importKeys(
  ledger: Ledger,
  paths: readonly string[],
  options: ImportOptions,
): Promise<ImportReport> {
  const reading = await rereadable(paths, options);
  let keys = 0;
  const found = await visitLists(paths, reading(), (spans, path, unit) => {
    for (let index = 0; index < spans.count; index++) judge(spans, index, path, unit);
    keys += spans.count;
  });
  const { batch: id, by, now } = options;
  const claim = await ledger.claim({
    id,
    kind: 'import',
    count: keys,
    comparison: ledger.comparison,
    mask: null,
    entropyBits: null,
    parameters: JSON.stringify([options.column ?? null, found.lists.map(({ sha256 }) => sha256)]),
    by,
    now,
  });
  if (claim.state === 'reserving') {
    const known = await reserveAll(ledger, claim, listedKeys(found.lists, reading()), options.onProgress);
    const { lists, manifests: skipped } = found;
    const report: ImportReport = { batch: id, keys, added: keys - known, known, lists, skipped };
    await ledger.prepare(claim, { files: [], report: JSON.stringify(report) });
    await ledger.done(claim, now);
    return report;
  }
  if (claim.state === 'prepared') await ledger.done(claim, now);
  const report: ImportReport = JSON.parse(claim.prepared?.report ?? '');
  return report;
}

function judge(spans: KeySpans, index: number, path: string, unit: 'line' | 'element'): void {
  if (!comparedForm(spans, index, path, unit).startsWith('BEGIN')) return;
  const start = spans.spans[2 * index] ?? 0;
  if (spans.bytes[start] !== 0x2d) return;
  const line = spans.firstLine + (spans.lines[index] ?? 0);
  throw damagedFile(path, 'is PEM: name a list of license keys', line, unit);
}

/** Standard input is kept, for it comes but once. */
async function rereadable(
  paths: readonly string[],
  { column, stdin, signal }: ImportOptions,
): Promise<() => KeyFileOptions> {
  if (!paths.includes('-') || stdin === undefined) return () => ({ column, stdin, signal });
  const parts: Uint8Array[] = [];
  for await (const part of stdin) {
    signal?.throwIfAborted();
    parts.push(part.slice());
  }
  return () => ({ column, signal, stdin: again(parts) });
}

async function* again(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

/** Returns how many keys were not new. */
async function reserveAll(
  ledger: Ledger,
  claim: Claim,
  lists: AsyncIterable<KeySpans>,
  onProgress: ImportOptions['onProgress'],
): Promise<number> {
  let [next, known, done] = [0, 0, 0];
  // Two are under way: one is written while the next is fingerprinted.
  let last: Promise<void> = Promise.resolve();
  for await (const keys of keyChunks(lists)) {
    const { count } = keys;
    const sent = ledger.reserve(claim, next++, keys).then(({ taken }) => {
      known += taken.length;
      done += count;
      onProgress?.(done);
    });
    // Heard below; until then a failure must not look unheard.
    sent.catch(() => undefined);
    await last;
    last = sent;
  }
  await last;
  return known;
}

/** The keys of all lists once more; a list that is not what it was ends in an error. */
async function* listedKeys(lists: readonly KnownList[], reading: KeyFileOptions): AsyncGenerator<KeySpans> {
  for (const { path, sha256 } of lists) {
    const file = await openKeyFile(path, reading);
    yield* file.keys();
    if (file.sha256 !== sha256) throw damagedFile(path, 'changed while it was read: import it again');
  }
}
