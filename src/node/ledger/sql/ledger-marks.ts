import { movedLedger, replacedLedger, unconfirmedRestore, unfinishedCopy } from '../model/ledger-error.js';
import type { LedgerMarks } from '../model/marks.js';
import { orNull, textIn, timeIn } from './row-columns.js';
import { serverIn, settleServer } from './server-marks.js';
import type { ServerIdentity, SqlTransaction } from './sql-transaction.js';

/** The ledger that a transaction writes to. */
export interface WrittenLedger {
  readonly name: string;
  /** As it was when it was opened. */
  readonly id: string;
  /** What makes a SELECT lock its rows. */
  readonly lock: string;
}

/** What stands over a ledger as a whole. */
export interface KnownMarks extends LedgerMarks {
  readonly id: string;
  /** Where it was when it was written to last. */
  readonly server: ServerIdentity | null;
}

/** What stands over the ledger of a transaction. */
export async function readMarks(transaction: SqlTransaction, lock = ''): Promise<KnownMarks> {
  const [row = {}] = await transaction.all(
    `SELECT name, moved_to, moved_at, copying_at, restoring_at, server, timeline, synchronous FROM keywright_ledger WHERE id = 1${lock}`,
    [],
  );
  return {
    id: textIn(row, 'name'),
    movedTo: orNull(row, 'moved_to', textIn),
    movedAt: orNull(row, 'moved_at', timeIn),
    copying: row['copying_at'] !== null,
    restoring: row['restoring_at'] !== null,
    server: serverIn(row),
  };
}

/** @throws {KeywrightError} `moved_ledger`; `unreachable_ledger`: it is another one now. */
export async function refuseGone(
  transaction: SqlTransaction,
  { name, id, lock }: WrittenLedger,
): Promise<KnownMarks> {
  const marks = await readMarks(transaction, lock);
  if (marks.movedTo !== null) throw movedLedger(name, marks.movedTo, marks.movedAt);
  if (marks.id !== id) throw replacedLedger(name);
  return marks;
}

/**
 * @throws {KeywrightError} `unfinished_copy`; `other_server`; but where keys are recorded that were issued before (`isKept`)
 * `unconfirmed_restore` and `unconfirmed_failover`; else as {@link refuseGone}.
 */
export async function refuseClaims(transaction: SqlTransaction, ledger: WrittenLedger, isKept: boolean) {
  const { copying, restoring, server } = await refuseGone(transaction, ledger);
  if (copying) throw unfinishedCopy(ledger.name);
  if (restoring && !isKept) throw unconfirmedRestore(ledger.name);
  await settleServer(transaction, ledger.name, server, isKept);
}
