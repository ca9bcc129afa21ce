import pg from 'pg';

/** The server that the environment names, or the one of this machine; undefined where none answers. */
export async function benchServer() {
  const { DATABASE_URL, PGHOST } = process.env;
  const url =
    DATABASE_URL ?? (PGHOST === undefined ? 'postgres://postgres@127.0.0.1:5432/test' : 'postgres://');
  try {
    await query(url, 'SELECT 1');
    return url;
  } catch {
    process.stderr.write('No PostgreSQL answers (see PGHOST, DATABASE_URL): it is left out.\n');
    return undefined;
  }
}

/**
 * Works in a fresh schema, which is gone afterwards.
 *
 * @template Answer
 * @param {string} server
 * @param {(url: string, size: () => Promise<number>) => Promise<Answer>} work
 */
export async function withSchema(server, work) {
  const schema = `keywright_bench_${process.pid}`;
  await query(server, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await query(server, `CREATE SCHEMA ${schema}`);
  const options = encodeURIComponent(`-c search_path=${schema}`);
  const url = `${server}${server.includes('?') ? '&' : '?'}options=${options}`;
  const size = async () => {
    const sizes = `SELECT sum(pg_total_relation_size(c.oid)) AS size FROM pg_class c JOIN pg_namespace n
      ON n.oid = c.relnamespace WHERE n.nspname = '${schema}' AND c.relkind = 'r'`;
    return Number((await query(server, sizes))[0]?.size);
  };
  try {
    return await work(url, size);
  } finally {
    await query(server, `DROP SCHEMA ${schema} CASCADE`);
    // Leaves nothing to do behind for whoever is measured next.
    await query(server, 'CHECKPOINT').catch(() => undefined);
  }
}

/**
 * @param {string} url
 * @param {string} sql
 */
async function query(url, sql) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
