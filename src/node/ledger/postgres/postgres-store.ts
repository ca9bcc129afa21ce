import type { EngineOptions, LedgerEngine } from '../model/engine.js';
import { ledgerExists } from '../model/ledger-error.js';
import type { LedgerPlace } from '../model/ledger-place.js';
import type { LedgerHeader } from '../model/store.js';
import { sensibly } from '../sql/row-columns.js';
import {
  MIGRATIONS,
  type Migration,
  migrate,
  readHeader,
  refuseOtherVersion,
  versionOf,
  writeHeader,
} from '../sql/schema.js';
import { SqlStore } from '../sql/sql-store.js';
import { PostgresFailure } from './postgres-driver.js';
import { PostgresEngine, type PostgresOptions } from './postgres-engine.js';

/** How a ledger in PostgreSQL is opened. */
export interface PostgresStoreOptions extends PostgresOptions {
  /** For tests of later versions. */
  readonly migrations?: readonly Migration[] | undefined;
}

/** Ledgers in PostgreSQL databases. */
export const POSTGRES: LedgerEngine = {
  takes: (place) => /^postgres(ql)?:\/\//i.test(place),
  create: (place, header, { longestWait, signal, onWarning }: EngineOptions) =>
    createPostgres(place, header, { longestWait, signal, onWarning }),
  open: (place, { longestWait, signal, onWarning, portable }) =>
    openPostgresStore(place, { longestWait, signal, onWarning, portable }),
};

/**
 * Makes a ledger in the schema that the connection writes to (its `search_path`), in one transaction.
 *
 * @throws {KeywrightError} `file_exists`; `missing_driver`; `unreachable_ledger`; `invalid_option`.
 */
export async function createPostgres(
  place: LedgerPlace,
  header: LedgerHeader,
  { migrations = MIGRATIONS, ...options }: PostgresStoreOptions = {},
): Promise<void> {
  const engine = new PostgresEngine(place, options);
  await engine.connect('create');
  try {
    await engine.transaction('create', async (transaction) => {
      try {
        await migrate(transaction, 'postgres', 0, header.createdAt, migrations);
      } catch (error) {
        // 23505: somebody else makes the same tables at this moment.
        const exists = error instanceof PostgresFailure && ['42P07', '23505'].includes(error.code);
        throw exists ? ledgerExists(place.shown) : error;
      }
      await writeHeader(transaction, header);
    });
  } finally {
    await engine.close();
  }
}

/**
 * Opens a ledger in PostgreSQL; one of an older version is brought up to date.
 *
 * @throws {KeywrightError} `missing_ledger`; `damaged_ledger`: of another version, or damaged; `missing_driver`;
 * `unreachable_ledger`; `invalid_option`.
 */
export async function openPostgresStore(
  place: LedgerPlace,
  { migrations = MIGRATIONS, ...options }: PostgresStoreOptions = {},
): Promise<SqlStore> {
  const newest = migrations.at(-1)?.version ?? 0;
  const engine = new PostgresEngine(place, options);
  await engine.connect('open');
  try {
    return await sensibly(place.shown, async () => {
      const version = await engine.transaction('version', versionOf);
      refuseOtherVersion(place.shown, version, migrations);
      if (version < newest) {
        // The tables of an older version may be fewer; what there is at its end is looked at.
        await engine.transaction('create', async (transaction) => {
          await transaction.all('SELECT id FROM keywright_ledger FOR UPDATE', []);
          // Another process may have been faster.
          await migrate(transaction, 'postgres', await versionOf(transaction), new Date(), migrations);
        });
      }
      return new SqlStore(engine, await engine.transaction('read', readHeader), newest);
    });
  } catch (error) {
    await engine.close();
    throw error;
  }
}
