import { dirname, resolve } from 'node:path';
import type { KeySpans } from '../../core/dedupe/key-spans.js';
import { KnownKeys } from '../../core/dedupe/known-keys.js';
import { isJsonObject, type JsonValue, parseJson } from '../../core/encoding/json-text.js';
import { damagedFile, shownPath, shownText } from '../files/file-error.js';
import { readTextFile, type TextFileOptions, withoutMark } from '../files/text-file.js';
import type { Ledger } from '../ledger/model/ledger.js';
import { openKeyFile } from '../lists/list-file.js';
import { keyChunks } from './key-chunks.js';

/**
 * Holds the files of a manifest against the ledger: each is what the manifest says, every key of them was recorded
 * for that batch, and nothing else was. Returns what does not fit, a line each.
 *
 * @throws {KeywrightError} as `openKeyFile` and `Ledger`; `damaged_file`: no manifest, or of a batch without an id.
 */
export async function verifyManifest(
  ledger: Ledger,
  path: string,
  options: TextFileOptions = {},
): Promise<readonly string[]> {
  const manifest = await readManifest(path, options);
  if (manifest.comparison !== ledger.comparison) {
    return [`${shownPath(path)} is of a batch that was compared otherwise than this ledger compares`];
  }
  const faults: string[] = [];
  const distinct = new KnownKeys({ exact: ledger.comparison === 'exact', expected: manifest.count });
  for (const file of manifest.files) {
    const place = resolve(dirname(path), file.path);
    faults.push(...(await verifyFile(ledger, place, file.sha256, manifest, distinct)));
  }
  const { batch, shard } = manifest;
  const record = (await ledger.batches()).find(({ id, shard: part }) => id === batch && part === shard);
  const recorded = record?.recorded ?? 0;
  if (record?.state !== 'done')
    faults.push(`batch ${shownText(batch)} (${shard}) is not done in this ledger`);
  if (faults.length === 0 && recorded !== distinct.size) {
    const held = `the ledger holds ${recorded} keys of batch ${shownText(batch)} (${shard})`;
    faults.push(`${held}, its files ${distinct.size}`);
  }
  return faults;
}

interface Manifest {
  readonly batch: string;
  readonly shard: string;
  readonly comparison: 1 | 'exact';
  readonly count: number;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

async function verifyFile(
  ledger: Ledger,
  path: string,
  sha256: string,
  { batch, shard }: Manifest,
  distinct: KnownKeys,
): Promise<readonly string[]> {
  const file = await openKeyFile(path);
  let [missing, foreign] = [0, 0];
  for await (const keys of keyChunks(counted(file.keys(), distinct), 100_000)) {
    for (const holder of await ledger.find('issued', keys)) {
      if (holder === null) missing++;
      else if (holder.id !== batch || holder.shard !== shard || !holder.current) foreign++;
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

const MAJOR = /^keywright\/manifest\/v1$/;

async function readManifest(path: string, options: TextFileOptions): Promise<Manifest> {
  const reading = parseJson(withoutMark(await readTextFile(path, options)));
  if ('fault' in reading || !isJsonObject(reading.value)) {
    throw damagedFile(path, 'is no manifest: name the file that ends in .manifest.json');
  }
  const { schema, batch, canonical, count, shard, files } = reading.value;
  if (typeof schema !== 'string' || !MAJOR.test(schema)) {
    throw damagedFile(path, 'is no manifest of version 1: name another, or update keywright');
  }
  if (typeof batch !== 'string') {
    throw damagedFile(path, 'names no batch: it was generated without a ledger');
  }
  if (typeof count !== 'number' || !Array.isArray(files))
    throw damagedFile(path, 'lacks its files: restore it');
  return {
    batch,
    shard: shardIn(shard),
    comparison: canonical === 'exact' ? 'exact' : 1,
    count,
    files: files.map((file: JsonValue) => fileIn(file, path)),
  };
}

function shardIn(shard: JsonValue = null): string {
  return isJsonObject(shard) ? `${String(shard['index'])}/${String(shard['of'])}` : '1/1';
}

function fileIn(file: JsonValue, path: string): Manifest['files'][number] {
  const { path: name, sha256 } = isJsonObject(file) ? file : {};
  if (typeof name === 'string' && typeof sha256 === 'string') return { path: name, sha256 };
  throw damagedFile(path, 'describes a file without its path or hash: restore it');
}
