import { statSync } from 'node:fs';
import { listOf, readShape, wholeNumberShape } from '../../../core/encoding/json-shape.js';
import { EventTurns } from '../../files/event-turns.js';
import { type Patience, Waiting } from '../model/waiting.js';
import { numberIn, SenselessRow, textIn } from '../sql/row-columns.js';
import { MIGRATIONS, type Migration } from '../sql/schema.js';
import {
  type HeldTags,
  proven,
  type SqlEngine,
  type SqlTransaction,
  type TagList,
} from '../sql/sql-transaction.js';
import type { SqlRow, SqlValue } from '../sql/sql-value.js';
import { TAG_BYTES } from '../tags/cmac.js';
import { placeInFile, tagsInFile } from './sqlite-copying.js';
import type { SqliteDriver } from './sqlite-driver.js';
import { refusePlanted } from './sqlite-schema.js';
import { isBusy, sqliteTrouble } from './sqlite-trouble.js';

const LONGEST_WAIT = 600_000;

/** `i` and the i-th tag of the list of `?1`, which holds `?2` of them. */
const LISTED = `WITH RECURSIVE listed(i) AS (SELECT 0 WHERE ?2 > 0 UNION ALL SELECT i + 1 FROM listed WHERE i + 1 < ?2)`;
const TAG = `substr(?1, i * ${TAG_BYTES} + 1, ${TAG_BYTES})`;

const INSERT = `${LISTED} INSERT INTO keywright_keys (k, chunk) SELECT ${TAG}, ?3 FROM listed WHERE true
  ON CONFLICT DO NOTHING`;
const HELD = `${LISTED} SELECT json_group_array(i) FILTER (WHERE chunk <> ?3) AS places,
  json_group_array(chunk) FILTER (WHERE chunk <> ?3) AS chunks, count(*) FILTER (WHERE chunk = ?3) AS own
  FROM listed CROSS JOIN keywright_keys ON k = ${TAG}`;
const NO_TAGS = [new Uint8Array(0), 0, 0] as const;

/**
 * A SQLite database. Some ten thousand tags cross over to it as one value, which costs a tenth of a crossing for each
 * key. Its journal is truncated, not removed; no write-ahead log, which before SQLite 3.51.3 could corrupt a
 * database under two writers (https://www.sqlite.org/wal.html#walresetbug).
 */
export class SqliteEngine implements SqlEngine {
  readonly dialect = 'sqlite';
  readonly name: string;
  readonly lock = { share: '', update: '' };
  readonly erasing = ['PRAGMA secure_delete = ON'];
  readonly #driver: SqliteDriver;
  readonly #patience: Patience;
  readonly #migrations: readonly Migration[];

  /** `name`: how messages call the ledger; `migrations`: what made its tables. */
  constructor(
    driver: SqliteDriver,
    name: string,
    patience: Patience = {},
    migrations: readonly Migration[] = MIGRATIONS,
  ) {
    this.#driver = driver;
    this.name = name;
    this.#patience = patience;
    this.#migrations = migrations;
  }

  /** What the file says it is. @throws {KeywrightError} `unreachable_ledger`, `damaged_ledger`. */
  async identity(): Promise<{ readonly applicationId: number; readonly version: number }> {
    return this.#patiently(async () => {
      // Not as the functions that go by the same names, in whose place a view may stand.
      const read = (name: string) => Number(this.#driver.all(`PRAGMA ${name}`, [])[0]?.[name]);
      return { applicationId: read('application_id'), version: read('user_version') };
    });
  }

  /** Settings of this connection. @throws {KeywrightError} `unreachable_ledger`, `damaged_ledger`. */
  async configure(): Promise<void> {
    const settings = [
      // Short, for the process stands still meanwhile; the patience is ours.
      'PRAGMA busy_timeout = 100',
      'PRAGMA journal_mode = TRUNCATE',
      'PRAGMA synchronous = FULL',
      // Tags come sorted, so a page is needed once a chunk. What is written when this is full waits for the disk each time.
      'PRAGMA cache_size = -16384',
      'PRAGMA foreign_keys = ON',
      'PRAGMA cell_size_check = ON',
      'PRAGMA trusted_schema = OFF',
    ];
    await this.#patiently(async () => {
      for (const setting of settings) this.#driver.all(setting, []);
    });
  }

  async transaction<T>(
    mode: 'read' | 'write' | 'create',
    work: (transaction: SqlTransaction) => Promise<T>,
  ): Promise<T> {
    const transaction = transactionOf(this.#driver, this.#patience.signal);
    return this.#patiently(async (waiting) => {
      // A plain BEGIN that turns into a write later on fails at once when somebody else writes.
      this.#driver.exec(mode === 'read' ? 'BEGIN' : 'BEGIN IMMEDIATE');
      try {
        refusePlanted(this.#driver, mode === 'create' ? undefined : this.#migrations);
        const result = await work(transaction);
        await this.#commit(waiting);
        return result;
      } catch (error) {
        this.#rollback();
        throw error;
      }
    });
  }

  async whereabouts(): Promise<string> {
    const [row] = this.#driver.all('PRAGMA database_list', []);
    const { dev, ino } = statSync(String(row?.['file']), { bigint: true });
    return `${dev} ${ino}`;
  }

  async integrity(): Promise<readonly string[]> {
    try {
      return await this.#patiently(async () =>
        this.#driver
          .all('PRAGMA integrity_check(20)', [])
          .map((row) => String(Object.values(row)[0]))
          .filter((line) => line !== 'ok'),
      );
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'damaged_ledger')
        return [error.message];
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#driver.close();
  }

  /** Readers that came before us may finish first; no new ones come in meanwhile. */
  async #commit(waiting: Waiting): Promise<void> {
    for (;;) {
      try {
        this.#driver.exec('COMMIT');
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
        await waiting.pause(error);
      }
    }
  }

  #rollback(): void {
    try {
      this.#driver.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself, or cannot: the error that led here says more.
    }
  }

  async #patiently<T>(work: (waiting: Waiting) => Promise<T>): Promise<T> {
    const waiting = new Waiting(this.#patience, LONGEST_WAIT);
    try {
      for (;;) {
        try {
          return await work(waiting);
        } catch (error) {
          if (!isBusy(error)) throw error;
          await waiting.pause(error);
        }
      }
    } catch (error) {
      throw sqliteTrouble(this.name, error);
    }
  }
}

function transactionOf(driver: SqliteDriver, signal: AbortSignal | undefined): SqlTransaction {
  const turns = new EventTurns(signal);
  return {
    all: async (sql, values) => driver.all(sql, values),
    run: async (sql, values) => driver.run(sql, values),
    insert: async (tags, chunk) => {
      let inserted = 0;
      const turns = new EventTurns(signal);
      for (const { part } of partsOf(tags)) {
        inserted += driver.run(INSERT, [part.bytes, part.count, chunk]);
        await turns.take();
      }
      // A statement keeps what it was given, 16 MB of a full chunk, until it is given something else.
      driver.run(INSERT, NO_TAGS);
      // All are this chunk's, then: no trigger took any away. Fewer may be in since a call whose reply was lost.
      return inserted === tags.count ? [] : proven(tags, await heldIn(driver, tags, chunk, turns));
    },
    held: (tags) => heldIn(driver, tags, 0, new EventTurns(signal)),
    tagsAfter: async (after, most) => {
      // One that does nothing else would never hear a signal.
      await turns.take();
      return tagsInFile(driver, after, most);
    },
    place: async ({ bytes, count, chunks }) => {
      let placed = 0;
      for (const { part, first } of partsOf({ bytes, count })) {
        placed += placeInFile(driver, { ...part, chunks: chunks.slice(first, first + part.count) });
        await turns.take();
      }
      return placed === count;
    },
    doubles: async () => driver.all('SELECT k AS tag, chunk FROM keywright_doubles ORDER BY number', []),
    addDouble: async (tag, chunk) => {
      const values = [tag, chunk];
      driver.run('INSERT INTO keywright_doubles (k, chunk) VALUES (?, ?) ON CONFLICT DO NOTHING', values);
    },
    tally: async () => tallyOf(driver),
  };
}

/** The tags that carry another chunk than `but`; as two lists of JSON, for a row each would cost more. */
async function heldIn(
  driver: SqliteDriver,
  tags: TagList,
  but: number,
  turns: EventTurns,
): Promise<HeldTags> {
  const [places, chunks]: [number[], number[]] = [[], []];
  let own = 0;
  for (const { part, first } of partsOf(tags)) {
    const [row = {}] = driver.all(HELD, [part.bytes, part.count, but]);
    for (const place of numbersIn(row, 'places')) places.push(first + place);
    for (const chunk of numbersIn(row, 'chunks')) chunks.push(chunk);
    own += numberIn(row, 'own');
    await turns.take();
  }
  driver.all(HELD, NO_TAGS);
  if (places.length === chunks.length) return { places, chunks, own };
  throw new SenselessRow('keys carry what is no chunk');
}

/** Tags that cross over at a time: while they do, no signal is heard. */
const PART = 1 << 15;

function* partsOf({ bytes, count }: TagList): Generator<{ readonly part: TagList; readonly first: number }> {
  for (let first = 0; first < count; first += PART) {
    const end = Math.min(count, first + PART);
    yield { part: { bytes: bytes.subarray(first * TAG_BYTES, end * TAG_BYTES), count: end - first }, first };
  }
}

const NUMBERS = listOf(wholeNumberShape);

function numbersIn(row: SqlRow, column: string): readonly number[] {
  const numbers = readShape(textIn(row, column, /^/), NUMBERS);
  if (numbers !== undefined) return numbers;
  throw new SenselessRow('keys carry what is no chunk');
}

/** Counted in 256 ranges: SQLite sorts what it groups, and so sorts little at a time. */
function tallyOf(driver: SqliteDriver): ReadonlyMap<number, number> {
  const tally = new Map<number, number>();
  for (let first = 0; first < 256; first++) {
    // The last range has no end, and the first no beginning: so a tag of another length is counted as well.
    const values: readonly SqlValue[] = [Uint8Array.of(first), Uint8Array.of(first + 1)];
    const rows = driver.all(
      `SELECT chunk, count(*) AS held FROM keywright_keys WHERE ${first === 0 ? 'true' : 'k >= ?1'}
      AND ${first === 255 ? 'true' : 'k < ?2'} GROUP BY chunk`,
      first === 255 ? values.slice(0, 1) : values,
    );
    for (const row of rows) {
      const chunk = numberIn(row, 'chunk');
      tally.set(chunk, (tally.get(chunk) ?? 0) + numberIn(row, 'held'));
    }
  }
  return tally;
}
