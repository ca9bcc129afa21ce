import { once } from 'node:events';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { QueryResult } from 'pg';
import { KeywrightError } from '../../../core/errors.js';
import { installCommand } from '../../files/install-command.js';
import { withoutWarning } from '../model/driver-warning.js';
import type { SqlRow, SqlValue } from '../sql/sql-value.js';

/** What a statement came to; of several, the last. */
export interface PostgresResult {
  readonly rows: readonly SqlRow[];
  readonly changed: number;
}

/** What a connection is asked for. */
export interface PostgresQueries {
  /** Runs one statement; values stand in it as `$1` and so on. @throws {PostgresFailure} */
  query(sql: string, values: readonly SqlValue[]): Promise<PostgresResult>;
  /**
   * Sends `parts` to a `COPY … FROM STDIN` and returns how many rows the server says it took; absent where
   * `pg-copy-streams` is not installed. @throws {PostgresFailure}
   */
  readonly copy?: ((sql: string, parts: Iterable<Uint8Array>) => Promise<number>) | undefined;
}

/** One connection to a PostgreSQL server. */
export interface PostgresConnection extends PostgresQueries {
  /** Whether it is of no more use. */
  readonly lost: boolean;
  /** The URL of its server alone. */
  readonly url: string;
  /** How many bytes went either way; undefined while nothing is asked of the server. */
  readonly moved: number | undefined;
  /** How many commits the server did not wait for its standby with, and said so. */
  readonly unconfirmed: number;
  end(): Promise<void>;
  /** Ends it at once: whoever waits for an answer is told. */
  hangUp(): void;
}

/** How a connection is made. */
export interface ConnectingOptions {
  /** Ends the connection. */
  readonly signal?: AbortSignal | undefined;
  /** The longest that it may take. */
  readonly connectMs?: number | undefined;
}

/** PostgreSQL or the way to it refused. `code` is an SQLSTATE, or the system's name as `ECONNREFUSED`. */
export class PostgresFailure extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`PostgreSQL error ${code}`);
    this.name = 'PostgresFailure';
    this.code = code;
  }
}

const CONNECT_MS = 15_000;
/** An idle connection is tried after this: some networks forget it after some minutes. */
const KEEP_ALIVE_MS = 30_000;
/** Where the server says that a commit did not wait for its standby: the words are in its own language. */
const STANDBY_WAIT = 'SyncRepWaitForLSN';
/** connection_failure: what a connection that ends without a word is taken for. */
const CONNECTION_FAILURE = '08006';
/** invalid_password: also where one is asked for and none is given. */
const NO_PASSWORD = '28P01';
/** Ours: the URL asks for TLS, and the server has none. */
const NO_TLS = 'NO_TLS';
/** Ours: the server asks for the password itself, and everybody on the way would read it. */
const CLEAR_PASSWORD = 'CLEAR_PASSWORD';

/**
 * Connects with the package `pg`, and with `pg-copy-streams` where it is installed. A password is sent as it is only over
 * TLS, to this machine, or where the URL says `sslmode=disable`.
 *
 * @throws {KeywrightError} `missing_driver`; `invalid_option`: no URL. @throws {PostgresFailure}
 */
export async function connectPostgres(
  url: string,
  { signal, connectMs = CONNECT_MS }: ConnectingOptions = {},
): Promise<PostgresConnection> {
  const [Client, copyFrom] = await Promise.all([loadClient(), loadCopy()]);
  const socket = new Socket();
  const settings = {
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: 'keywright',
  };
  let client: InstanceType<typeof Client>;
  try {
    const options = { connectionString: url, stream: () => socket, ...settings };
    // It says what a later version of pg will make of sslmode.
    client = withoutWarning(/SSL modes/, () => new Client(options));
  } catch {
    const message = 'the ledger is no PostgreSQL URL: write it as postgres://user@host/database';
    throw new KeywrightError('invalid_option', message, { option: 'ledger' });
  }
  let lost = false;
  const lose = () => {
    lost = true;
  };
  client.on('error', lose);
  client.on('end', lose);
  let unconfirmed = 0;
  client.on('notice', ({ routine }) => {
    if (routine === STANDBY_WAIT) unconfirmed++;
  });
  let isClear = false;
  // Heard before pg answers, which it cannot do any more then.
  client.connection.on('authenticationCleartextPassword', () => {
    isClear = !client.ssl && !isLoopback(socket.remoteAddress) && !/[?&]sslmode=disable(?![^&#])/.test(url);
    if (isClear) socket.destroy();
  });
  const hangUp = () => socket.destroy();
  signal?.addEventListener('abort', hangUp, { once: true });
  await client.connect().catch((error: unknown) => {
    // pg leaves it open when it is pg that gives up.
    socket.destroy();
    signal?.removeEventListener('abort', hangUp);
    throw isClear ? new PostgresFailure(CLEAR_PASSWORD) : refusal(error);
  });
  let asked = 0;
  const attempt = <T>(work: Promise<T>): Promise<T> => {
    asked++;
    return work
      .catch((error: unknown) => {
        throw failure(error);
      })
      .finally(() => {
        asked--;
      });
  };
  return {
    url,
    hangUp,
    get lost() {
      return lost;
    },
    get moved() {
      return asked === 0 ? undefined : socket.bytesRead + socket.bytesWritten;
    },
    get unconfirmed() {
      return unconfirmed;
    },
    query: async (sql, values) => {
      const results: readonly QueryResult[] = [await attempt(client.query(sql, values.map(bound)))].flat();
      const result = results.at(-1);
      return { rows: result?.rows ?? [], changed: result?.rowCount ?? 0 };
    },
    copy:
      copyFrom &&
      (async (sql: string, parts: Iterable<Uint8Array>) => {
        const stream = client.query(copyFrom(sql));
        // A connection that ends in mid-copy is told to the client, never to the stream.
        const ended = new AbortController();
        const gone = once(client, 'end', { signal: ended.signal }).then(
          () => Promise.reject(new PostgresFailure(CONNECTION_FAILURE)),
          () => undefined,
        );
        try {
          await attempt(Promise.race([pipeline(Readable.from(parts), stream), gone]));
        } finally {
          ended.abort();
        }
        return stream.rowCount;
      }),
    end: () => {
      signal?.removeEventListener('abort', hangUp);
      return client.end().catch(() => undefined);
    },
  };
}

async function loadClient() {
  try {
    return (await import('pg')).default.Client;
  } catch (error) {
    const install = installCommand('pg', 'pg-copy-streams');
    const message = `a ledger in PostgreSQL needs the package pg: run "${install}"`;
    throw new KeywrightError('missing_driver', message, { package: 'pg' }, { cause: error });
  }
}

async function loadCopy() {
  try {
    return (await import('pg-copy-streams')).from;
  } catch {
    return undefined;
  }
}

function bound(value: SqlValue): string | number | Buffer | null {
  if (!(value instanceof Uint8Array)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** Whether an address is this machine's: of a Unix socket there is none. */
export function isLoopback(address: string | undefined): boolean {
  return address === undefined || /^(::ffff:)?127\.|^::1$/.test(address);
}

/** What pg itself finds wrong with the server has no code. */
function refusal(error: unknown): unknown {
  const failed = failure(error);
  if (!(failed instanceof Error) || failed instanceof PostgresFailure) return failed;
  if (/password|SASL/i.test(failed.message)) return new PostgresFailure(NO_PASSWORD);
  return new PostgresFailure(/SSL/.test(failed.message) ? NO_TLS : CONNECTION_FAILURE);
}

/** Messages of the server may quote values, and those of the network the address: only the code is kept. */
function failure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof PostgresFailure) return error;
  if ('code' in error && typeof error.code === 'string') return new PostgresFailure(error.code);
  if (error instanceof AggregateError) return failure(error.errors[0]);
  if (/terminated|timeout|not queryable|closed/i.test(error.message))
    return new PostgresFailure(CONNECTION_FAILURE);
  return error;
}
