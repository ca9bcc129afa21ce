import { basename } from 'node:path';
import { isValidDate } from '../../core/encoding/utc-time.js';
import { KeywrightError } from '../../core/errors.js';
import type { SignOptions } from '../../core/sign/envelope.js';
import type { PrivateKey } from '../../core/sign/private-key.js';
import type { Signer } from '../../core/sign/signer.js';
import { ImportRows, type Mapping, tablesOf } from '../fields/import-rows.js';
import { Problems } from '../fields/problems.js';
import type { Ledger } from '../ledger/model/ledger.js';
import type { ExpectedKeys } from '../lists/columns/expected-shape.js';
import { bytesOfLists } from '../lists/known-lists.js';
import type { KeyFileOptions } from '../lists/list-file.js';
import { OutputFiles } from '../publish/output-files.js';
import type { ConstantField } from '../rows/key-rows.js';
import type { LicenseForm } from './block-signer.js';
import { LicenseFields } from './license-fields.js';
import { LicenseFolder, LicenseLines, type LicensePlace } from './license-output.js';
import { formatManifest, type LicensesReport } from './license-report.js';
import { licensesOf } from './license-rows.js';
import { LicenseTexts } from './license-texts.js';
import { type LicenseValidity, readValidity } from './license-validity.js';
import { signLicenses } from './sign-licenses.js';

/**
 * What {@link issueLicenses} issues: `set` are members that all licenses share and `map` columns whose cells are members of
 * their row's, as texts (see `LicenseFields`); an empty cell leaves the member to `set`. `validity` is needed unless a column
 * is mapped to `valid_until`. With `exact`, keys are compared as texts, by who verifies as well.
 */
export interface IssueLicensesOptions extends KeyFileOptions, ExpectedKeys, SignOptions {
  readonly product: string;
  readonly validity?: LicenseValidity | undefined;
  /** When they begin to be valid; absent: always were. */
  readonly validFrom?: Date | undefined;
  readonly set?: readonly ConstantField[] | undefined;
  readonly map?: readonly Mapping[] | undefined;
  readonly exact?: boolean | undefined;
  readonly place: LicensePlace;
  /** Envelopes, unless told: what `verifyLicense` takes. */
  readonly as?: LicenseForm | undefined;
  /** Signs: a private key on all cores, or whatever can sign, one license after the other. */
  readonly signer: PrivateKey | Signer;
  /** Threads that a private key signs on: all cores unless told; 1 signs in this one. */
  readonly workers?: number | undefined;
  /** The time of signing. */
  readonly now: Date;
  /** Keys that it did not issue get no license. */
  readonly ledger?: Ledger | undefined;
  /** What becomes of rows that are no good: `fail` writes nothing, `drop` leaves them out. Default `fail`. */
  readonly invalid?: 'fail' | 'drop' | undefined;
  /** Replace files that exist; a folder that is not empty is never replaced. */
  readonly force?: boolean | undefined;
  /** Files beside the lists that are read: no output may be one of them. */
  readonly inputs?: readonly string[] | undefined;
  /** Called with the number of rows read so far, once in a thousand. */
  readonly onProgress?: ((rows: number) => void) | undefined;
}

/** What a row of a list takes at least, but in few: the set of keys is made for so many. */
const KEY_BYTES = 32;

/**
 * Signs a license for each key of these lists, and writes them as lines of a file or as a file each, with a manifest that
 * holds no key beside them. All appear whole or not at all. Lists are read as a stream; memory grows by some bytes a key.
 *
 * @returns what was written. When rows are no good and `invalid` is `fail`, and when no row is left, `manifest` is null and
 *   nothing was written.
 * @throws {KeywrightError} `invalid_option`: a member that cannot be set, no validity, no product, a time that is no date;
 *   `unclear_list`: keys of different shapes, without a format and `anyFormat`; `unknown_column`, `no_keys`, and as
 *   `openKeyFile`; `file_exists`, `unwritable_file`, `same_file`; `invalid_key` for a signer whose signature does not hold.
 *
 * @example
 * const report = await issueLicenses(['keys.txt'], {
 *   product: 'app',
 *   validity: { length: 'P1Y' },
 *   place: { out: 'licenses.jsonl' },
 *   signer: privateKey,
 *   now: new Date(),
 * });
 * report.licenses; // 3
 */
export async function issueLicenses(
  paths: readonly string[],
  options: IssueLicensesOptions,
): Promise<LicensesReport> {
  const { place, force, signal, now, invalid = 'fail', as = 'envelope', exact = false } = options;
  const comparison = exact ? 'exact' : 'canonical';
  const { role, style, ledger, onProgress } = options;
  const terms = { ...readTerms(options), comparison, now, role, style } as const;
  const read = [...paths, ...tablesOf(options.map ?? []), ...(options.inputs ?? [])];
  const files = new OutputFiles({ force, inputs: read, signal });
  const path = 'out' in place ? place.out : place.outDir;
  const output =
    'out' in place
      ? new LicenseLines(files, path)
      : new LicenseFolder(files, path, comparison, as === 'jwt' ? 'jwt' : 'json', signal);
  const name = basename(path);
  // Beside a folder, not in it, also where a slash ends its name.
  const manifest = `${path.slice(0, path.lastIndexOf(name) + name.length)}.manifest.json`;
  try {
    await output.check(manifest);
    const problems = new Problems();
    const expected = Math.ceil((await bytesOfLists(paths)) / KEY_BYTES);
    const rows = new ImportRows({
      ...options,
      map: terms.fields.map,
      values: terms.fields,
      problems,
      expected,
    });
    const texts = new LicenseTexts(terms);
    let expired = 0;
    const unsigned = async function* () {
      for await (const some of licensesOf(paths, { rows, texts, problems, ledger, onProgress })) {
        for (const { isExpired } of some) if (isExpired) expired++;
        yield some;
      }
    };
    const isLost = () => invalid === 'fail' && problems.rows > 0;
    let licenses = 0;
    for await (const { keys, bytes } of signLicenses(unsigned(), isLost, { ...options, as })) {
      licenses += keys.length;
      await output.write(keys, bytes);
    }
    const { inputs, skipped, count } = rows;
    const isWritten = licenses > 0 && !isLost();
    const report = {
      product: terms.product,
      as,
      kid: options.signer.kid,
      inputs,
      rows: count,
      invalid: problems.rows,
      licenses: isWritten ? licenses : 0,
      expired: isWritten ? expired : 0,
      path,
      files: isWritten ? await output.finish() : [],
    };
    if (isWritten) {
      const file = await files.create(manifest);
      await file.write(new TextEncoder().encode(formatManifest(report, now)));
      await output.publish();
    }
    return { ...report, problems: problems.groups, skipped, manifest: isWritten ? manifest : null };
  } finally {
    await output.discard();
  }
}

function readTerms({ product, validity, validFrom, set = [], map = [], now }: IssueLicensesOptions) {
  if (product === '') throw refuse('product', 'is missing: name the product that the licenses are for');
  if (!isValidDate(now)) throw refuse('now', 'is no valid Date: pass new Date()');
  const isMapped = map.some(([, name]) => name === 'valid_until');
  if (validity === undefined && !isMapped) {
    throw new KeywrightError(
      'invalid_option',
      'the licenses have no end: say until when they are valid, how long, or that they are perpetual',
      { option: 'validUntil' },
    );
  }
  const from: readonly ConstantField[] = validFrom === undefined ? [] : [['valid_from', timeText(validFrom)]];
  const fields = new LicenseFields([...from, ...set], map);
  if (set.some(([name]) => name === 'valid_until')) {
    throw refuse('set', 'of valid_until is said by the validity: leave it out');
  }
  if (
    validity !== undefined &&
    'until' in validity &&
    validFrom !== undefined &&
    validity.until <= validFrom
  ) {
    throw refuse('validFrom', 'is not before the end: swap them');
  }
  return { product, fields, untilWhen: validity && readValidity(validity) };
}

function timeText(time: Date): string {
  if (!isValidDate(time)) throw refuse('validFrom', 'is no valid Date: give one');
  return time.toISOString();
}

function refuse(option: string, what: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the ${option} ${what}`, { option });
}
