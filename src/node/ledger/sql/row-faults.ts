import { readMarks } from './ledger-marks.js';
import { numberIn, orNull, textIn } from './row-columns.js';
import type { SqlTransaction } from './sql-transaction.js';

/** What does not fit together in a ledger's tables, a line a fault. */
export async function faultsIn(transaction: SqlTransaction): Promise<readonly string[]> {
  const tally = new Map(await transaction.tally());
  for (const row of await transaction.doubles()) {
    const chunk = numberIn(row, 'chunk');
    tally.set(chunk, (tally.get(chunk) ?? 0) + 1);
  }
  const faults: string[] = [];
  if ((await readMarks(transaction)).copying) faults.push('a copy into it was cut off: repeat it');
  const rows = await transaction.all(
    `SELECT c.id, c.number, c.recorded, c.arriving, b.id AS batch FROM keywright_chunks c
    LEFT JOIN keywright_batches b ON b.number = c.batch ORDER BY c.id`,
    [],
  );
  for (const row of rows) {
    const [id, recorded] = [numberIn(row, 'id'), numberIn(row, 'recorded')];
    const counted = tally.get(id) ?? 0;
    tally.delete(id);
    if (row['arriving'] !== null) continue;
    const batch = orNull(row, 'batch', textIn);
    const name = `batch ${batch ?? 'unknown'}, chunk ${numberIn(row, 'number')}`;
    if (batch === null) faults.push(`${name}: its batch is not there`);
    if (counted !== recorded) faults.push(`${name}: ${recorded} keys were recorded, ${counted} are there`);
  }
  for (const [chunk, count] of tally) faults.push(`${count} keys carry chunk ${chunk}, which is not there`);
  return faults;
}
