import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { KnownKeys } from '../../core/dedupe/known-keys.js';
import {
  listOf,
  nullable,
  numberShape,
  objectOf,
  readShape,
  refined,
  type Shape,
  textShape,
  wholeNumberShape,
} from '../../core/encoding/json-shape.js';
import { KeywrightError } from '../../core/errors.js';
import { damagedFile, shownPath, shownText } from '../files/file-error.js';
import { readTextFile, type TextFileOptions, withoutMark } from '../files/text-file.js';
import type { Claim, Holder, Ledger } from '../ledger/model/ledger.js';
import type { Prepared } from '../ledger/model/prepared.js';
import { openKeyFile } from '../lists/list-file.js';
import { batchTemporary } from './attempt-files.js';
import { type IssuedManifest, readManifest } from './issued-manifest.js';
import { keyChunks } from './key-chunks.js';
import { verifyManifest } from './verify-manifest.js';

/** How {@link adoptManifest} reads, and what the ledger is told. */
export interface AdoptOptions extends TextFileOptions {
  /** Who issued it, where the manifest does not say. */
  readonly by: string;
  readonly now: Date;
}

/** A batch that came from its manifest. */
export interface AdoptedBatch {
  readonly batch: string;
  /** As `2/8`. */
  readonly shard: string;
  readonly keys: number;
  /** False where the ledger had it already. */
  readonly adopted: boolean;
}

/** Keys that are asked about at a time. */
const TOGETHER = 100_000;

/** The number of the first chunk of those that an attempt lacks: larger than that of any that it has. */
const FURTHER = 1_000_000_000;

/**
 * Records a batch of `generate` from its manifest and files, as it was issued: with its id, shard, format and files, and done. So
 * the command that issued it, repeated, issues nothing. For a ledger that was restored from a backup, or made anew. The manifest
 * does not hold the whole command: of the first one that comes again under that id, format, count and files are compared.
 *
 * @throws {KeywrightError} as `openKeyFile` and `Ledger`; `damaged_file`: no manifest of a batch, or its files are not what it says;
 * `batch_mismatch`: the ledger holds some of its keys, or another batch of that id.
 *
 * @example
 * const ledger = await openLedger('issued.db');
 * await generateBatch(parseFormat('lukittu'), 100, { out: 'keys.txt', style: 'text', now: new Date(), ledger });
 * const { adopted } = await adoptManifest(ledger, 'keys.txt.manifest.json', { by: 'me@here', now: new Date() });
 * adopted; // false
 * await ledger.close();
 */
export async function adoptManifest(
  ledger: Ledger,
  path: string,
  options: AdoptOptions,
): Promise<AdoptedBatch> {
  const manifest = await readManifest(path, options);
  const { batch, shard, count } = manifest;
  const told = { batch, shard, keys: count };
  const record = (await ledger.batches()).find(({ id, shard: part }) => id === batch && part === shard);
  if (record?.state === 'done') {
    const [fault] = await verifyManifest(ledger, path, options);
    if (fault === undefined) return { ...told, adopted: false };
    throw otherContent(batch, shard, fault);
  }
  const described = await readDescription(path, options);
  const held = await heldBefore(ledger, path, manifest);
  // A backup that was made meanwhile saw some of its keys, or all. Those of a run before are spent.
  const goesOn = held > 0;
  if (goesOn && held !== record?.recorded)
    throw otherContent(
      batch,
      shard,
      'the ledger has other keys of it, too, so import its lists under another batch id',
    );
  const [index = 1, of = 1] = shard.split('/').map(Number);
  const claim = await ledger.claim({
    id: batch,
    shard: { index, of },
    kind: 'generate',
    count,
    comparison: manifest.comparison,
    mask: described.format.mask,
    entropyBits: described.format.entropyBits,
    parameters: '',
    adoptedAt: options.now,
    goesOn,
    by: described.by ?? options.by,
    comment: described.comment ?? undefined,
    now: new Date(described.createdAt),
  });
  const prepared = preparedOf(path, manifest, described, claim.drawn);
  if (claim.prepared === null) {
    await reserveFiles(ledger, claim, path, manifest, goesOn);
    await ledger.prepare(claim, prepared);
  } else if (hashesOf(claim.prepared) !== hashesOf(prepared)) {
    throw otherContent(batch, shard, 'its files are others');
  }
  await ledger.done(claim, new Date(described.createdAt));
  return { ...told, adopted: true };
}

/** What a manifest says beyond what verifying needs. */
interface ManifestDescription {
  readonly createdAt: string;
  readonly by: string | null;
  readonly comment: string | null;
  readonly format: { readonly mask: string; readonly entropyBits: number };
  readonly duplicatesRejected: number;
  readonly reject: { readonly keysRejected: number } | null;
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly count: number;
  }[];
}

/** What a manifest leaves out where there is nothing to say. */
function optional<T>(shape: Shape<T>): Shape<T | null> {
  return (value) => nullable(shape)(value ?? null);
}

const DESCRIPTION = objectOf<ManifestDescription>({
  createdAt: refined(textShape, (text) => !Number.isNaN(Date.parse(text))),
  by: optional(textShape),
  comment: optional(textShape),
  format: objectOf({ mask: textShape, entropyBits: numberShape }),
  duplicatesRejected: wholeNumberShape,
  reject: optional(objectOf({ keysRejected: wholeNumberShape })),
  files: listOf(
    objectOf({
      path: refined(textShape, (path) => path === basename(path)),
      bytes: wholeNumberShape,
      sha256: textShape,
      count: wholeNumberShape,
    }),
  ),
});

async function readDescription(path: string, options: TextFileOptions): Promise<ManifestDescription> {
  const described = readShape(withoutMark(await readTextFile(path, options)), DESCRIPTION);
  if (described !== undefined) return described;
  throw damagedFile(path, 'does not describe a batch of generate with its files beside it: restore it');
}

/** Reads all files before the ledger hears of the batch. Returns how many of its keys the ledger holds as its own. */
async function heldBefore(ledger: Ledger, path: string, manifest: IssuedManifest): Promise<number> {
  const { batch, shard, count } = manifest;
  const isOwn = ({ id, shard: part, state, current }: Holder) =>
    id === batch && part === shard && state !== 'done' && current;
  let own = 0;
  const distinct = new KnownKeys({ exact: ledger.comparison === 'exact', expected: count });
  for (const { path: name, sha256 } of manifest.files) {
    const place = resolve(dirname(path), name);
    const file = await openKeyFile(place, { column: manifest.column });
    for await (const keys of keyChunks(file.keys(), TOGETHER)) {
      for (const held of await ledger.find('issued', keys)) {
        if (held === null) continue;
        const holder = `${shownText(held.id)} (${held.shard})`;
        if (!isOwn(held))
          throw otherContent(batch, shard, `keys of it stand in the ledger under batch ${holder} already`);
        own++;
      }
    }
    const again = await openKeyFile(place, { column: manifest.column });
    for await (const keys of again.keys()) distinct.addSpans(keys);
    if (file.sha256 !== sha256 || again.sha256 !== sha256)
      throw damagedFile(place, `is not the file that ${shownPath(path)} describes: restore it`);
  }
  if (distinct.size !== count)
    throw damagedFile(path, `says ${count} keys, and its files have ${distinct.size}: restore them`);
  return own;
}

async function reserveFiles(
  ledger: Ledger,
  claim: Claim,
  path: string,
  manifest: IssuedManifest,
  goesOn: boolean,
): Promise<void> {
  // Behind all chunks that the attempt may have, which are cut in another way.
  let next = goesOn ? FURTHER : 0;
  for (const { path: name, sha256 } of manifest.files) {
    const file = await openKeyFile(resolve(dirname(path), name), { column: manifest.column });
    for await (const keys of keyChunks(file.keys())) {
      const { taken } = await ledger.reserve(claim, next++, keys);
      if (taken.length > 0 && !goesOn) throw takenMeanwhile(claim);
    }
    if (file.sha256 !== sha256)
      throw damagedFile(path, 'has a file that changed while it was read: repeat it');
  }
  const { id, shard } = claim;
  const record = (await ledger.batches()).find((batch) => batch.id === id && batch.shard === shard);
  if (record?.recorded !== manifest.count) throw takenMeanwhile(claim);
}

function takenMeanwhile({ id, shard }: Claim): KeywrightError<'batch_mismatch'> {
  return otherContent(id, shard, 'keys of it were recorded at this moment by another run');
}

/** What `generate` would have recorded. */
function preparedOf(
  path: string,
  manifest: IssuedManifest,
  { files, duplicatesRejected, reject }: ManifestDescription,
  drawn: number,
): Prepared {
  const run = { id: manifest.batch, shard: manifest.shard, attempt: drawn };
  const own = { path: basename(path), bytes: statSync(path).size, sha256: manifest.sha256 };
  const report = {
    ...{ count: manifest.count, duplicatesRejected, fragmentsRejected: reject?.keysRejected ?? 0 },
    ...{ against: [], skipped: [], warnings: [], files, manifest: own.path },
    ...{ batch: manifest.batch, repeated: false },
  };
  return {
    files: [...files, own].map(({ path: name, bytes, sha256 }) => {
      return { temporary: batchTemporary(name, run), path: name, bytes, sha256 };
    }),
    report: JSON.stringify(report),
  };
}

function hashesOf({ files }: Prepared): string {
  return files.map(({ sha256 }) => sha256).join(' ');
}

function otherContent(id: string, shard: string, problem: string): KeywrightError<'batch_mismatch'> {
  const message = `batch ${shownText(id)} (${shard}) is not what the manifest says: ${problem}`;
  return new KeywrightError('batch_mismatch', message, { batch: id });
}
