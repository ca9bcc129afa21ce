import type { Comparison } from '../../../core/dedupe/compared-text.js';
import { KeywrightError } from '../../../core/errors.js';
import { shownPath, shownText } from '../../files/file-error.js';

/** Whether a ledger's name is that of a PostgreSQL database. */
export function isPostgresUrl(name: string): boolean {
  return /^postgres(ql)?:\/\//i.test(name);
}

const THE_DATABASE = 'postgres://…';

/** A ledger's name as it may stand in a message: of a URL neither password nor parameters. */
export function shownLedger(name: string): string {
  if (!isPostgresUrl(name)) return shownPath(name);
  try {
    const { username, host, pathname } = new URL(name);
    // A password with a / in it, which should have been written as %2F, is taken for a path.
    if (/[@:]/.test(pathname)) return THE_DATABASE;
    return shownText(`postgres://${username === '' ? '' : `${username}@`}${host}${pathname}`);
  } catch {
    return THE_DATABASE;
  }
}

/** A `missing_ledger` error. */
export function missingLedger(name: string): KeywrightError<'missing_ledger'> {
  const ledger = shownLedger(name);
  // A URL's password would have to be repeated, and must not be.
  const command = `keywright ledger init ${isPostgresUrl(name) ? 'URL' : ledger}`;
  const message = `there is no ledger at ${ledger}: make it once with "${command}"`;
  return new KeywrightError('missing_ledger', message, { ledger });
}

/** A `damaged_ledger` error; `problem` continues the sentence after the ledger's name. */
export function damagedLedger(name: string, problem: string): KeywrightError<'damaged_ledger'> {
  const ledger = shownLedger(name);
  return new KeywrightError('damaged_ledger', `${ledger} ${problem}`, { ledger });
}

/** An `unreachable_ledger` error; `problem` continues the sentence after the ledger's name. */
export function unreachableLedger(name: string, problem: string): KeywrightError<'unreachable_ledger'> {
  const ledger = shownLedger(name);
  return new KeywrightError('unreachable_ledger', `the ledger ${ledger} ${problem}`, { ledger });
}

/** What a newer keywright made, and this one leaves alone. */
export function newerLedger(name: string, version: number, ours: number): KeywrightError<'damaged_ledger'> {
  return damagedLedger(
    name,
    `is a ledger of version ${version}, and this keywright knows up to ${ours}: update keywright`,
  );
}

/** A `file_exists` error: a ledger is never replaced. */
export function ledgerExists(name: string): KeywrightError<'file_exists'> {
  const path = shownLedger(name);
  const message = `${path} exists already and was left as it is: choose another name for a new ledger`;
  return new KeywrightError('file_exists', message, { path });
}

/** A `batch_mismatch` error. */
export function batchMismatch(id: string, shard: string): KeywrightError<'batch_mismatch'> {
  const message = `batch ${shownText(id)} (${shard}) was begun with other parameters: repeat that command exactly, or choose another --batch-id`;
  return new KeywrightError('batch_mismatch', message, { batch: id });
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
      ? 'the ledger compares keys exactly: give --exact'
      : 'the ledger compares canonical forms: leave out --exact, or take a ledger made with it';
  return new KeywrightError('invalid_option', message, { option: 'exact' });
}

/** An `invalid_option` error: it is too late to ask. */
export function ledgerClosed(): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', 'the ledger was closed before: open it again', {
    option: 'ledger',
  });
}
