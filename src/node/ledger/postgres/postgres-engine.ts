import { damagedLedger, ledgerExists, missingLedger, unreachableLedger } from '../model/ledger-error.js';
import type { LedgerPlace } from '../model/ledger-place.js';
import { type Patience, Waiting } from '../model/waiting.js';
import { numberIn, textIn } from '../sql/row-columns.js';
import { TABLES } from '../sql/schema.js';
import type { SqlEngine, SqlTransaction } from '../sql/sql-transaction.js';
import { addDouble, doubleRows, placeInServer, tagsInServer } from './postgres-copying.js';
import { connectPostgres, type PostgresConnection, PostgresFailure } from './postgres-driver.js';
import { copyInsert, heldTags, portableInsert } from './postgres-insert.js';
import { PostgresSession, schemasOf } from './postgres-session.js';

/** How a PostgreSQL ledger is reached. */
export interface PostgresOptions extends Patience {
  /** Work without temporary tables and COPY, also where both could be had. */
  readonly portable?: boolean | undefined;
}

/** `create`: our tables are not there yet; `version`: it may be another version's tables that are there. */
type Mode = 'read' | 'write' | 'create' | 'version';

const LONGEST_WAIT = 120_000;

/** The longest that one statement may take: nothing that a table holds makes it endless. */
const STATEMENT_MS = 600_000;

/** Deadlock, serialization failure; the server shuts down, crashed, or starts: the same transaction can be tried again. */
const AGAIN = /^(40P01|40001|57P0[123]|08...|ECONN.*|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|53300)$/;

/**
 * A PostgreSQL database. What fails on the way is tried again on a new connection, at most for two minutes; a
 * first connection that fails is told at once.
 */
export class PostgresEngine implements SqlEngine {
  readonly dialect = 'postgres';
  readonly name: string;
  readonly lock = { share: ' FOR SHARE', update: ' FOR UPDATE' };
  readonly erasing = [];
  readonly #url: string;
  readonly #options: PostgresOptions;
  #connection: PostgresConnection | undefined;
  #schema = '';

  constructor({ at, shown }: LedgerPlace, options: PostgresOptions = {}) {
    this.#url = at;
    this.name = shown;
    this.#options = options;
  }

  /**
   * Connects, and settles on the schema: that of the `search_path` which holds a ledger, or, for one to be made, the
   * first. The `search_path` is not consulted afterwards.
   *
   * @throws {KeywrightError} `missing_ledger`; `file_exists`; `damaged_ledger`: several schemas hold one;
   * `unreachable_ledger`, `missing_driver`, `invalid_option`.
   */
  async connect(purpose: 'open' | 'create'): Promise<void> {
    try {
      this.#connection = await this.#connected();
      this.#schema = this.#chosen(await schemasOf(this.#connection), purpose);
    } catch (error) {
      await this.close();
      throw error instanceof PostgresFailure ? postgresTrouble(this.name, error) : error;
    }
  }

  async transaction<T>(mode: Mode, work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    let waiting: Waiting | undefined;
    for (;;) {
      try {
        return await this.#once(mode, work);
      } catch (error) {
        if (!(error instanceof PostgresFailure)) throw error;
        const trouble = postgresTrouble(this.name, error);
        if (!AGAIN.test(error.code)) throw trouble;
        waiting ??= new Waiting(this.#options, LONGEST_WAIT);
        await waiting.pause(trouble);
      }
    }
  }

  async whereabouts(): Promise<string> {
    return this.transaction('version', async (transaction) => {
      const [row] = await transaction.all(
        `SELECT s.system_identifier::text || ' ' || d.oid::text || ' ' || l.tableoid::text AS place
        FROM pg_control_system() s, pg_database d, keywright_ledger l WHERE d.datname = current_database()`,
        [],
      );
      return textIn(row ?? {}, 'place');
    });
  }

  /** PostgreSQL finds what is broken when it reads it, and everything is read by the tally. */
  async integrity(): Promise<readonly string[]> {
    return [];
  }

  async close(): Promise<void> {
    await this.#connection?.end();
  }

  async #once<T>(mode: Mode, work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    if (this.#connection === undefined || this.#connection.lost) this.#connection = await this.#connected();
    const session = new PostgresSession(this.#connection, this.#schema);
    const isReading = mode === 'read' || mode === 'version';
    const level = isReading ? 'REPEATABLE READ READ ONLY' : 'READ COMMITTED';
    await session.query(
      `BEGIN ISOLATION LEVEL ${level}; SET LOCAL search_path = pg_catalog; SET LOCAL statement_timeout = ${STATEMENT_MS}`,
      [],
    );
    try {
      if (mode !== 'create') await session.refusePlanted(mode === 'version' ? ['migrations'] : TABLES);
      const result = await work(transactionOf(session, this.#options.portable ?? false));
      if (!isReading) await session.refusePlanted(TABLES);
      await session.query('COMMIT', []);
      return result;
    } catch (error) {
      if (!session.lost) await session.query('ROLLBACK', []).catch(() => undefined);
      throw error;
    }
  }

  /** Connects, and sees to it that what is committed is on the disk. */
  async #connected(): Promise<PostgresConnection> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    try {
      const connection = await connectPostgres(this.#url, signal);
      const { rows } = await connection.query('SHOW synchronous_commit', []);
      if (rows[0]?.['synchronous_commit'] === 'off')
        await connection.query('SET synchronous_commit = on', []);
      return connection;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  #chosen(
    schemas: readonly { readonly schema: string; readonly holds: boolean }[],
    purpose: 'open' | 'create',
  ): string {
    const [held, another] = schemas.filter(({ holds }) => holds);
    if (purpose === 'create' && held !== undefined) throw ledgerExists(this.name);
    if (another !== undefined) {
      const mend = 'name one in the URL, as options=-c%20search_path%3DNAME';
      throw damagedLedger(this.name, `stands in more than one schema of the search_path: ${mend}`);
    }
    const chosen = purpose === 'open' ? held : schemas[0];
    if (chosen !== undefined) return chosen.schema;
    throw purpose === 'open' ? missingLedger(this.name) : new PostgresFailure(NO_SCHEMA);
  }
}

/** invalid_schema_name */
const NO_SCHEMA = '3F000';

function transactionOf(session: PostgresSession, portable: boolean): SqlTransaction {
  const { copy } = session;
  return {
    all: async (sql, values) => (await session.query(numbered(sql), values)).rows,
    run: async (sql, values) => (await session.query(numbered(sql), values)).changed,
    insert: portable || copy === undefined ? portableInsert(session) : copyInsert(session, copy),
    held: (tags) => heldTags(session, tags, 0),
    tagsAfter: (after, most) => tagsInServer(session, after, most),
    place: (span) => placeInServer(session, span, portable),
    doubles: () => doubleRows(session),
    addDouble: (tag, chunk) => addDouble(session, tag, chunk),
    tally: async () => {
      const { rows } = await session.query(
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
  [
    /^CLEAR_PASSWORD$/,
    'asks for the password in clear, without TLS: set TLS up and say sslmode=verify-full, or sslmode=disable where the network is safe',
  ],
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
export function postgresTrouble(ledger: string, failure: PostgresFailure): Error {
  const { code } = failure;
  if (code === '42P01') return missingLedger(ledger, failure);
  const restore = `(SQLSTATE ${code}): restore it from a backup`;
  if (/^42/.test(code) && code !== '42501') {
    return damagedLedger(ledger, `is no ledger that keywright made ${restore}`, failure);
  }
  if (/^XX/.test(code)) return damagedLedger(ledger, `is damaged ${restore}`, failure);
  const words = WORDS.find(([pattern]) => pattern.test(code))?.[1];
  return unreachableLedger(ledger, words ?? `refuses (${code}): look at the server`, failure);
}
