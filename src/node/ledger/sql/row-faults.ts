import { SummedTags } from '../tags/summed-tags.js';
import { readMarks } from './ledger-marks.js';
import { numberIn, textIn } from './row-columns.js';
import { chunksIn, doublesIn, tagsIn } from './sql-snapshot.js';
import type { SqlTransaction } from './sql-transaction.js';

/**
 * What does not fit together in a ledger's tables, a line a fault. What batches published is not read: it may be large. Tags are
 * summed up here: in the SQL of PostgreSQL, whose products of 32 bits take two steps each, it would cost twice as much.
 */
export async function faultsIn(transaction: SqlTransaction): Promise<readonly string[]> {
  const rows = await transaction.all('SELECT number, id FROM keywright_batches', []);
  return new SummedTags({
    marks: await readMarks(transaction),
    batches: rows.map((row) => ({ number: numberIn(row, 'number'), id: textIn(row, 'id') })),
    chunks: await chunksIn(transaction),
    doubles: await doublesIn(transaction),
    tags: () => tagsIn(transaction),
  }).faults();
}
