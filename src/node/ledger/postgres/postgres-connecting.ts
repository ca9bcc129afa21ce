import { connectPostgres, type PostgresConnection, PostgresFailure } from './postgres-driver.js';
import type { PostgresHosts } from './postgres-hosts.js';
import { NO_WRITES } from './postgres-trouble.js';

/** Why another server is tried: this one cannot be reached, starts, has no room, or is something else. libpq does so, too. */
const ELSEWHERE = /^(08...|57P..|53...|E[A-Z]+|NO_TLS)$/;

const ASK_MS = 15_000;

/**
 * Connects to the first of some servers that will do. One that refuses user, password or certificate ends it: the next
 * would be asked with what this one would not have.
 *
 * @throws {PostgresFailure} of the first server; or `NO_WRITES`: one is wanted that takes writes, and those that answer take
 * none.
 */
export async function connectOne(
  { urls, writable, connectMs }: PostgresHosts,
  signal: AbortSignal | undefined,
): Promise<PostgresConnection> {
  const failures: PostgresFailure[] = [];
  for (const url of urls) {
    try {
      const connection = await connectPostgres(url, { signal, connectMs });
      if (!writable || (await tellsWhether(connection, connectMs))) return connection;
      await connection.end();
      failures.unshift(new PostgresFailure(NO_WRITES));
    } catch (error) {
      if (!(error instanceof PostgresFailure) || !ELSEWHERE.test(error.code)) throw error;
      failures.push(error);
    }
  }
  throw failures[0] ?? new PostgresFailure(NO_WRITES);
}

/** As {@link takesWrites}; a connection that does not tell is of no use, and ended. */
async function tellsWhether(connection: PostgresConnection, longest: number | undefined): Promise<boolean> {
  try {
    return await takesWrites(connection, longest);
  } catch (error) {
    connection.hangUp();
    await connection.end();
    throw error;
  }
}

/** A standby says no, and so does a server whose users may only read. */
async function takesWrites(connection: PostgresConnection, longest = ASK_MS): Promise<boolean> {
  const timer = setTimeout(() => connection.hangUp(), longest);
  try {
    const { rows } = await connection.query('SHOW transaction_read_only', []);
    return rows[0]?.['transaction_read_only'] === 'off';
  } finally {
    clearTimeout(timer);
  }
}
