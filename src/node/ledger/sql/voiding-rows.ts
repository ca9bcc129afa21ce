import { unfinishedBatch } from '../model/ledger-error.js';
import type { VoidedShard, Voiding } from '../model/voiding.js';
import { foundBatch } from './batch-rows.js';
import { numberIn } from './row-columns.js';
import type { SqlTransaction } from './sql-transaction.js';
import type { SqlRow } from './sql-value.js';

/** Voids the batches of these locked rows, or undoes that; none of them unless all are done. */
export async function voidRows(
  transaction: SqlTransaction,
  rows: readonly SqlRow[],
  voiding: Voiding | null,
  token: string,
): Promise<readonly VoidedShard[]> {
  const shards: VoidedShard[] = [];
  for (const row of rows) {
    const { id, shard, state, count, voided, token: last } = foundBatch(row);
    if (state !== 'done') throw unfinishedBatch(id, shard, state);
    // By this very call, when it was committed and the reply was lost.
    const isOurs = last === token;
    const changed = isOurs || (voided === null) !== (voiding === null);
    if (changed && !isOurs) {
      await transaction.run(
        'UPDATE keywright_batches SET voided_at = ?, void_reason = ?, voided_by = ?, token = ? WHERE number = ?',
        [
          ...[voiding?.at.getTime() ?? null, voiding?.reason ?? null, voiding?.by ?? null],
          ...[token, numberIn(row, 'number')],
        ],
      );
    }
    shards.push({ shard, count, changed, voided: changed ? voiding : voided });
  }
  return shards;
}
