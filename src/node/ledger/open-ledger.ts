import type { Comparison } from '../../core/dedupe/compared-text.js';
import { KeywrightError } from '../../core/errors.js';
import { ENGINES } from './engines.js';
import { KeyedLedger } from './keyed-ledger.js';
import { ledgerFiles } from './ledger-files.js';
import type { EngineOptions, LedgerEngine } from './model/engine.js';
import type { Ledger } from './model/ledger.js';
import { type LedgerPlace, ledgerPlace } from './model/ledger-place.js';
import { ledgerKeys, newLedger } from './root-key.js';
import { givenSecret, type SecretSources } from './secret.js';

/** How {@link openLedger} and {@link createLedger} reach a ledger. */
export interface LedgerOptions extends SecretSources, EngineOptions {
  /** Usually `process.env`: for a name as `env:NAME`, and for `KEYWRIGHT_LEDGER_SECRET`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Ends with its reason the waiting for other processes or for the server. */
  readonly signal?: AbortSignal | undefined;
  /** How long that is, in milliseconds. Default: ten minutes for a file, two for PostgreSQL. */
  readonly longestWait?: number | undefined;
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
 * (await ledger.status()).keys.issued; // 0
 * await ledger.close();
 */
export async function openLedger(name: string, options: LedgerOptions = {}): Promise<Ledger> {
  const place = ledgerPlace(name, options.env);
  const secret = await givenSecret(options);
  const store = await engineOf(place).open(place, options);
  try {
    const files = [
      ...ledgerFiles(place.at),
      ...(options.secretFile === undefined ? [] : [options.secretFile]),
    ];
    return new KeyedLedger(store, ledgerKeys(place.shown, store.header, secret), files);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Makes a ledger where there is none. Its root key is random, and wrapped under the secret. Without a secret it stands in
 * there bare: whoever has that ledger can test guesses, so it takes no formats under 80 bits, for ever.
 *
 * @throws {KeywrightError} `file_exists`: there is one, untouched; `unwritable_file`; else as {@link openLedger}.
 *
 * @example
 * const { secret } = await createLedger('issued.db', { now: new Date() });
 * secret; // 'none'
 */
export async function createLedger(
  name: string,
  options: NewLedgerOptions,
): Promise<{ readonly id: string; readonly secret: 'none' | 'outside' }> {
  const { comparison = 1, now: createdAt, env } = options;
  const place = ledgerPlace(name, env);
  const secret = await givenSecret(options);
  const { header } = newLedger(secret, { comparison, createdAt });
  await engineOf(place).create(place, header, options);
  return { id: header.id, secret: secret === undefined ? 'none' : 'outside' };
}

/** Of a name that none takes nothing is repeated, for it may be a URL with a password. */
function engineOf({ at }: LedgerPlace): LedgerEngine {
  const engine = ENGINES.find(({ takes }) => takes(at));
  if (engine !== undefined) return engine;
  const message = 'a ledger is a file or a PostgreSQL database: give a path or a postgres:// URL';
  throw new KeywrightError('invalid_option', message, { option: 'ledger' });
}
