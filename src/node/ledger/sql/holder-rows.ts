import type { Holder } from '../model/ledger.js';
import { BATCH_COLUMNS, holderIn } from './batch-rows.js';
import type { SqlTransaction } from './sql-transaction.js';

/** Whether keys were ever created here, those included that arrive. */
export async function hasCreated(transaction: SqlTransaction): Promise<boolean> {
  const rows = await transaction.all(
    "SELECT 1 FROM keywright_batches WHERE kind = 'bulk-create' LIMIT 1",
    [],
  );
  return rows.length > 0;
}

/** Null for a chunk that arrives. */
export async function holderOf(transaction: SqlTransaction, chunk: number): Promise<Holder | null> {
  const [row = {}] = await transaction.all(
    `SELECT ${BATCH_COLUMNS.replace(/\w+/g, 'b.$&')}, c.attempt AS taken_by, c.arriving FROM keywright_chunks c
    JOIN keywright_batches b ON b.number = c.batch WHERE c.id = ?`,
    [chunk],
  );
  return row['arriving'] === null || row['arriving'] === undefined ? holderIn(row) : null;
}
