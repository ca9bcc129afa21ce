import { unfinishedBatch } from '../model/ledger-error.js';
import { saidNow, type TakenBack, type VoidedShard } from '../model/voiding.js';
import { foundBatch } from './batch-rows.js';
import { numberIn } from './row-columns.js';
import type { SqlTransaction } from './sql-transaction.js';
import type { SqlRow } from './sql-value.js';

/** Voids the batches of these locked rows, or undoes that; none of them unless all are done. */
export async function voidRows(
  transaction: SqlTransaction,
  rows: readonly SqlRow[],
  said: { readonly taken: TakenBack | null; readonly now: Date; readonly token: string },
): Promise<readonly VoidedShard[]> {
  const { taken, now, token } = said;
  const shards: VoidedShard[] = [];
  for (const row of rows) {
    const batch = foundBatch(row);
    const { id, shard, state, count } = batch;
    if (state !== 'done') throw unfinishedBatch(id, shard, state);
    // By this very call, when it was committed and the reply was lost.
    const isOurs = batch.token === token;
    const isOther = !isOurs && (batch.voided === null) !== (taken === null);
    const { voided, voidSaidAt } = isOther ? saidNow(batch, taken, now) : batch;
    if (isOther) {
      await transaction.run(
        `UPDATE keywright_batches SET voided_at = ?, void_reason = ?, voided_by = ?, void_said_at = ?, token = ?
        WHERE number = ?`,
        [
          ...[voided?.at.getTime() ?? null, voided?.reason ?? null, voided?.by ?? null],
          ...[voidSaidAt?.getTime() ?? null, token, numberIn(row, 'number')],
        ],
      );
    }
    shards.push({ shard, count, changed: isOurs || isOther, voided });
  }
  return shards;
}
