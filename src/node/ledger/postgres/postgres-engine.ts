import { damagedLedger, ledgerExists, missingLedger, otherServer } from '../model/ledger-error.js';
import type { LedgerPlace } from '../model/ledger-place.js';
import { type Patience, Waiting } from '../model/waiting.js';
import { numberIn, textIn } from '../sql/row-columns.js';
import { TABLES } from '../sql/schema.js';
import type { ServerIdentity, SqlEngine, SqlTransaction } from '../sql/sql-transaction.js';
import { connectOne } from './postgres-connecting.js';
import { addDouble, doubleRows, placeInServer, tagsInServer } from './postgres-copying.js';
import { type PostgresConnection, PostgresFailure } from './postgres-driver.js';
import { type PostgresHosts, postgresHosts } from './postgres-hosts.js';
import { copyInsert, heldTags, portableInsert } from './postgres-insert.js';
import { PostgresSession, schemasOf, tellsServer } from './postgres-session.js';
import {
  isReadOnly,
  mayPass,
  NO_SCHEMA,
  NO_WRITES,
  postgresTrouble,
  UNCONFIRMED,
} from './postgres-trouble.js';
import { PostgresWatch } from './postgres-watch.js';

/** How a PostgreSQL ledger is reached. */
export interface PostgresOptions extends Patience {
  /** Work without temporary tables and COPY, also where both could be had. */
  readonly portable?: boolean | undefined;
  /** Told when the ledger has to be waited for. */
  readonly onWarning?: ((warning: string) => void) | undefined;
  /** For tests: {@link QUIET_MS}. */
  readonly quietMs?: number | undefined;
}

/** `create`: our tables are not there yet; `version`: it may be another version's tables that are there. */
type Mode = 'read' | 'write' | 'create' | 'version';

const LONGEST_WAIT = 120_000;

/** After so long without a byte, the server is asked whether it still works. */
const QUIET_MS = 10_000;

/**
 * A PostgreSQL database. What fails on the way is tried again on a new connection, at most for two minutes; a
 * first connection that fails is told at once, unless servers answer that take no writes: one of them may be about to.
 */
export class PostgresEngine implements SqlEngine {
  readonly dialect = 'postgres';
  readonly name: string;
  readonly lock = { share: ' FOR SHARE', update: ' FOR UPDATE' };
  readonly erasing = [];
  readonly #hosts: PostgresHosts;
  readonly #options: PostgresOptions;
  #connection: PostgresConnection | undefined;
  #schema = '';
  #tellsServer = false;
  /** The server of the last transaction that wrote. */
  #server: ServerIdentity | undefined;

  constructor({ at, shown }: LedgerPlace, options: PostgresOptions = {}) {
    this.#hosts = postgresHosts(at);
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
      this.#connection = await this.#firstConnection();
      this.#schema = this.#chosen(await schemasOf(this.#connection), purpose);
      this.#tellsServer = await tellsServer(this.#connection);
    } catch (error) {
      await this.close();
      throw error instanceof PostgresFailure ? postgresTrouble(this.name, error) : error;
    }
  }

  async transaction<T>(mode: Mode, work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    return this.#patiently(
      () => this.#once(mode, work),
      (failure) => mayPass(failure, this.#hosts.writable),
    );
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

  /** PostgreSQL finds what is broken when it reads it, and whoever verifies reads everything. */
  async integrity(): Promise<readonly string[]> {
    return [];
  }

  async close(): Promise<void> {
    await this.#connection?.end();
  }

  async #patiently<T>(work: () => Promise<T>, mayPass: (failure: PostgresFailure) => boolean): Promise<T> {
    let waiting: Waiting | undefined;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof PostgresFailure)) throw error;
        const trouble = postgresTrouble(this.name, error);
        if (!mayPass(error)) throw trouble;
        waiting ??= new Waiting(this.#options, LONGEST_WAIT);
        await waiting.pause(trouble);
      }
    }
  }

  async #once<T>(mode: Mode, work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    const connection = await this.#connected();
    const session = new PostgresSession(connection, this.#schema);
    const { signal, longestWait: standbyMs = LONGEST_WAIT, quietMs = QUIET_MS } = this.#options;
    const watch = new PostgresWatch(connection, { quietMs, standbyMs, signal });
    const isReading = mode === 'read' || mode === 'version';
    try {
      const { server, ...begun } = await session.begin(isReading, this.#tellsServer);
      watch.transaction = begun;
      this.#refuseReplaced(server);
      if (mode !== 'create') await session.refusePlanted(mode === 'version' ? ['migrations'] : TABLES);
      const result = await work(transactionOf(session, server, this.#options.portable ?? false));
      if (!isReading) await session.refusePlanted(TABLES);
      const { unconfirmed } = connection;
      await session.query('COMMIT', []);
      if (connection.unconfirmed > unconfirmed) throw new PostgresFailure(UNCONFIRMED);
      return result;
    } catch (error) {
      if (!connection.lost) await this.#rollBack(connection, error);
      throw watch.verdict ?? error;
    } finally {
      watch.stop();
    }
  }

  /** Once a promoted standby was written to, the server that it replaced is none any more, whatever that one says. */
  #refuseReplaced(server: ServerIdentity | undefined): void {
    if (server === undefined) return;
    if (server.timeline < (this.#server?.timeline ?? 0)) throw otherServer(this.name);
    this.#server = server;
  }

  async #rollBack(connection: PostgresConnection, error: unknown): Promise<void> {
    await connection.query('ROLLBACK', []).catch(() => undefined);
    if (!isReadOnly(error)) return;
    // It became a standby: where several are named, another one takes writes.
    this.#connection = undefined;
    await connection.end();
  }

  /** Of servers that answer and take no writes, one may be about to take over. */
  async #firstConnection(): Promise<PostgresConnection> {
    let told = false;
    const connecting = async () => {
      try {
        return await this.#connected();
      } catch (error) {
        if (!told && error instanceof PostgresFailure && error.code === NO_WRITES) {
          told = true;
          this.#options.onWarning?.(`no server of the ledger ${this.name} takes writes: waiting for one`);
        }
        throw error;
      }
    };
    return this.#patiently(
      connecting,
      (failure) => failure.code === NO_WRITES || (told && mayPass(failure, true)),
    );
  }

  async #connected(): Promise<PostgresConnection> {
    if (this.#connection !== undefined && !this.#connection.lost) return this.#connection;
    const { signal } = this.#options;
    signal?.throwIfAborted();
    try {
      this.#connection = await connectOne(this.#hosts, signal);
      return this.#connection;
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

function transactionOf(
  session: PostgresSession,
  server: ServerIdentity | undefined,
  portable: boolean,
): SqlTransaction {
  const { copy } = session;
  return {
    server,
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
