import type { JsonObject } from '../../core/encoding/json-text.js';
import { parseUtcTime } from '../../core/encoding/utc-time.js';
import { LICENSE_SCHEMA, readLicense } from '../../core/license/license.js';
import type { LicenseComparison } from '../../core/revocations/revoked-id.js';
import type { ImportRows, PlacedRow } from '../fields/import-rows.js';
import type { Problems } from '../fields/problems.js';
import { issuedBy } from '../issue/issued-keys.js';
import type { Ledger } from '../ledger/model/ledger.js';
import { type LicenseFields, licenseMembers } from './license-fields.js';
import type { UntilWhen } from './license-validity.js';

/** What all licenses of a run have in common. */
export interface SharedTerms {
  readonly product: string;
  readonly comparison: LicenseComparison;
  readonly fields: LicenseFields;
  /** Undefined: each row says it. */
  readonly untilWhen: UntilWhen | undefined;
  readonly now: Date;
  /** Keys that it did not issue get no license. */
  readonly ledger: Ledger | undefined;
}

/** The license of a row, ready to be signed. */
export interface UnsignedLicense {
  readonly key: string;
  /** The payload as JSON text. */
  readonly payload: string;
  /** Whether it is expired at the time of signing. */
  readonly isExpired: boolean;
}

/** Keys that the ledger is asked for at once. */
const TOGETHER = 1000;

/** Makes the licenses of rows. A row that cannot become one is a problem, and left out. */
export async function* licensesOf(
  rows: AsyncIterable<PlacedRow>,
  terms: SharedTerms,
  problems: Problems,
): AsyncGenerator<UnsignedLicense, void, undefined> {
  for await (const batch of issuedRows(rows, terms.ledger, problems)) {
    for (const row of batch) {
      const license = unsignedLicense(row, terms);
      if (typeof license !== 'string') yield license;
      else
        problems.note(row.place, [{ path: [license], message: 'is missing, or cannot be that: correct it' }]);
    }
  }
}

/** The payload of a row's license, or the name of the member that is wrong. */
function unsignedLicense({ key, fields }: PlacedRow, terms: SharedTerms): UnsignedLicense | string {
  const { product, comparison, now, untilWhen } = terms;
  const members = licenseMembers(terms.fields.constants, fields);
  const start = parseUtcTime(members['valid_from']) ?? now;
  const until = members['valid_until'] ?? untilWhen?.(start);
  if (until === undefined) return 'valid_until';
  // Also a row that says its own end has it in the same place.
  const head = { key, product, valid_until: until };
  const license: JsonObject = { ...head, ...members, ...head, comparison };
  const timestamp = Math.floor(now.getTime() / 1000);
  const payload = { schema: LICENSE_SCHEMA, license, timestamp };
  const read = readLicense(payload);
  if (typeof read === 'string') return read;
  const isExpired = read.validUntil !== null && read.validUntil <= now;
  return { key, payload: JSON.stringify(payload), isExpired };
}

async function* issuedRows(
  rows: AsyncIterable<PlacedRow>,
  ledger: Ledger | undefined,
  problems: Problems,
): AsyncGenerator<readonly PlacedRow[], void, undefined> {
  let batch: PlacedRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < TOGETHER) continue;
    yield await onlyIssued(batch, ledger, problems);
    batch = [];
  }
  yield await onlyIssued(batch, ledger, problems);
}

async function onlyIssued(
  batch: readonly PlacedRow[],
  ledger: Ledger | undefined,
  problems: Problems,
): Promise<readonly PlacedRow[]> {
  if (ledger === undefined || batch.length === 0) return batch;
  const holders = await issuedBy(
    ledger,
    batch.map(({ key }) => key),
  );
  return batch.filter(({ place }, index) => {
    if (holders[index] !== null) return true;
    problems.note(place, [
      { path: [], message: 'holds a key that the ledger never issued: look where it comes from' },
    ]);
    return false;
  });
}

/** The rows of all lists, one after the other. */
export async function* allRows(
  rows: ImportRows,
  paths: readonly string[],
  onProgress: ((rows: number) => void) | undefined,
): AsyncGenerator<PlacedRow, void, undefined> {
  for (const path of paths) {
    for await (const row of rows.read(path)) {
      if (row.place.ordinal % 1000 === 999) onProgress?.(row.place.ordinal + 1);
      yield row;
    }
  }
}
