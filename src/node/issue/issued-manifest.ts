import { createHash } from 'node:crypto';
import { isJsonObject, type JsonValue, parseJson } from '../../core/encoding/json-text.js';
import { damagedFile } from '../files/file-error.js';
import { readTextFile, type TextFileOptions, withoutMark } from '../files/text-file.js';

/** What the manifest of a batch of a ledger says. */
export interface IssuedManifest {
  readonly batch: string;
  /** As `2/8`. */
  readonly shard: string;
  readonly comparison: 1 | 'exact';
  readonly count: number;
  /** The column of the keys, where they were given to rows that have others. */
  readonly column: string | undefined;
  /** Their paths, from the folder of the manifest, and hashes in hex. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** The hash of the manifest itself, in hex. */
  readonly sha256: string;
}

const MAJOR = /^keywright\/manifest\/v1$/;

/** Reads a manifest. @throws {KeywrightError} `missing_file`; `damaged_file`: none, or of a batch without an id. */
export async function readManifest(path: string, options: TextFileOptions): Promise<IssuedManifest> {
  const text = await readTextFile(path, options);
  const reading = parseJson(withoutMark(text));
  if ('fault' in reading || !isJsonObject(reading.value)) {
    throw damagedFile(path, 'is no manifest: name the file that ends in .manifest.json');
  }
  const { schema, batch, canonical, count, shard, files, rows = null } = reading.value;
  if (typeof schema !== 'string' || !MAJOR.test(schema)) {
    throw damagedFile(path, 'is no manifest of version 1: name another, or update keywright');
  }
  if (typeof batch !== 'string') {
    throw damagedFile(path, 'names no batch: it was generated without a ledger');
  }
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0 || !Array.isArray(files))
    throw damagedFile(path, 'lacks its files: restore it');
  return {
    batch,
    shard: shardIn(shard),
    comparison: canonical === 'exact' ? 'exact' : 1,
    count,
    column: columnIn(rows),
    files: files.map((file: JsonValue) => fileIn(file, path)),
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}

function shardIn(shard: JsonValue = null): string {
  return isJsonObject(shard) ? `${String(shard['index'])}/${String(shard['of'])}` : '1/1';
}

function columnIn(rows: JsonValue): string | undefined {
  const column = isJsonObject(rows) ? rows['column'] : undefined;
  return typeof column === 'string' ? column : undefined;
}

function fileIn(file: JsonValue, path: string): IssuedManifest['files'][number] {
  const { path: name, sha256 } = isJsonObject(file) ? file : {};
  if (typeof name === 'string' && typeof sha256 === 'string') return { path: name, sha256 };
  throw damagedFile(path, 'describes a file without its path or hash: restore it');
}
