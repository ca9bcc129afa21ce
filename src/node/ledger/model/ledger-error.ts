import type { Comparison } from '../../../core/dedupe/compared-text.js';
import { KeywrightError } from '../../../core/errors.js';
import { shownText } from '../../files/file-error.js';
import type { Voiding } from './voiding.js';

/** For a name at which no ledger stands. Opening never creates one. */
export function missingLedger(ledger: string, cause?: unknown): KeywrightError<'missing_ledger'> {
  const message = `there is no ledger at ${ledger}: create it once`;
  return new KeywrightError('missing_ledger', message, { ledger }, { cause });
}

/** For a ledger that holds what no keywright wrote. `problem` follows the ledger's name: "is cut off: restore it". */
export function damagedLedger(
  ledger: string,
  problem: string,
  cause?: unknown,
): KeywrightError<'damaged_ledger'> {
  return new KeywrightError('damaged_ledger', `${ledger} ${problem}`, { ledger }, { cause });
}

/** For a ledger that may be sound, but does not answer. `problem` follows its name: "is locked: try again". */
export function unreachableLedger(
  ledger: string,
  problem: string,
  cause?: unknown,
): KeywrightError<'unreachable_ledger'> {
  return new KeywrightError('unreachable_ledger', `the ledger ${ledger} ${problem}`, { ledger }, { cause });
}

/** For a ledger of a newer keywright. This one does not touch it. */
export function newerLedger(ledger: string, version: number, ours: number): KeywrightError<'damaged_ledger'> {
  return damagedLedger(
    ledger,
    `is a ledger of version ${version}, and this keywright knows up to ${ours}: update keywright`,
  );
}

/** For a ledger in a form from before the first release, which nothing reads any more. */
export function olderLedger(ledger: string, version: number): KeywrightError<'damaged_ledger'> {
  return damagedLedger(
    ledger,
    `is a ledger of version ${version}, made before the first release, in a form that is no longer read: make a new one, and import the lists of what was issued`,
  );
}

/** For a new ledger where something stands already. Nothing replaces a ledger. */
export function ledgerExists(ledger: string): KeywrightError<'file_exists'> {
  const message = `${ledger} exists already and was left as it is: choose another name for a new ledger`;
  return new KeywrightError('file_exists', message, { path: ledger });
}

/** For a batch id that the ledger knows with other parameters. */
export function batchMismatch(id: string, shard: string): KeywrightError<'batch_mismatch'> {
  const message = `batch ${shownText(id)} (${shard}) was begun with other parameters: repeat that command exactly, or choose another batch id`;
  return new KeywrightError('batch_mismatch', message, { batch: id, option: 'batchId' });
}

/** For a batch that was taken back. */
export function voidedBatch(id: string, shard: string, voided: Voiding): KeywrightError<'voided_batch'> {
  const at = voided.at.toISOString();
  const message = `batch ${shownText(id)} (${shard}) was voided on ${at} by ${shownText(voided.by)} (${shownText(voided.reason)}): use a new batch id`;
  return new KeywrightError('voided_batch', message, { batch: id, at, option: 'batchId' });
}

/** For a batch that the ledger does not know. */
export function unknownBatch(
  ledger: string,
  id: string,
  shard: string | undefined,
): KeywrightError<'unknown_batch'> {
  const part = shard === undefined ? '' : ` (${shard})`;
  const message = `the ledger ${ledger} has no batch ${shownText(id)}${part}: look at the list of its batches`;
  return new KeywrightError('unknown_batch', message, { batch: id });
}

/** For a batch that would have to be done. */
export function unfinishedBatch(
  id: string,
  shard: string,
  state: string,
): KeywrightError<'unfinished_batch'> {
  const message = `batch ${shownText(id)} (${shard}) is ${state}, and only what is done can be voided: run its command again first`;
  return new KeywrightError('unfinished_batch', message, { batch: id });
}

/** For a run whose batch another run has claimed since. */
export function lostClaim(id: string, shard: string): KeywrightError<'lost_claim'> {
  const message = `batch ${shownText(id)} (${shard}) was claimed by another run: leave it to that one`;
  return new KeywrightError('lost_claim', message, { batch: id });
}

/** For a command that compares keys in another way than its ledger, which compares as `comparison` says. */
export function otherComparison(comparison: Comparison): KeywrightError<'invalid_option'> {
  const message =
    comparison === 'exact'
      ? 'the ledger compares keys exactly: do so here'
      : 'the ledger compares canonical forms: do so here, or take a ledger made for exact keys';
  return new KeywrightError('invalid_option', message, { option: 'exact' });
}

/** For two ledgers whose tags have other keys. */
export function otherLedger(from: string, to: string): KeywrightError<'other_ledger'> {
  const message = `${to} has keys of its own in it and is no copy of ${from}, so the two cannot be compared: copy into an empty ledger, or import the lists`;
  return new KeywrightError('other_ledger', message, { ledger: to });
}

/** For a ledger that was moved. */
export function movedLedger(ledger: string, to: string, at: Date | null): KeywrightError<'moved_ledger'> {
  const when = at === null ? '' : ` on ${at.toISOString()}`;
  const message = `the ledger ${ledger} was moved to ${shownText(to)}${when}: use that one`;
  return new KeywrightError('moved_ledger', message, { ledger, to });
}

/** For a ledger into which a copy was begun and not ended. */
export function unfinishedCopy(ledger: string): KeywrightError<'unfinished_copy'> {
  const message = `a copy into the ledger ${ledger} is under way, or was cut off: wait for it, or repeat it; where what it came from is lost, drop it`;
  return new KeywrightError('unfinished_copy', message, { ledger, option: 'drop' });
}

/** For a copy into a ledger that another one ended, or that somebody dropped. */
export function droppedCopy(ledger: string): KeywrightError<'unreachable_ledger'> {
  return unreachableLedger(ledger, 'has no such copy under way any more: repeat the command');
}

/** For a ledger that was restored, and lacks what was issued since its backup. */
export function unconfirmedRestore(ledger: string): KeywrightError<'unconfirmed_restore'> {
  const message = `the ledger ${ledger} was restored from a backup: import what was issued since, then confirm that`;
  return new KeywrightError('unconfirmed_restore', message, { ledger, option: 'restored' });
}

/** For a ledger whose server was replaced by a standby that commits did not wait for. */
export function unconfirmedFailover(ledger: string): KeywrightError<'unconfirmed_failover'> {
  const message = `a standby was promoted to serve the ledger ${ledger}, and it may lack what was issued last: verify the last manifests, import those that it lacks, then accept it`;
  return new KeywrightError('unconfirmed_failover', message, { ledger, option: 'acceptFailover' });
}

/** For a ledger in a server that is not the one which was written to last, nor a standby of it. */
export function otherServer(ledger: string): KeywrightError<'other_server'> {
  const message = `the ledger ${ledger} is in another PostgreSQL server than the one it was written in, or in one that a standby has replaced: use that one, or copy this one into a new ledger and import what it lacks`;
  return new KeywrightError('other_server', message, { ledger });
}

/** For a ledger that became the copy of another one since it was opened. */
export function replacedLedger(ledger: string): KeywrightError<'unreachable_ledger'> {
  return unreachableLedger(ledger, 'has become the copy of another one at this moment: repeat the command');
}

/** For a call after `close`. */
export function ledgerClosed(): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', 'the ledger was closed before: open it again', {
    option: 'ledger',
  });
}
