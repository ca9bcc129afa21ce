import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll } from 'vitest';

const schemas: (readonly [url: string, schema: string])[] = [];
afterAll(async () => {
  for (const [url, schema] of schemas.splice(0)) await inServer(url, `DROP SCHEMA ${schema} CASCADE`);
}, 120_000);

/** The server that the environment names, or the one of this machine; undefined where none answers. */
export async function postgresServer(): Promise<string | undefined> {
  const { DATABASE_URL, PGHOST } = process.env;
  const url =
    DATABASE_URL ?? (PGHOST === undefined ? 'postgres://postgres@127.0.0.1:5432/test' : 'postgres://');
  try {
    await inServer(url, 'SELECT 1');
    return url;
  } catch {
    process.stderr.write('No PostgreSQL answers (see PGHOST, DATABASE_URL): its ledger tests are skipped.\n');
    return undefined;
  }
}

/** Runs one statement on a connection of its own. */
export async function inServer(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  // Of a connection that ends, whoever waits for an answer is told.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** `url`, with everything in a schema of its own. */
export function inSchema(url: string, schema: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}options=${encodeURIComponent(`-c search_path=${schema}`)}`;
}

/** `url`, with everything in a new schema that goes when the tests of the file are over. */
export async function newSchema(url: string): Promise<string> {
  const schema = `keywright_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await inServer(url, `CREATE SCHEMA ${schema}`);
  schemas.push([url, schema]);
  return inSchema(url, schema);
}
