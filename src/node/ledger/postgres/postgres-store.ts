import { damagedLedger, ledgerExists, missingLedger, newerLedger } from '../model/ledger-error.js';
import type { LedgerHeader } from '../model/store.js';
import { MIGRATIONS, type Migration, migrate, readHeader, versionOf, writeHeader } from '../sql/schema.js';
import { SqlStore } from '../sql/sql-store.js';
import { PostgresFailure } from './postgres-driver.js';
import { PostgresEngine, type PostgresOptions } from './postgres-engine.js';

/** How a ledger in PostgreSQL is opened. */
export interface PostgresStoreOptions extends PostgresOptions {
  /** For tests of later versions. */
  readonly migrations?: readonly Migration[] | undefined;
}

/**
 * Makes a ledger in the schema that the connection writes to (its `search_path`), in one transaction.
 *
 * @throws {KeywrightError} `file_exists`; `missing_driver`; `unreachable_ledger`; `invalid_option`.
 */
export async function createPostgres(
  url: string,
  header: LedgerHeader,
  { migrations = MIGRATIONS, ...options }: PostgresStoreOptions = {},
): Promise<void> {
  const engine = new PostgresEngine(url, options);
  await engine.connect();
  try {
    await engine.transaction('write', async (transaction) => {
      try {
        await migrate(transaction, 'postgres', 0, header.createdAt, migrations);
      } catch (error) {
        // 23505: somebody else makes the same tables at this moment.
        const exists = error instanceof PostgresFailure && ['42P07', '23505'].includes(error.code);
        throw exists ? ledgerExists(url) : error;
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
 * @throws {KeywrightError} `missing_ledger`; `damaged_ledger`: a newer or a damaged one; `missing_driver`;
 * `unreachable_ledger`; `invalid_option`.
 */
export async function openPostgresStore(
  url: string,
  { migrations = MIGRATIONS, ...options }: PostgresStoreOptions = {},
): Promise<SqlStore> {
  const newest = migrations.at(-1)?.version ?? 0;
  const engine = new PostgresEngine(url, options);
  await engine.connect();
  try {
    const version = await engine.transaction('read', versionOf);
    if (version > newest) throw newerLedger(url, version, newest);
    if (version < newest) {
      await engine.transaction('write', async (transaction) => {
        await transaction.all('SELECT id FROM keywright_ledger FOR UPDATE', []);
        // Another process may have been faster.
        await migrate(transaction, 'postgres', await versionOf(transaction), new Date(), migrations);
      });
    }
    const header = await engine.transaction('read', readHeader);
    if (header === undefined) throw missingLedger(url);
    return new SqlStore(engine, header, newest);
  } catch (error) {
    await engine.close();
    throw error instanceof TypeError ? damagedLedger(url, 'is damaged: restore it from a backup') : error;
  }
}
