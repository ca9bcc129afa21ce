import { stat } from 'node:fs/promises';
import type { KeySpans } from '../../core/dedupe/key-spans.js';
import { KnownKeys } from '../../core/dedupe/known-keys.js';
import { nullable, objectOf, textShape, wholeNumberShape } from '../../core/encoding/json-shape.js';
import { isKeywrightError, KeywrightError } from '../../core/errors.js';
import type { RandomSource } from '../../core/random/random-source.js';
import { damagedFile, shownPath } from '../files/file-error.js';
import type { ReaderChoices } from './kinds/reader.js';
import { LIST_READING, type ListReading } from './kinds/reading.js';
import type { KeyFile, KeyFileOptions } from './list-file.js';

/** A list of existing keys that a batch was held against. */
export interface KnownList {
  readonly path: string;
  /** Of the file as it lies on disk. */
  readonly sha256: string;
  /** Keys in the list, repeats included. */
  readonly keys: number;
  /** The column or member that they were taken from; null where there are keys alone. */
  readonly column: string | null;
  /** How it was read otherwise. */
  readonly reading: ListReading;
}

/** What a {@link KnownList} looks like where it was kept as JSON. */
export const KNOWN_LIST = objectOf<KnownList>({
  path: textShape,
  sha256: textShape,
  keys: wholeNumberShape,
  column: nullable(textShape),
  reading: LIST_READING,
});

/** How {@link loadKnownLists} reads and compares. */
export interface KnownListsOptions extends ReaderChoices {
  readonly exact: boolean;
  /** Keys that will be added later on. */
  readonly expected: number;
  /** Bytes that a key of these lists probably takes. */
  readonly keyBytes: number;
  /** See `KnownKeysOptions.shared`. */
  readonly shared?: boolean | undefined;
  /** See `KnownKeysOptions.random`. */
  readonly random?: RandomSource | undefined;
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** See `KnownKeysOptions.onNew`. */
  readonly onNew?: ((bytes: Uint8Array, length: number) => void) | undefined;
}

/** What {@link loadKnownLists} found. */
export interface KnownLists {
  readonly known: KnownKeys;
  readonly lists: readonly KnownList[];
  /** Manifests among the paths, which hold no keys. */
  readonly manifests: readonly string[];
}

/**
 * Reads lists of existing keys into one set.
 *
 * @throws {KeywrightError} as `openKeyFile`; `no_keys` for a list without any, and when the paths are manifests alone.
 */
export async function loadKnownLists(
  paths: readonly string[],
  options: KnownListsOptions,
): Promise<KnownLists> {
  const expected = options.expected + Math.ceil((await bytesOfLists(paths)) / options.keyBytes);
  const known = new KnownKeys({
    exact: options.exact,
    expected,
    shared: options.shared ?? false,
    random: options.random,
    onNew: options.onNew,
  });
  const reading = { ...options, hash: known.lineHash };
  const found = await visitLists(paths, reading, (spans, path, unit) => addSpans(known, spans, path, unit));
  return { known, ...found };
}

/** What {@link visitLists} read. */
export type VisitedLists = Omit<KnownLists, 'known'>;

/** Is handed keys of a list; `unit` is what its lines are called in messages. */
type ListVisitor = (spans: KeySpans, path: string, unit: 'line' | 'element') => void | Promise<void>;

/**
 * Hands the keys of all lists to `visit`, in order, one part when it is through with the last.
 *
 * @throws {KeywrightError} as {@link loadKnownLists}, and whatever `visit` throws.
 */
export async function visitLists(
  paths: readonly string[],
  options: KeyFileOptions,
  visit: ListVisitor,
): Promise<VisitedLists> {
  const lists: KnownList[] = [];
  const manifests: string[] = [];
  for (const path of paths) {
    const list = await visitList(path, options, visit);
    if (list === undefined) manifests.push(path);
    else lists.push(list);
  }
  const [first] = manifests;
  if (lists.length === 0 && first !== undefined) {
    throw new KeywrightError(
      'no_keys',
      `${shownPath(first)} is a manifest and holds no keys: name the key file itself`,
      {
        path: first,
      },
    );
  }
  return { lists, manifests };
}

/** What is told of a list that was read to its end. */
export function knownList({ path, sha256, count, reading }: KeyFile): KnownList {
  return { path, sha256, keys: count, column: reading.column, reading };
}

async function visitList(
  path: string,
  options: KeyFileOptions,
  visit: ListVisitor,
): Promise<KnownList | undefined> {
  const { openKeyFile } = await import('./list-file.js');
  const { column, headerRow, sheet, fits, hash, stdin, kept, signal } = options;
  const file = await openKeyFile(path, { column, headerRow, sheet, fits, hash, stdin, kept, signal });
  for await (const spans of file.keys()) {
    const visited = visit(spans, path, file.unit);
    if (visited !== undefined) await visited;
  }
  if (file.kind === 'manifest') return undefined;
  if (file.count === 0) {
    throw new KeywrightError(
      'no_keys',
      `${shownPath(path)} holds no keys: an empty list would let every key pass as new`,
      {
        path,
      },
    );
  }
  return knownList(file);
}

function addSpans(known: KnownKeys, spans: KeySpans, path: string, unit: 'line' | 'element'): void {
  try {
    known.addSpans(spans);
  } catch (error) {
    if (!isKeywrightError(error, 'not_a_key')) throw error;
    const line = spans.firstLine + (spans.lines[(error.details.position ?? 1) - 1] ?? 0);
    throw damagedFile(path, `is no license key: ${error.message}`, line, unit);
  }
}

/** How many bytes these lists have, as far as that can be told before they are read. */
export async function bytesOfLists(paths: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const path of paths) {
    // What cannot be looked at here is reported when it is opened.
    const found = path === '-' ? undefined : await stat(path).catch(() => undefined);
    bytes += found?.isFile() === true ? found.size : 0;
  }
  return bytes;
}
