import { SenselessRow } from '../sql/row-columns.js';
import { TABLES } from '../sql/schema.js';
import type { SqlRow, SqlValue } from '../sql/sql-value.js';
import type { PostgresConnection, PostgresResult } from './postgres-driver.js';

/** A connection on which our statements mean the tables of one schema, whatever the `search_path` says. */
export class PostgresSession implements PostgresConnection {
  readonly #connection: PostgresConnection;
  readonly #schema: string;
  readonly copy;

  constructor(connection: PostgresConnection, schema: string) {
    this.#connection = connection;
    this.#schema = schema;
    const { copy } = connection;
    this.copy = copy && ((sql: string, parts: Iterable<Uint8Array>) => copy(qualified(sql, schema), parts));
  }

  get lost(): boolean {
    return this.#connection.lost;
  }

  query(sql: string, values: readonly SqlValue[]): Promise<PostgresResult> {
    return this.#connection.query(qualified(sql, this.#schema), values);
  }

  end(): Promise<void> {
    return this.#connection.end();
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
