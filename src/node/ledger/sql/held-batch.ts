import type { BatchState } from '../model/ledger.js';
import { lostClaim } from '../model/ledger-error.js';
import type { FoundBatch, HeldClaim } from '../model/store.js';
import { foundBatch } from './batch-rows.js';
import { numberIn } from './row-columns.js';
import { settleServer } from './server-marks.js';
import type { ServerIdentity, SqlTransaction } from './sql-transaction.js';

/** A batch in its row. */
interface BatchRow {
  readonly number: number;
  readonly found: FoundBatch;
}

/** Finds a batch, and keeps others from its row; `lock`: what makes a SELECT do so. */
export async function findBatch(
  transaction: SqlTransaction,
  { id, shard }: { readonly id: string; readonly shard: string },
  lock: string,
): Promise<BatchRow | undefined> {
  const [row] = await transaction.all(`SELECT * FROM keywright_batches WHERE id = ? AND shard = ?${lock}`, [
    id,
    shard,
  ]);
  return row && { number: numberIn(row, 'number'), found: foundBatch(row) };
}

/**
 * The batch that a claim is for, which still holds, in one of `states`.
 *
 * @throws {KeywrightError} `lost_claim`; as `settleServer`: a claim that a promotion lost is no claim of another run.
 */
export async function heldBatch(
  transaction: SqlTransaction,
  ledger: { readonly name: string; readonly lock: string; readonly server: ServerIdentity | null },
  claim: HeldClaim,
  states: readonly BatchState[],
): Promise<BatchRow> {
  const batch = await findBatch(transaction, claim, ledger.lock);
  const isKept = claim.kind === 'import' || (batch !== undefined && batch.found.adoptedAt !== null);
  await settleServer(transaction, ledger.name, ledger.server, isKept);
  if (batch?.found.token === claim.token && states.includes(batch.found.state)) return batch;
  throw lostClaim(claim.id, claim.shard);
}
