import type { Comparison } from '../../../core/dedupe/compared-text.js';
import { KeywrightError } from '../../../core/errors.js';
import { shownText } from '../../files/file-error.js';

/** A `missing_ledger` error. */
export function missingLedger(ledger: string): KeywrightError<'missing_ledger'> {
  return new KeywrightError('missing_ledger', `there is no ledger at ${ledger}: create it once`, { ledger });
}

/** A `damaged_ledger` error; `problem` continues the sentence after the ledger's name. */
export function damagedLedger(ledger: string, problem: string): KeywrightError<'damaged_ledger'> {
  return new KeywrightError('damaged_ledger', `${ledger} ${problem}`, { ledger });
}

/** An `unreachable_ledger` error; `problem` continues the sentence after the ledger's name. */
export function unreachableLedger(ledger: string, problem: string): KeywrightError<'unreachable_ledger'> {
  return new KeywrightError('unreachable_ledger', `the ledger ${ledger} ${problem}`, { ledger });
}

/** What a newer keywright made, and this one leaves alone. */
export function newerLedger(ledger: string, version: number, ours: number): KeywrightError<'damaged_ledger'> {
  return damagedLedger(
    ledger,
    `is a ledger of version ${version}, and this keywright knows up to ${ours}: update keywright`,
  );
}

/** What was made in a form that was given up. */
export function olderLedger(ledger: string, version: number): KeywrightError<'damaged_ledger'> {
  return damagedLedger(
    ledger,
    `is a ledger of version ${version}, made before the first release, in a form that is no longer read: make a new one, and import the lists of what was issued`,
  );
}

/** A `file_exists` error: a ledger is never replaced. */
export function ledgerExists(ledger: string): KeywrightError<'file_exists'> {
  const message = `${ledger} exists already and was left as it is: choose another name for a new ledger`;
  return new KeywrightError('file_exists', message, { path: ledger });
}

/** A `batch_mismatch` error. */
export function batchMismatch(id: string, shard: string): KeywrightError<'batch_mismatch'> {
  const message = `batch ${shownText(id)} (${shard}) was begun with other parameters: repeat that command exactly, or choose another batch id`;
  return new KeywrightError('batch_mismatch', message, { batch: id, option: 'batchId' });
}

/** A `lost_claim` error. */
export function lostClaim(id: string, shard: string): KeywrightError<'lost_claim'> {
  const message = `batch ${shownText(id)} (${shard}) was claimed by another run: leave it to that one`;
  return new KeywrightError('lost_claim', message, { batch: id });
}

/** An `invalid_option` error: the ledger compares keys in another way. */
export function otherComparison(comparison: Comparison): KeywrightError<'invalid_option'> {
  const message =
    comparison === 'exact'
      ? 'the ledger compares keys exactly: do so here'
      : 'the ledger compares canonical forms: do so here, or take a ledger made for exact keys';
  return new KeywrightError('invalid_option', message, { option: 'exact' });
}

/** An `invalid_option` error: it is too late to ask. */
export function ledgerClosed(): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', 'the ledger was closed before: open it again', {
    option: 'ledger',
  });
}
