import type { CopiedStore } from '../model/copying.js';
import type { EngineOptions } from '../model/engine.js';
import { ledgerPlace } from '../model/ledger-place.js';
import { engineOf, type LedgerOptions } from '../open-ledger.js';
import { ledgerKeys } from '../root-key.js';
import { givenSecret } from '../secret.js';
import type { CopyReport } from './copy-report.js';
import { type CopyChoices, copyStores } from './copy-stores.js';

/** How {@link copyLedger} reaches both ledgers. */
export interface CopyOptions extends CopyChoices, EngineOptions {
  /** Usually `process.env`: for names as `env:NAME`, and for `KEYWRIGHT_LEDGER_SECRET`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The secret of the ledger that is copied: 32 random bytes or more, or a file that holds them as hex or base64. */
  readonly fromSecret?: Uint8Array | undefined;
  readonly fromSecretFile?: string | undefined;
  /** The secret of the other one. */
  readonly toSecret?: Uint8Array | undefined;
  readonly toSecretFile?: string | undefined;
}

/**
 * Copies all that a ledger holds into another, of whatever engine: into a new one, which becomes its copy under a secret of its
 * own, or into a copy from before, which gets what it lacks. One verb to move, to back up, to restore, and to make one of ledgers
 * that went apart. The other ledger shows all of it or nothing, and issues nothing meanwhile. A copy that was cut off goes on when
 * it is repeated.
 *
 * @returns what was done. Where `refused`, `conflicts` say why, and nothing was changed.
 * @throws {KeywrightError} `same_file`: both are one; `other_ledger`: the other one holds keys of its own; `damaged_ledger`: what
 * is to be copied is damaged; `moved_ledger`: it went on elsewhere; `unfinished_copy`: a copy into it, or another one into the
 * other ledger, was cut off; `lost_claim`: others claimed batches there meanwhile, repeat it; else as `openLedger`.
 *
 * @example
 * await createLedger('backup.db', { now: new Date() });
 * const { batches } = await copyLedger('issued.db', 'backup.db', { now: new Date() });
 * batches; // 0
 */
export async function copyLedger(from: string, to: string, options: CopyOptions): Promise<CopyReport> {
  const { fromSecret, fromSecretFile, toSecret, toSecretFile, signal } = options;
  const [source, target] = [ledgerPlace(from, options.env), ledgerPlace(to, options.env)];
  const given = await givenSecret({ secret: toSecret, secretFile: toSecretFile, env: options.env, signal });
  const opened = await engineOf(source).open(source, options);
  try {
    // What the environment holds may be meant for the other one alone.
    const env = opened.header.root.wrapping === 'bare' ? undefined : options.env;
    const secret = await givenSecret({ secret: fromSecret, secretFile: fromSecretFile, env, signal });
    const store = await engineOf(target).open(target, options);
    try {
      return await copyStores({ store: opened, secret }, { store, secret: given }, options);
    } finally {
      await store.close();
    }
  } finally {
    await opened.close();
  }
}

/**
 * Says that what was issued since a backup is in the ledger that was restored from it, which issues again from now on. Returns
 * whether that had to be said.
 *
 * @throws {KeywrightError} as `openLedger`.
 *
 * @example
 * await confirmRestored('issued.db', {}); // false
 */
export function confirmRestored(name: string, options: LedgerOptions): Promise<boolean> {
  return atStore(name, options, (store) => store.confirmRestored());
}

/**
 * Drops a copy into a ledger that was cut off and cannot be repeated, for what it came from is lost: nothing that it brought is
 * left, and the ledger issues again. A copy that is under way ends with an error. Returns whether there was one.
 *
 * @throws {KeywrightError} as `openLedger`.
 *
 * @example
 * await dropCopy('issued.db', {}); // false
 */
export function dropCopy(name: string, options: LedgerOptions): Promise<boolean> {
  return atStore(name, options, (store) => store.dropArrival());
}

/** Only for who has the secret. */
async function atStore<T>(
  name: string,
  options: LedgerOptions,
  work: (store: CopiedStore) => Promise<T>,
): Promise<T> {
  const place = ledgerPlace(name, options.env);
  const secret = await givenSecret(options);
  const store = await engineOf(place).open(place, options);
  try {
    ledgerKeys(store.name, store.header, secret);
    return await work(store);
  } finally {
    await store.close();
  }
}
