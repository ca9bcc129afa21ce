import type { Comparison } from '../../core/dedupe/compared-text.js';
import { KeywrightError } from '../../core/errors.js';
import { ENGINES } from './engines.js';
import { KeyedLedger } from './keyed-ledger.js';
import { ledgerFiles } from './ledger-files.js';
import type { EngineOptions, LedgerEngine } from './model/engine.js';
import type { Ledger } from './model/ledger.js';
import { type LedgerPlace, ledgerPlace } from './model/ledger-place.js';
import { ledgerKeys, newLedger, rewrappedRoot } from './root-key.js';
import { givenSecret, otherRotation, type SecretSources } from './secret.js';

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

/** The secret that a ledger is to have. */
export interface RotateOptions extends LedgerOptions {
  /** 32 random bytes or more, or a file that holds them as hex or base64, for its owner's eyes only. */
  readonly newSecret?: Uint8Array | undefined;
  readonly newSecretFile?: string | undefined;
  readonly now: Date;
}

/**
 * Gives a ledger another secret, or its first: the root key is wrapped anew in one transaction, and no tag changes. Whatever
 * interrupts it, either the old secret opens the ledger or the new one. A ledger that was made without a secret still takes
 * no formats under 80 bits, for copies of it may be about. Who holds an old copy opens that with the old secret.
 *
 * @returns whether it was done now: false where it had that secret already.
 * @throws {KeywrightError} `wrong_secret`: the old one is another, or the new one none; or another run changed it at this
 * moment; else as {@link openLedger}.
 *
 * @example
 * await rotateLedger('issued.db', { newSecret: crypto.getRandomValues(new Uint8Array(32)), now: new Date() }); // true
 */
export async function rotateLedger(name: string, options: RotateOptions): Promise<boolean> {
  const { newSecret, newSecretFile, now, signal } = options;
  const place = ledgerPlace(name, options.env);
  const next = await givenSecret({ secret: newSecret, secretFile: newSecretFile, signal });
  if (next === undefined) throw noNewSecret();
  const secret = await givenSecret(options);
  const store = await engineOf(place).open(place, options);
  try {
    const { header } = store;
    const root = rewrappedRoot(place.shown, header, secret, next);
    if (root === undefined) return false;
    if (await store.replaceRoot(header.root, root, now)) return true;
    throw otherRotation(place.shown);
  } finally {
    await store.close();
  }
}

function noNewSecret(): KeywrightError<'invalid_option'> {
  const message = 'there is no new secret: give a file that holds 32 random bytes';
  return new KeywrightError('invalid_option', message, { option: 'newSecretFile' });
}

/** Of a name that none takes nothing is repeated, for it may be a URL with a password. */
export function engineOf({ at }: LedgerPlace): LedgerEngine {
  const engine = ENGINES.find(({ takes }) => takes(at));
  if (engine !== undefined) return engine;
  const message = 'a ledger is a file or a PostgreSQL database: give a path or a postgres:// URL';
  throw new KeywrightError('invalid_option', message, { option: 'ledger' });
}
