import { setTimeout as delay } from 'node:timers/promises';
import { connectPostgres, type PostgresConnection, PostgresFailure } from './postgres-driver.js';
import { NO_STANDBY } from './postgres-trouble.js';

/** A transaction as the server knows it: no other one is taken for it, also where a pooler hands sessions around. */
export interface ServerTransaction {
  readonly pid: number;
  /** When it began, in microseconds, as a text. */
  readonly since: string;
}

/** When one is asked after. */
interface WatchOptions {
  /** After so many milliseconds without a byte. */
  readonly quietMs: number;
  /** How long a commit may wait for a standby. */
  readonly standbyMs: number;
  readonly signal: AbortSignal | undefined;
}

/** A time in SQL as {@link ServerTransaction.since}; another connection works out the same. */
export const sinceOf = (time: string) => `(extract(epoch FROM ${time}) * 1000000)::bigint::text`;

const ASKED = `SELECT state = 'active' AND wait_event_type IS DISTINCT FROM 'Client' AS busy, wait_event = 'SyncRep' AS waits
  FROM pg_stat_activity WHERE pid = $1 AND ${sinceOf('xact_start')} = $2`;

/** One that nobody hears any more would hold its locks until the server's network gives up: for hours. */
const ENDED = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE pid = $1 AND ${sinceOf('xact_start')} = $2 AND usename = current_user`;

const UNREACHABLE = /^(08...|E[A-Z]+)$/;
/** Less would take a busy server for one that is gone. */
const LEAST_ASK_MS = 1_000;
/** Silences in a row, after each of which the server could not be asked, or knew nothing yet. */
const MOST_SILENCES = 2;

/**
 * Watches over a connection while a transaction is at work. One that hangs, for something on the way stopped forwarding, is
 * told from a statement that takes its time: the server is asked on another connection. One that hangs is ended.
 */
export class PostgresWatch {
  /** Once it has begun. */
  transaction: ServerTransaction | undefined;
  /** Why the connection was ended, where trying again would be of no use. */
  verdict: PostgresFailure | undefined;
  readonly #connection: PostgresConnection;
  readonly #options: WatchOptions;
  readonly #stopping = new AbortController();
  #silences = 0;
  #waitingSince: number | undefined;

  constructor(connection: PostgresConnection, options: WatchOptions) {
    this.#connection = connection;
    this.#options = options;
    void this.#watch();
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    let before: number | undefined;
    while (!signal.aborted && !this.#connection.lost) {
      await delay(this.#options.quietMs, undefined, { signal, ref: false }).catch(() => undefined);
      const { moved } = this.#connection;
      const isQuiet = moved !== undefined && moved === before;
      before = moved;
      if (!isQuiet) this.#silences = 0;
      else if (!signal.aborted && !(await this.#isAlive(moved))) this.#connection.hangUp();
    }
  }

  async #isAlive(moved: number): Promise<boolean> {
    const { signal, quietMs } = this.#options;
    const connectMs = Math.max(LEAST_ASK_MS, quietMs / 2);
    let other: PostgresConnection;
    try {
      other = await connectPostgres(this.#connection.url, { signal, connectMs });
    } catch (error) {
      // A server that refuses another connection has said something.
      return !(error instanceof PostgresFailure && UNREACHABLE.test(error.code)) || this.#isPatient();
    }
    const timer = setTimeout(() => other.hangUp(), connectMs);
    try {
      return await this.#isKnown(other, moved);
    } catch {
      return this.#isPatient();
    } finally {
      clearTimeout(timer);
      await other.end();
    }
  }

  async #isKnown(other: PostgresConnection, moved: number): Promise<boolean> {
    if (this.transaction === undefined) return this.#isPatient();
    const { pid, since } = this.transaction;
    await other.query('BEGIN READ ONLY; SET LOCAL search_path = pg_catalog', []);
    const [row] = (await other.query(ASKED, [pid, since])).rows;
    if (this.#connection.moved !== moved || this.#stopping.signal.aborted) return true;
    const isBusy = row?.['busy'] === true;
    if (isBusy && row?.['waits'] === true) return this.#mayWait();
    if (!isBusy) await other.query(ENDED, [pid, since]);
    return isBusy;
  }

  #isPatient(): boolean {
    return ++this.#silences < MOST_SILENCES;
  }

  /** For a commit that waits for its standby no time-out of the server holds. */
  #mayWait(): boolean {
    this.#waitingSince ??= performance.now();
    if (performance.now() - this.#waitingSince < this.#options.standbyMs) return true;
    this.verdict = new PostgresFailure(NO_STANDBY);
    return false;
  }
}
