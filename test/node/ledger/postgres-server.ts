import pg from 'pg';

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
