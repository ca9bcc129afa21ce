import { damagedLedger, missingLedger, unreachableLedger } from '../model/ledger-error.js';
import { type Patience, Waiting } from '../model/waiting.js';
import { numberIn, type SqlEngine, type SqlTransaction } from '../sql/sql-transaction.js';
import { connectPostgres, type PostgresConnection, PostgresFailure } from './postgres-driver.js';
import { copyInsert, heldTags, portableInsert } from './postgres-insert.js';

/** How a PostgreSQL ledger is reached. */
export interface PostgresOptions extends Patience {
  /** Work without temporary tables and COPY, also where both could be had. */
  readonly portable?: boolean | undefined;
}

const LONGEST_WAIT = 120_000;

/** Deadlock, serialization failure; the server shuts down, crashed, or starts: the same transaction can be tried again. */
const AGAIN = /^(40P01|40001|57P0[123]|08...|ECONN.*|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|53300)$/;

/**
 * A PostgreSQL database. What fails on the way is tried again on a new connection, at most for two minutes; a
 * first connection that fails is told at once.
 */
export class PostgresEngine implements SqlEngine {
  readonly name = 'postgres';
  readonly lock = { share: ' FOR SHARE', update: ' FOR UPDATE' };
  readonly #url: string;
  readonly #options: PostgresOptions;
  #connection: PostgresConnection | undefined;

  constructor(url: string, options: PostgresOptions = {}) {
    this.#url = url;
    this.#options = options;
  }

  /** @throws {KeywrightError} `unreachable_ledger`, `missing_driver`, `invalid_option`. */
  async connect(): Promise<void> {
    try {
      this.#connection = await connectSafely(this.#url);
    } catch (error) {
      throw error instanceof PostgresFailure ? postgresTrouble(this.#url, error.code) : error;
    }
  }

  async transaction<T>(
    mode: 'read' | 'write',
    work: (transaction: SqlTransaction) => Promise<T>,
  ): Promise<T> {
    let waiting: Waiting | undefined;
    for (;;) {
      try {
        return await this.#once(mode, work);
      } catch (error) {
        if (!(error instanceof PostgresFailure)) throw error;
        const trouble = postgresTrouble(this.#url, error.code);
        if (!AGAIN.test(error.code)) throw trouble;
        waiting ??= new Waiting(this.#options, LONGEST_WAIT);
        await waiting.pause(trouble);
      }
    }
  }

  /** PostgreSQL finds what is broken when it reads it, and everything is read by the tally. */
  async integrity(): Promise<readonly string[]> {
    return [];
  }

  async close(): Promise<void> {
    await this.#connection?.end();
  }

  async #once<T>(mode: 'read' | 'write', work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    if (this.#connection === undefined || this.#connection.lost) {
      this.#connection = await connectSafely(this.#url);
    }
    const connection = this.#connection;
    await connection.query(
      mode === 'write'
        ? 'BEGIN ISOLATION LEVEL READ COMMITTED'
        : 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
      [],
    );
    try {
      const result = await work(transactionOf(connection, this.#options.portable ?? false));
      await connection.query('COMMIT', []);
      return result;
    } catch (error) {
      if (!connection.lost) await connection.query('ROLLBACK', []).catch(() => undefined);
      throw error;
    }
  }
}

/** Connects, and sees to it that what is committed is on the disk. */
async function connectSafely(url: string): Promise<PostgresConnection> {
  const connection = await connectPostgres(url);
  const { rows } = await connection.query('SHOW synchronous_commit', []);
  if (rows[0]?.['synchronous_commit'] === 'off') await connection.query('SET synchronous_commit = on', []);
  return connection;
}

function transactionOf(connection: PostgresConnection, portable: boolean): SqlTransaction {
  const { copy } = connection;
  return {
    all: async (sql, values) => (await connection.query(numbered(sql), values)).rows,
    run: async (sql, values) => (await connection.query(numbered(sql), values)).changed,
    insert: portable || copy === undefined ? portableInsert(connection) : copyInsert(connection, copy),
    held: (tags) => heldTags(connection, tags, 0),
    tally: async () => {
      const { rows } = await connection.query(
        'SELECT chunk, count(*) AS held FROM keywright_keys GROUP BY chunk',
        [],
      );
      return new Map(rows.map((row) => [numberIn(row, 'chunk'), numberIn(row, 'held')]));
    },
  };
}

/** `?` as `$1`, `$2`, … None of our statements has one in a text. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replace(/\?/g, () => `$${++count}`);
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(28...)$/, 'refuses this user or password: check the URL, PGUSER and PGPASSWORD'],
  [/^NO_TLS$/, 'has no TLS, and the URL asks for it: take sslmode out, or set TLS up at the server'],
  [/CERT|TLS/, 'shows a certificate that is not trusted: check sslmode and sslrootcert in the URL'],
  [/^3D000$/, 'names a database that is not there: create it first'],
  [/^3F000$/, 'has no schema to write to: create one, or name another in the search_path'],
  [/^42501$/, 'does not permit this user to do that: grant the rights, or use another user'],
  [/^(25006|57014)$/, 'is read-only or cut the work short: check the server'],
  [/^53100$/, 'has no disk space left: free some, then repeat the command'],
  [/^53/, 'has too little left of something: look at the server, then repeat the command'],
  [/^(40P01|40001)$/, 'was contended for too long: try again'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'cannot be found: check the name of the host'],
  [/^(57P..|08...|E[A-Z]+)$/, 'cannot be reached: check that the server runs and takes connections'],
];

/** A PostgreSQL error in plain words. */
export function postgresTrouble(url: string, code: string): Error {
  if (code === '42P01') return missingLedger(url);
  if (/^42/.test(code) && code !== '42501') {
    return damagedLedger(
      url,
      `is no ledger that keywright made (SQLSTATE ${code}): restore it from a backup`,
    );
  }
  if (/^XX/.test(code)) return damagedLedger(url, `is damaged (SQLSTATE ${code}): restore it from a backup`);
  const words = WORDS.find(([pattern]) => pattern.test(code))?.[1];
  return unreachableLedger(url, words ?? `refuses (${code}): look at the server`);
}
