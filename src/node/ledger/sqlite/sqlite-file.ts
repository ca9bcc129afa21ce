import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, shownText } from '../../files/file-error.js';
import { unwritable } from '../../files/write-error.js';
import { giveName, syncDirectory } from '../../publish/given-name.js';
import { hiddenName } from '../../publish/temporary-name.js';
import {
  damagedLedger,
  ledgerExists,
  missingLedger,
  newerLedger,
  unreachableLedger,
} from '../model/ledger-error.js';
import type { LedgerHeader } from '../model/store.js';
import type { Patience } from '../model/waiting.js';
import { MIGRATIONS, type Migration, migrate, readHeader, versionOf, writeHeader } from '../sql/schema.js';
import { SqlStore } from '../sql/sql-store.js';
import { openSqlite, type SqliteDriver, SqliteFailure } from './sqlite-driver.js';
import { SqliteEngine } from './sqlite-engine.js';
import { sqliteTrouble } from './sqlite-trouble.js';

/** How a ledger in a file is opened. */
export interface SqliteOptions extends Patience {
  /** The driver to use, where both are there. */
  readonly driver?: SqliteDriver['name'] | undefined;
  /** Told what a careful issuer would want to hear. */
  readonly onWarning?: ((warning: string) => void) | undefined;
  /** For tests of later versions. */
  readonly migrations?: readonly Migration[] | undefined;
}

/** `kwrt`: what tells a ledger from other SQLite files (https://www.sqlite.org/fileformat.html, offset 68). */
const APPLICATION_ID = 0x6b777274;

/**
 * Makes a ledger in a file that does not exist yet, mode 0600. It is written under another name first and then
 * linked: of several processes that make the same one, one succeeds, and nobody ever sees half of one.
 *
 * @throws {KeywrightError} `file_exists`; `unwritable_file`; `missing_driver`; `unreachable_ledger`.
 */
export async function createSqlite(
  path: string,
  header: LedgerHeader,
  { driver: prefer, onWarning, migrations = MIGRATIONS }: SqliteOptions = {},
): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) throw ledgerExists(path);
  warnOfNetwork(path, onWarning);
  const temporary = hiddenName(path, 'tmp');
  try {
    closeSync(openSync(temporary, 'wx', 0o600));
    const driver = await openSqlite(temporary, prefer);
    const engine = new SqliteEngine(driver, path);
    try {
      // A chunk of a large batch touches every page: fewer of them are sooner written.
      driver.all('PRAGMA page_size = 16384', []);
      driver.all('PRAGMA journal_mode = MEMORY', []);
      driver.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      driver.exec(`PRAGMA user_version = ${migrations.at(-1)?.version}`);
      await engine.transaction('write', async (transaction) => {
        await migrate(transaction, 'sqlite', 0, header.createdAt, migrations);
        await writeHeader(transaction, header);
      });
    } finally {
      await engine.close();
    }
    syncFile(temporary);
    if (!giveName(temporary, path)) throw ledgerExists(path);
    await syncDirectory(dirname(path));
  } catch (error) {
    throw error instanceof SqliteFailure ? sqliteTrouble(path, error.code) : unwritable(path, error);
  } finally {
    for (const ending of ['', '-journal']) rmSync(`${temporary}${ending}`, { force: true });
  }
}

/**
 * Opens a ledger in a file; one of an older version is brought up to date.
 *
 * @throws {KeywrightError} `missing_ledger`; `damaged_ledger`: a directory, no ledger, a newer or a damaged one;
 * `missing_driver`; `unreachable_ledger`.
 */
export async function openSqliteStore(path: string, options: SqliteOptions = {}): Promise<SqlStore> {
  const { migrations = MIGRATIONS } = options;
  const newest = migrations.at(-1)?.version ?? 0;
  refuseOtherThanFile(path);
  warnOfNetwork(path, options.onWarning);
  const engine = await openEngine(path, options);
  try {
    const { applicationId, version } = await engine.identity();
    if (applicationId !== APPLICATION_ID) {
      throw damagedLedger(path, 'is no ledger: name the file that "keywright ledger init" made');
    }
    if (version > newest) throw newerLedger(path, version, newest);
    await engine.configure();
    if (version < newest) await upgrade(engine, newest, migrations);
    const header = await engine.transaction('read', readHeader);
    if (header === undefined) throw damagedLedger(path, 'lacks its first record: restore it from a backup');
    return new SqlStore(engine, header, newest);
  } catch (error) {
    await engine.close();
    throw error instanceof TypeError ? damagedLedger(path, 'is damaged: restore it from a backup') : error;
  }
}

async function openEngine(path: string, options: SqliteOptions): Promise<SqliteEngine> {
  try {
    return new SqliteEngine(await openSqlite(path, options.driver), path, options);
  } catch (error) {
    throw error instanceof SqliteFailure ? sqliteTrouble(path, error.code) : error;
  }
}

async function upgrade(
  engine: SqliteEngine,
  newest: number,
  migrations: readonly Migration[],
): Promise<void> {
  await engine.transaction('write', async (transaction) => {
    // Another process may have been faster.
    await migrate(transaction, 'sqlite', await versionOf(transaction), new Date(), migrations);
    await transaction.run(`PRAGMA user_version = ${newest}`, []);
  });
}

/**
 * Looks, but opens nothing: closing a file of one's own drops the locks that this process holds on it by SQLite
 * (https://www.sqlite.org/howtocorrupt.html, section 2.2). And a driver would make a file that is not there.
 */
function refuseOtherThanFile(path: string): void {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw damagedLedger(path, 'is a directory: name a file in it');
    if (!stats.isFile()) throw damagedLedger(path, 'is no regular file: name another file');
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') throw missingLedger(path);
    throw errno === undefined
      ? error
      : unreachableLedger(path, `cannot be read (${errno}): check its permissions`);
  }
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Kinds of file systems by their magic numbers (statfs(2)). */
const NETWORK: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'CIFS',
  4266872130: 'SMB',
  16914839: '9P',
  1397113167: 'AFS',
  12805120: 'Ceph',
  198183888: 'Lustre',
  1952539503: 'OCFS2',
  18225520: 'GFS2',
};

/** The name of the network file system of this kind; undefined for one that is local or unknown. */
export function networkName(kind: number): string | undefined {
  return NETWORK[kind >>> 0];
}

function warnOfNetwork(path: string, onWarning: SqliteOptions['onWarning']): void {
  if (onWarning === undefined) return;
  let kind: number;
  try {
    kind = statfsSync(dirname(path)).type;
  } catch {
    // Where the directory cannot be looked at, opening the ledger says so.
    return;
  }
  const name = networkName(kind);
  if (name === undefined) return;
  onWarning(
    `the ledger ${shownText(path)} lies on a network file system (${name}), whose locks may fail: use PostgreSQL where several machines issue`,
  );
}
