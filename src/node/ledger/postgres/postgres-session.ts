import { numberIn, SenselessRow, textIn } from '../sql/row-columns.js';
import { TABLES } from '../sql/schema.js';
import type { ServerIdentity } from '../sql/sql-transaction.js';
import type { SqlRow, SqlValue } from '../sql/sql-value.js';
import type { PostgresConnection, PostgresQueries, PostgresResult } from './postgres-driver.js';
import { type ServerTransaction, sinceOf } from './postgres-watch.js';

/** The longest that one statement may take: nothing that a table holds makes it endless. */
const STATEMENT_MS = 600_000;

/** A transaction that asks nothing more for so long has nobody behind it; its locks are let go. */
const IDLE_MS = 60_000;

/** A transaction, and the server that it is on, where it writes and the server tells. */
interface Begun extends ServerTransaction {
  readonly server: ServerIdentity | undefined;
}

/** A connection on which our statements mean the tables of one schema, whatever the `search_path` says. */
export class PostgresSession implements PostgresQueries {
  readonly #connection: PostgresConnection;
  readonly #schema: string;
  readonly copy;

  constructor(connection: PostgresConnection, schema: string) {
    this.#connection = connection;
    this.#schema = schema;
    const { copy } = connection;
    this.copy = copy && ((sql: string, parts: Iterable<Uint8Array>) => copy(qualified(sql, schema), parts));
  }

  query(sql: string, values: readonly SqlValue[]): Promise<PostgresResult> {
    return this.#connection.query(qualified(sql, this.#schema), values);
  }

  /**
   * Begins a transaction under time-outs of ours. One that writes is not committed before the synchronous standby has it,
   * whatever the server's default is, and always writes: its commit also stands for those before it that were in doubt.
   */
  async begin(isReading: boolean, tellsServer: boolean): Promise<Begun> {
    const level = isReading ? 'REPEATABLE READ READ ONLY' : 'READ COMMITTED';
    const settings = [
      'search_path = pg_catalog',
      `statement_timeout = ${STATEMENT_MS}`,
      'lock_timeout = 0',
      ...(isReading
        ? []
        : [`idle_in_transaction_session_timeout = ${IDLE_MS}`, 'client_min_messages = warning']),
    ];
    const { rows } = await this.#connection.query(
      `BEGIN ISOLATION LEVEL ${level}; ${settings.map((setting) => `SET LOCAL ${setting}; `).join('')}
      SELECT pg_backend_pid() AS pid, ${sinceOf('transaction_timestamp()')} AS since${isReading ? '' : `, ${DURABLY}${tellsServer ? `, ${SERVER}` : ''}`}`,
      [],
    );
    const row = rows[0] ?? {};
    return { pid: numberIn(row, 'pid'), since: textIn(row, 'since'), server: serverOf(row) };
  }

  /**
   * That the ledger's tables are tables and nothing more: a view, a trigger, a rule or a policy could make what we
   * write or read another thing. At the end of a transaction this holds for all of it: what was written is locked.
   *
   * @throws {SenselessRow}
   */
  async refusePlanted(tables: readonly string[]): Promise<void> {
    const names = tables.map((name) => `keywright_${name}`).join(',');
    const { rows } = await this.#connection.query(PLANTED, [this.#schema, `{${names}}`]);
    const odd = rows.find((row) => row['plain'] !== true);
    if (odd !== undefined) throw new SenselessRow(`${nameOf(odd)} is no plain table of ours`);
    if (rows.length !== tables.length) throw new SenselessRow('one of its tables is not there');
  }
}

/** What {@link SERVER} asks needs no more than what everybody may; but some hosts take even that away. */
export async function tellsServer(connection: PostgresConnection): Promise<boolean> {
  const { rows } = await connection.query(
    `SELECT pg_catalog.bool_and(pg_catalog.has_function_privilege(pg_catalog.to_regprocedure(name)::oid, 'execute')) AS tells
    FROM pg_catalog.unnest('{pg_catalog.pg_control_system(),pg_catalog.pg_walfile_name(pg_lsn)}'::text[]) AS name`,
    [],
  );
  return rows[0]?.['tells'] === true;
}

/** The timeline of the last checkpoint may still be the one before a promotion; that of the log's file is not. */
const SERVER = `(SELECT system_identifier::text FROM pg_control_system()) AS system,
  CASE WHEN NOT pg_is_in_recovery() THEN substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) END AS timeline,
  current_setting('synchronous_standby_names') <> '' AS synchronous`;

function serverOf(row: SqlRow): ServerIdentity | undefined {
  const { system, timeline, synchronous } = row;
  if (typeof system !== 'string' || typeof timeline !== 'string') return undefined;
  return { system, timeline: Number.parseInt(timeline, 16), synchronous: synchronous === true };
}

/** `remote_apply` is even more than `on`. What finds its own effects may have nothing else to write. */
const DURABLY = `set_config('synchronous_commit',
    CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true),
  CASE current_setting('transaction_read_only') WHEN 'off' THEN pg_logical_emit_message(true, 'keywright', '') END`;

/** The schemas of the `search_path` as it was found, in its order, and whether each holds a ledger. */
export async function schemasOf(
  connection: PostgresConnection,
): Promise<readonly { readonly schema: string; readonly holds: boolean }[]> {
  const { rows } = await connection.query(SCHEMAS, []);
  return rows.map((row) => ({ schema: String(row['schema']), holds: row['holds'] === true }));
}

/** Nothing here is looked up by the `search_path`, operators included. */
const SCHEMAS = `SELECT s.schema::pg_catalog.text AS schema, EXISTS (SELECT FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
  WHERE n.nspname OPERATOR(pg_catalog.=) s.schema AND c.relname OPERATOR(pg_catalog.=) 'keywright_migrations') AS holds
  FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS s (schema, place) ORDER BY s.place`;

/** The first column alone is the primary key of each table: with a second, a tag could stand there twice. */
const PLANTED = `SELECT c.relname::text AS name, c.relkind = 'r' AND c.relpersistence = 'p' AND NOT c.relhasrules
  AND NOT c.relrowsecurity AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND i.indisvalid
    AND i.indkey::text = '1')
  AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
  AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhparent = c.oid OR h.inhrelid = c.oid) AS plain
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = ANY ($2::text[])`;

const TABLE = new RegExp(`(?<![\\w."])keywright_(?:${TABLES.join('|')})\\b`, 'g');

function qualified(sql: string, schema: string): string {
  const quoted = `"${schema.replaceAll('"', '""')}"`;
  return sql.replace(TABLE, (table) => `${quoted}.${table}`);
}

function nameOf(row: SqlRow): string {
  const name = row['name'];
  return typeof name === 'string' ? name : 'a relation';
}
