import type { TagSpan } from '../model/copying.js';
import { SenselessRow } from './row-columns.js';
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
  /** How many of the list carry the chunk that was left out. */
  readonly own: number;
}

/**
 * The places of tags that another chunk has, every other of `tags` being counted as the chunk's own.
 *
 * @throws {SenselessRow} what was written is not there.
 */
export function proven(tags: TagList, { places, chunks, own }: HeldTags): readonly number[] {
  const fits = own + places.length === tags.count && places.length === chunks.length;
  if (fits && [...places, ...chunks].every(Number.isSafeInteger)) return places;
  throw new SenselessRow('it kept other keys than were written');
}

/** The server of a database, of which a standby may take the place. */
export interface ServerIdentity {
  /** What it and its standbys have in common, and no other server has. */
  readonly system: string;
  /** Counted up by every promotion. */
  readonly timeline: number;
  /** Whether commits wait for a standby. */
  readonly synchronous: boolean;
}

/** One transaction on a database. Values are written as `?`. */
export interface SqlTransaction {
  /** Where it writes to; undefined for a file, and where the server does not tell. */
  readonly server?: ServerIdentity | undefined;
  all(sql: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Returns how many rows changed. */
  run(sql: string, values: readonly SqlValue[]): Promise<number>;
  /**
   * Inserts what is new; returns the places of what carries another chunk. All others were counted in the same
   * transaction. @throws {SenselessRow} there are not as many.
   */
  insert(tags: TagList, chunk: number): Promise<readonly number[]>;
  held(tags: TagList): Promise<HeldTags>;
  /** Tags behind `after`, of which an empty one is before them all; fewer than `most` only at the end. */
  tagsAfter(after: Uint8Array, most: number): Promise<TagSpan>;
  /** Inserts what is new, each tag for its own chunk. Returns whether that was all of it. */
  place(span: TagSpan): Promise<boolean>;
  /** Further holders of tags, each as `tag` and `chunk`. */
  doubles(): Promise<readonly SqlRow[]>;
  addDouble(tag: Uint8Array, chunk: number): Promise<void>;
  /** How many tags carry each chunk, counted one by one. */
  tally(): Promise<ReadonlyMap<number, number>>;
}

/** A database engine. */
export interface SqlEngine {
  /** Whose statements of the schema it takes. */
  readonly dialect: 'sqlite' | 'postgres';
  /** How messages call the ledger. */
  readonly name: string;
  /** What makes a SELECT lock its rows, where the engine does not lock everything anyway. */
  readonly lock: { readonly share: string; readonly update: string };
  /** Statements after which what a transaction overwrites cannot be read any more, where the engine knows such. */
  readonly erasing: readonly string[];

  /**
   * Runs `work` in one transaction: again from the start when the engine was busy, found a deadlock or lost the
   * connection, also when that came with the commit. So `work` must give the same answer when it finds its
   * own effects.
   *
   * @throws {KeywrightError} `unreachable_ledger`, `damaged_ledger`; and whatever `work` throws, rolled back.
   */
  transaction<T>(mode: 'read' | 'write', work: (transaction: SqlTransaction) => Promise<T>): Promise<T>;

  /** What tells the database from every other, by whatever name it was reached. */
  whereabouts(): Promise<string>;

  /** What the engine's own check finds, a line a fault. */
  integrity(): Promise<readonly string[]>;

  close(): Promise<void>;
}
