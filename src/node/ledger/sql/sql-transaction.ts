import type { SqlRow, SqlValue } from './sql-value.js';

/** Tags of 16 bytes, sorted and each once. */
export interface TagList {
  readonly bytes: Uint8Array;
  readonly count: number;
}

/** Tags that the ledger holds: their places in the list that was asked about, ascending, and their chunks. */
export interface HeldTags {
  readonly places: readonly number[];
  readonly chunks: readonly number[];
}

/** One transaction on a database. Values are written as `?`. */
export interface SqlTransaction {
  all(sql: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Returns how many rows changed. */
  run(sql: string, values: readonly SqlValue[]): Promise<number>;
  /** Inserts what is new, reads back what may not be; returns the places of those that carry another chunk. */
  insert(tags: TagList, chunk: number): Promise<readonly number[]>;
  held(tags: TagList): Promise<HeldTags>;
  /** How many tags carry each chunk, counted one by one. */
  tally(): Promise<ReadonlyMap<number, number>>;
}

/** A database engine. */
export interface SqlEngine {
  readonly name: 'sqlite' | 'postgres';
  /** What makes a SELECT lock its rows, where the engine does not lock everything anyway. */
  readonly lock: { readonly share: string; readonly update: string };

  /**
   * Runs `work` in one transaction: again from the start when the engine was busy, found a deadlock or lost the
   * connection, also when that came with the commit. So `work` must give the same answer when it finds its
   * own effects.
   *
   * @throws {KeywrightError} `unreachable_ledger`, `damaged_ledger`; and whatever `work` throws, rolled back.
   */
  transaction<T>(mode: 'read' | 'write', work: (transaction: SqlTransaction) => Promise<T>): Promise<T>;

  /** What the engine's own check finds, a line a fault. */
  integrity(): Promise<readonly string[]>;

  close(): Promise<void>;
}

/** A column that holds text. */
export function textIn(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw new TypeError(`${column} is no text`);
}

/** A column that holds a whole number, which engines return in three types. */
export function numberIn(row: SqlRow, column: string): number {
  const value = row[column];
  const number = typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new TypeError(`${column} is no whole number`);
}

/** A column that holds bytes. */
export function bytesIn(row: SqlRow, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`${column} is no bytes`);
}

/** A column that holds one of a few words. */
export function wordIn<Word extends string>(row: SqlRow, column: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === row[column]);
  if (word !== undefined) return word;
  throw new TypeError(`${column} is none of ${words.join(', ')}`);
}

/** A time, kept as milliseconds since 1970. */
export function timeIn(row: SqlRow, column: string): Date {
  return new Date(numberIn(row, column));
}

/** What `read` makes of a column; null for a null. */
export function orNull<T>(row: SqlRow, column: string, read: (row: SqlRow, column: string) => T): T | null {
  return row[column] === null ? null : read(row, column);
}
