import { otherServer, unconfirmedFailover } from '../model/ledger-error.js';
import { numberIn, textIn } from './row-columns.js';
import type { ServerIdentity, SqlTransaction } from './sql-transaction.js';
import type { SqlRow } from './sql-value.js';

/** Where a ledger was when it was written to last; null where nobody took that down. */
export function serverIn(row: SqlRow): ServerIdentity | null {
  if (row['server'] === null) return null;
  return {
    system: textIn(row, 'server', /^\d{1,20}$/),
    timeline: numberIn(row, 'timeline'),
    synchronous: numberIn(row, 'synchronous') === 1,
  };
}

/**
 * `failed-over`: a standby was promoted that need not have had every commit; `other`: another server, or one from before a
 * promotion; `new`: something is to be taken down.
 */
function standingOf(
  known: ServerIdentity | null,
  server: ServerIdentity,
): 'same' | 'new' | 'failed-over' | 'other' {
  if (known === null) return 'new';
  if (server.system !== known.system || server.timeline < known.timeline) return 'other';
  if (server.timeline > known.timeline) return known.synchronous ? 'new' : 'failed-over';
  return server.synchronous === known.synchronous ? 'same' : 'new';
}

/**
 * Takes down where the ledger is, before anything is issued there. `isKept`: what is recorded was issued before, perhaps
 * to mend what a promotion lost.
 *
 * @throws {KeywrightError} `unconfirmed_failover`; `other_server`.
 */
export async function settleServer(
  transaction: SqlTransaction,
  name: string,
  known: ServerIdentity | null,
  isKept: boolean,
): Promise<void> {
  const { server } = transaction;
  if (server === undefined) return;
  const standing = standingOf(known, server);
  if (standing === 'other') throw otherServer(name);
  if (standing === 'failed-over' && !isKept) throw unconfirmedFailover(name);
  if (standing === 'new') await writeServer(transaction, server);
}

/** As `LedgerStore.acceptFailover`. */
export async function acceptServer(
  transaction: SqlTransaction,
  name: string,
  known: ServerIdentity | null,
): Promise<boolean> {
  const { server } = transaction;
  if (server === undefined) return false;
  const standing = standingOf(known, server);
  if (standing === 'other') throw otherServer(name);
  if (standing !== 'same') await writeServer(transaction, server);
  return standing === 'failed-over';
}

async function writeServer(transaction: SqlTransaction, server: ServerIdentity): Promise<void> {
  const { system, timeline, synchronous } = server;
  await transaction.run('UPDATE keywright_ledger SET server = ?, timeline = ?, synchronous = ?', [
    ...[system, timeline],
    synchronous ? 1 : 0,
  ]);
}
