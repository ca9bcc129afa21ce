import { damagedLedger } from '../model/ledger-error.js';
import type { SqlRow } from './sql-value.js';

/** A stored row makes no sense: somebody else wrote it, or a disk did. */
export class SenselessRow extends Error {
  override readonly name = 'SenselessRow';
}

/** What `work` comes to. @throws {KeywrightError} `damaged_ledger`: it met a row that makes no sense. */
export async function sensibly<T>(ledger: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SenselessRow)) throw error;
    throw damagedLedger(ledger, `is damaged (${error.message}): restore it from a backup`, error);
  }
}

/** A column that holds text of one line. */
export function textIn(row: SqlRow, column: string, fits = /^\P{Cc}{0,4096}$/u): string {
  const value = row[column];
  if (typeof value === 'string' && fits.test(value)) return value;
  throw new SenselessRow(`a row's ${column} makes no sense`);
}

/** A column that holds a whole number from `least` on, which engines return in three types. */
export function numberIn(row: SqlRow, column: string, least = 0): number {
  const value = row[column];
  const number = typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= least) return number;
  throw new SenselessRow(`a row's ${column} is no whole number from ${least} on`);
}

/** A column that holds bytes. */
export function bytesIn(row: SqlRow, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw new SenselessRow(`a row's ${column} holds no bytes`);
}

/** A column that holds one of a few words. */
export function wordIn<Word extends string>(row: SqlRow, column: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === row[column]);
  if (word !== undefined) return word;
  throw new SenselessRow(`a row's ${column} is none of ${words.join(', ')}`);
}

/** The end of the year 9999: later times have no RFC 3339. */
const LAST = Date.UTC(9999, 11, 31);

/** A time, kept as milliseconds since 1970. */
export function timeIn(row: SqlRow, column: string): Date {
  const time = numberIn(row, column);
  if (time <= LAST) return new Date(time);
  throw new SenselessRow(`a row's ${column} is no time`);
}

/** What `read` makes of a column; null for a null. */
export function orNull<T>(row: SqlRow, column: string, read: (row: SqlRow, column: string) => T): T | null {
  return row[column] === null ? null : read(row, column);
}
