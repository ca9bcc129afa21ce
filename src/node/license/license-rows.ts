import type { ImportRows, PlacedRow } from '../fields/import-rows.js';
import type { Problems } from '../fields/problems.js';
import { shownText } from '../files/file-error.js';
import { issuedBy } from '../issue/issued-keys.js';
import type { Ledger } from '../ledger/model/ledger.js';
import type { LicenseTexts, UnsignedLicense } from './license-texts.js';

/** Where licenses come from, and what becomes of rows that are no good. */
export interface LicenseRows {
  readonly rows: ImportRows;
  readonly texts: LicenseTexts;
  readonly problems: Problems;
  /** Keys that it did not issue get no license. */
  readonly ledger: Ledger | undefined;
  readonly onProgress: ((rows: number) => void) | undefined;
}

/** Makes the licenses of all lists, one after the other. A row that cannot become one is a problem, and left out. */
export async function* licensesOf(
  paths: readonly string[],
  { rows, texts, problems, ledger, onProgress }: LicenseRows,
): AsyncGenerator<readonly UnsignedLicense[], void, undefined> {
  for (const path of paths) {
    for await (const some of rows.read(path)) {
      const licenses: UnsignedLicense[] = [];
      for (const row of await onlyIssued(some, ledger, problems)) {
        const license = texts.of(row);
        if ('before' in license) licenses.push(license);
        else problems.note(row.place, [license]);
      }
      onProgress?.(rows.count);
      yield licenses;
    }
  }
}

async function onlyIssued(
  rows: readonly PlacedRow[],
  ledger: Ledger | undefined,
  problems: Problems,
): Promise<readonly PlacedRow[]> {
  if (ledger === undefined || rows.length === 0) return rows;
  const holders = await issuedBy(
    ledger,
    rows.map(({ key }) => key),
  );
  return rows.filter(({ place }, index) => {
    const holder = holders[index] ?? null;
    if (holder !== null && holder.voided === null) return true;
    const message =
      holder === null
        ? 'holds a key that the ledger never issued: look where it comes from'
        : `holds a key of batch ${shownText(holder.id)} (${holder.shard}), which was voided: leave it out`;
    problems.note(place, [{ path: [], message }]);
    return false;
  });
}
