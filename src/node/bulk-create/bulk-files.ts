import type { Outcome } from '../../core/bulk-create/bulk-create.js';
import { isJsonObject, parseJson } from '../../core/encoding/json-text.js';
import { KeywrightError } from '../../core/errors.js';
import { shownPath } from '../files/file-error.js';
import { noJsonObject, readTextFile, withoutMark } from '../files/text-file.js';
import type { ExpectedKeys } from '../lists/columns/expected-shape.js';
import type { KnownList } from '../lists/known-lists.js';
import type { KeyFileOptions } from '../lists/list-file.js';
import { readListedKeys } from '../lists/listed-keys.js';
import { OutputFiles, type OutputOptions, type PublishedFile } from '../publish/output-files.js';
import { csvTable } from '../rows/csv.js';
import type { ConstantField } from '../rows/key-rows.js';

/** A bulk-create request, unchecked, and where its keys stand when they come from lists. */
export interface BulkInput {
  readonly request: object;
  readonly places?: readonly string[] | undefined;
  /** The lists that the keys come from. */
  readonly lists: readonly KnownList[];
  /** Manifests among the lists, which hold no keys. */
  readonly manifests: readonly string[];
}

/**
 * A request with the keys of all lists and constant parameters beside them.
 *
 * @throws {KeywrightError} as `readListedKeys`; `invalid_option` for a parameter given twice.
 *
 * @example
 * const { request } = await readBulkLists(['keys.txt'], [['product_id', '7']]);
 * request.license_keys.length; // 3
 */
export async function readBulkLists(
  paths: readonly string[],
  fields: readonly ConstantField[] = [],
  options: KeyFileOptions & ExpectedKeys = {},
): Promise<BulkInput> {
  const names = ['license_keys', ...fields.map(([name]) => name)];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    const message =
      repeated === 'license_keys'
        ? 'license_keys are set beside key files: give one of the two'
        : 'a parameter is set twice: set each once';
    throw new KeywrightError('invalid_option', message, { option: 'set' });
  }
  const { keys, lists, manifests } = await readListedKeys(paths, options);
  return {
    request: { license_keys: keys.map(({ key }) => key), ...Object.fromEntries(fields) },
    places: keys.map(({ place }) => place),
    lists,
    manifests,
  };
}

/** A request may carry a million keys. */
const LONGEST = 256 * 2 ** 20;

/**
 * A request as a JSON file, or `-`, holds it.
 *
 * @throws {KeywrightError} `missing_file`; `damaged_file`: not a JSON object, or a member twice.
 *
 * @example
 * const { request } = await readBulkRequest('request.json');
 * request.product_id; // 7
 */
export async function readBulkRequest(path: string, options: KeyFileOptions = {}): Promise<BulkInput> {
  const { stdin, signal } = options;
  const reading = parseJson(withoutMark(await readTextFile(path, { stdin, signal, most: LONGEST })));
  if ('fault' in reading) {
    throw new KeywrightError('damaged_file', `${shownPath(path)} ${reading.fault}: mend the request`, {
      path,
    });
  }
  if (!isJsonObject(reading.value)) throw noJsonObject(path, 'write the request as an object of parameters');
  return { request: reading.value, lists: [], manifests: [] };
}

const ROWS = 10_000;

/** Where a report and an envelope go; undefined for nowhere. */
export interface BulkPaths {
  readonly report?: string | undefined;
  readonly out?: string | undefined;
}

/**
 * Writes the report of a bulk create (a CSV of `key,outcome,first_seen,expires_at`) and its envelope, each where
 * a path is given, together or not at all.
 *
 * @throws {KeywrightError} as `OutputFiles`.
 */
export async function writeBulkFiles(
  paths: BulkPaths,
  outcomes: readonly Outcome[],
  envelope: string,
  options: OutputOptions,
): Promise<readonly PublishedFile[]> {
  const files = new OutputFiles(options);
  try {
    await addBulkFiles(files, paths, outcomes, envelope);
    return paths.report === undefined && paths.out === undefined ? [] : await files.publish();
  } finally {
    await files.discard();
  }
}

/** Adds the report and the envelope to a set of files, in this order. @throws {KeywrightError} as `OutputFiles`. */
export async function addBulkFiles(
  files: OutputFiles,
  paths: BulkPaths,
  outcomes: readonly Outcome[],
  envelope: string,
): Promise<void> {
  const encoder = new TextEncoder();
  if (paths.report !== undefined) {
    const report = await files.create(paths.report);
    await report.write(encoder.encode('key,outcome,first_seen,expires_at\n'));
    for (let from = 0; from < outcomes.length; from += ROWS) {
      const rows = outcomes.slice(from, from + ROWS).map(rowOf);
      await report.write(encoder.encode(csvTable(rows, [0])));
    }
  }
  if (paths.out !== undefined) await (await files.create(paths.out)).write(encoder.encode(envelope));
}

function rowOf({ key, outcome, firstSeen, expiresAt }: Outcome): readonly string[] {
  return [key, outcome, firstSeen ?? '', expiresAt ?? ''];
}
