import { damagedLedger, unreachableLedger } from '../model/ledger-error.js';
import { SqliteFailure } from './sqlite-driver.js';

const BUSY = 5;
const LOCKED = 6;

const WORDS: Readonly<Record<number, string>> = {
  3: 'may not be opened: check the permissions',
  5: 'was locked by another process for too long: look for one that hangs, then try again',
  8: 'is read-only: check the permissions of the file and of its directory',
  10: 'cannot be read or written (an I/O error): check the disk',
  13: 'cannot grow, the disk is full: free some space, then repeat the command',
  14: 'cannot be opened: check the permissions of the file and of its directory',
  22: 'is too large for this system: move it',
};

/** Whether others hold the database, and it may be tried again. */
export function isBusy(error: unknown): boolean {
  return error instanceof SqliteFailure && (error.code === BUSY || error.code === LOCKED);
}

/** What is damaged, as a sentence goes on after the ledger's name. */
const DAMAGED: Readonly<Record<number, string>> = {
  // Tables or columns that are not what they should be.
  1: 'is no ledger that keywright made: restore it from a backup',
  11: 'is damaged: restore it from a backup',
  26: 'is no ledger: name another file',
};

/** A SQLite error in plain words; any other as it is. */
export function sqliteTrouble(ledger: string, error: unknown): unknown {
  if (!(error instanceof SqliteFailure)) return error;
  const { code } = error;
  const damage = DAMAGED[code];
  if (damage !== undefined) return damagedLedger(ledger, damage, error);
  const words = WORDS[code] ?? `cannot be used (SQLite result code ${code}): check the disk`;
  return unreachableLedger(ledger, words, error);
}
