import type { Comparison } from '../../core/dedupe/compared-text.js';
import { KeywrightError } from '../../core/errors.js';
import { shownText } from '../files/file-error.js';
import { KeyedLedger } from './keyed-ledger.js';
import type { Ledger } from './model/ledger.js';
import { isPostgresUrl } from './model/ledger-error.js';
import { createPostgres, openPostgresStore } from './postgres/postgres-store.js';
import { checkOf, givenSecret, matchingSecret, newSecret, type SecretSources } from './secret.js';
import { createSqlite, openSqliteStore, type SqliteOptions } from './sqlite/sqlite-file.js';

/** How {@link openLedger} and {@link createLedger} reach a ledger. */
export interface LedgerOptions extends SecretSources {
  /** Usually `process.env`: for a name as `env:NAME`, and for `KEYWRIGHT_LEDGER_SECRET`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Told what a careful issuer would want to hear. */
  readonly onWarning?: ((warning: string) => void) | undefined;
  /** Ends with its reason the waiting for other processes or for the server. */
  readonly signal?: AbortSignal | undefined;
  /** How long that is, in milliseconds. Default: ten minutes for a file, two for PostgreSQL. */
  readonly longestWait?: number | undefined;
  /**
   * For a file, where both drivers are there: which. Default: `node:sqlite` from Node.js 22.13 on. A process opens one
   * file with one of them: two copies of SQLite in a process do not see each other's locks.
   */
  readonly sqliteDriver?: SqliteOptions['driver'] | undefined;
  /** For PostgreSQL: work without temporary tables and COPY. */
  readonly portable?: boolean | undefined;
}

/** What a new ledger is like. */
export interface NewLedgerOptions extends LedgerOptions {
  /** Default 1: canonical form v1. */
  readonly comparison?: Comparison | undefined;
  readonly now: Date;
}

/**
 * Opens a ledger: the path of a file, `postgres://…`, or `env:NAME` for what that variable holds. It is never
 * made in passing. Close it when done.
 *
 * @throws {KeywrightError} `missing_ledger`; `damaged_ledger`: no ledger, a newer or a damaged one; `wrong_secret`;
 * `missing_driver`; `unreachable_ledger`; `invalid_option`; what is said of a secret's file: `missing_file`,
 * `damaged_file`, `exposed_file`.
 *
 * @example
 * const ledger = await openLedger('issued.db', { env: process.env });
 * const claim = await ledger.claim(batch);
 */
export async function openLedger(name: string, options: LedgerOptions = {}): Promise<Ledger> {
  const place = placeOf(name, options.env);
  const given = await givenSecret(options);
  const { longestWait, signal, onWarning, portable, sqliteDriver: driver } = options;
  const store = isPostgresUrl(place)
    ? await openPostgresStore(place, { longestWait, signal, portable })
    : await openSqliteStore(place, { longestWait, signal, onWarning, driver });
  try {
    return new KeyedLedger(store, matchingSecret(place, store.header, given));
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Makes a ledger where there is none. Without a secret it makes one and stores it inside: whoever has that ledger
 * can test guesses, so it takes no formats under 80 bits.
 *
 * @throws {KeywrightError} `file_exists`: there is one, untouched; `unwritable_file`; else as {@link openLedger}.
 *
 * @example
 * const { secret } = await createLedger('issued.db', { now: new Date() }); // 'inside'
 */
export async function createLedger(
  name: string,
  options: NewLedgerOptions,
): Promise<{ readonly secret: 'inside' | 'outside' }> {
  const place = placeOf(name, options.env);
  const given = await givenSecret(options);
  const secret = given ?? newSecret();
  const header = {
    comparison: options.comparison ?? 1,
    secret: given === undefined ? secret : null,
    check: checkOf(secret),
    createdAt: options.now,
  };
  const { longestWait, signal, onWarning, sqliteDriver: driver } = options;
  if (isPostgresUrl(place)) await createPostgres(place, header, { longestWait, signal });
  else await createSqlite(place, header, { longestWait, signal, onWarning, driver });
  return { secret: given === undefined ? 'inside' : 'outside' };
}

function placeOf(name: string, env: LedgerOptions['env']): string {
  if (!name.startsWith('env:')) return placeIn(name);
  const variable = name.slice('env:'.length);
  if (variable === '') throw refusedName('env: names no environment variable: write env:NAME');
  const place = env?.[variable] ?? '';
  if (place !== '') return placeIn(place);
  throw refusedName(
    `the environment variable ${shownText(variable)} is not set: put the ledger's path or URL into it`,
  );
}

function placeIn(name: string): string {
  if (name === '') throw refusedName('the name of the ledger is empty: give a path or a postgres:// URL');
  // What follows may be a password, so nothing of it is repeated.
  const stranger = /^([a-z][a-z0-9+.-]*:\/\/|postgres(ql)?:)/i.test(name) && !isPostgresUrl(name);
  if (stranger)
    throw refusedName('a ledger is a file or a PostgreSQL database: give a path or a postgres:// URL');
  return name;
}

function refusedName(message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', message, { option: 'ledger' });
}
