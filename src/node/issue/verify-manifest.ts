import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { KeySpans } from '../../core/dedupe/key-spans.js';
import { KnownKeys } from '../../core/dedupe/known-keys.js';
import { shownPath, shownText } from '../files/file-error.js';
import type { TextFileOptions } from '../files/text-file.js';
import { allHolders, type Ledger } from '../ledger/model/ledger.js';
import type { Prepared } from '../ledger/model/prepared.js';
import type { Voiding } from '../ledger/model/voiding.js';
import { openKeyFile } from '../lists/list-file.js';
import { type IssuedManifest, readManifest } from './issued-manifest.js';
import { keyChunks } from './key-chunks.js';

/** How {@link verifyManifest} reads. */
export interface ManifestOptions extends TextFileOptions {
  /** Read files outside the manifest's folder, too, where it names some. */
  readonly outside?: boolean | undefined;
}

/**
 * Holds a manifest and its files against the ledger: the manifest is the one that was published, its hashes are those that
 * the ledger keeps, each file has its hash, and its keys are those that were recorded for the batch, no more and no fewer.
 * Each file is read once, and none outside the manifest's folder unless told. Returns what does not fit, a line each.
 *
 * @throws {KeywrightError} as `openKeyFile` and `Ledger`; `damaged_file`: no manifest, or of a batch without an id.
 *
 * @example
 * const ledger = await openLedger('issued.db');
 * await generateBatch(parseFormat('lukittu'), 100, { out: 'keys.txt', style: 'text', now: new Date(), ledger });
 * await verifyManifest(ledger, 'keys.txt.manifest.json'); // []
 * await ledger.close();
 */
export async function verifyManifest(
  ledger: Ledger,
  path: string,
  options: ManifestOptions = {},
): Promise<readonly string[]> {
  const manifest = await readManifest(path, options);
  if (manifest.comparison !== ledger.comparison) {
    return [`${shownPath(path)} is of a batch that was compared otherwise than this ledger compares`];
  }
  const { batch, shard } = manifest;
  const faults: string[] = [];
  const record = (await ledger.batches()).find(({ id, shard: part }) => id === batch && part === shard);
  const recorded = record?.recorded ?? 0;
  if (record?.state !== 'done')
    faults.push(`batch ${shownText(batch)} (${shard}) is not done in this ledger`);
  else if (record.voided !== null)
    faults.push(`batch ${shownText(batch)} (${shard}) ${voidedWhen(record.voided)}`);
  const prepared = await ledger.preparedOf(batch, shard);
  if (prepared !== null) faults.push(...manifestFaults(path, manifest, prepared));
  const distinct = new KnownKeys({ exact: ledger.comparison === 'exact', expected: manifest.count });
  const { places, faults: unread } = filesToRead(path, manifest, options.outside === true);
  faults.push(...unread);
  for (const [place, sha256] of places)
    faults.push(...(await fileFaults(ledger, place, sha256, manifest, distinct)));
  if (faults.length === 0 && recorded !== distinct.size) {
    const held = `the ledger holds ${recorded} keys of batch ${shownText(batch)} (${shard})`;
    faults.push(`${held}, its files ${distinct.size}`);
  }
  return faults;
}

/** Who took a batch back, when and why, as the end of a sentence about it. */
function voidedWhen({ at, by, reason }: Voiding): string {
  return `was voided on ${at.toISOString()} by ${shownText(by)}: ${shownText(reason)}`;
}

/** Where a manifest says other things than the record of the batch, whose last file it was. */
function manifestFaults(path: string, manifest: IssuedManifest, { files }: Prepared): readonly string[] {
  const own = files.at(-1);
  if (own === undefined) return [`${shownPath(path)} is of a batch that published nothing`];
  const faults: string[] = [];
  const hashes = new Map<string, string>();
  for (const file of files.slice(0, -1)) hashes.set(relative(dirname(own.path), file.path), file.sha256);
  for (const { path: name, sha256 } of manifest.files) {
    const recorded = hashes.get(name);
    if (recorded === undefined)
      faults.push(`${shownPath(path)} names ${shownPath(name)}, which the batch did not publish`);
    else if (recorded !== sha256)
      faults.push(`${shownPath(path)} gives another hash of ${shownPath(name)} than the ledger`);
    hashes.delete(name);
  }
  for (const name of hashes.keys()) faults.push(`${shownPath(path)} leaves out ${shownPath(name)}`);
  if (faults.length === 0 && own.sha256 !== manifest.sha256)
    faults.push(`${shownPath(path)} is not as it was published`);
  return faults;
}

/** The files that a manifest names, each once, with their hashes; and those that are not read. */
function filesToRead(
  path: string,
  { files }: IssuedManifest,
  outside: boolean,
): { readonly places: ReadonlyMap<string, string>; readonly faults: readonly string[] } {
  const places = new Map<string, string>();
  const faults: string[] = [];
  const folder = realpathSync(dirname(path));
  for (const { path: name, sha256 } of files) {
    const place = realPath(resolve(folder, name));
    if (places.has(place)) faults.push(`${shownPath(path)} names ${shownPath(name)} twice`);
    else if (!outside && !isWithin(folder, place))
      faults.push(
        `${shownPath(path)} names ${shownPath(name)}, which lies outside its folder and was not read`,
      );
    else if (statSync(place, { throwIfNoEntry: false })?.isFile() === false)
      faults.push(`${shownPath(path)} names ${shownPath(name)}, which is no plain file`);
    else places.set(place, sha256);
  }
  return { places, faults };
}

/** Behind all links; of what is not there, the path. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isWithin(folder: string, place: string): boolean {
  const way = relative(folder, place);
  return !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`);
}

async function fileFaults(
  ledger: Ledger,
  path: string,
  sha256: string,
  { batch, shard, column }: IssuedManifest,
  distinct: KnownKeys,
): Promise<readonly string[]> {
  const file = await openKeyFile(path, { column });
  let [missing, foreign] = [0, 0];
  for await (const keys of keyChunks(counted(file.keys(), distinct), 100_000)) {
    for (const holder of await ledger.find('issued', keys)) {
      if (holder === null) missing++;
      else if (!allHolders(holder).some((each) => each.current && each.id === batch && each.shard === shard))
        foreign++;
    }
  }
  return [
    ...(file.sha256 === sha256 ? [] : [`${shownPath(path)} is not the file that the manifest describes`]),
    ...(missing === 0 ? [] : [`${shownPath(path)}: ${missing} of its keys are not in the ledger`]),
    ...(foreign === 0 ? [] : [`${shownPath(path)}: ${foreign} of its keys belong to another batch`]),
  ];
}

async function* counted(batches: AsyncIterable<KeySpans>, distinct: KnownKeys): AsyncGenerator<KeySpans> {
  for await (const keys of batches) {
    distinct.addSpans(keys);
    yield keys;
  }
}
