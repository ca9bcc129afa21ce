import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { KeywrightError } from '../../../core/errors.js';
import { errnoOf } from '../../files/file-error.js';
import { giveName, syncDirectory } from '../../publish/given-name.js';
import { hiddenName } from '../../publish/temporary-name.js';
import type { LedgerEngine } from '../model/engine.js';
import { damagedLedger, ledgerExists, missingLedger, unreachableLedger } from '../model/ledger-error.js';
import type { LedgerPlace } from '../model/ledger-place.js';
import type { LedgerHeader } from '../model/store.js';
import type { Patience } from '../model/waiting.js';
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
import { openSqlite, type SqliteDriver } from './sqlite-driver.js';
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

/** Ledgers in files: whatever is no URL. */
export const SQLITE: LedgerEngine = {
  takes: (place) => !/^([a-z][a-z0-9+.-]*:\/\/|postgres(ql)?:)/i.test(place),
  create: (place, header, { longestWait, signal, onWarning, sqliteDriver: driver }) =>
    createSqlite(place, header, { longestWait, signal, onWarning, driver }),
  open: (place, { longestWait, signal, onWarning, sqliteDriver: driver }) =>
    openSqliteStore(place, { longestWait, signal, onWarning, driver }),
};

/** `kwrt`: what tells a ledger from other SQLite files (https://www.sqlite.org/fileformat.html, offset 68). */
const APPLICATION_ID = 0x6b777274;

/**
 * Makes a ledger in a file that does not exist yet, mode 0600. It is written under another name first and then
 * linked: of several processes that make the same one, one succeeds, and nobody ever sees half of one.
 *
 * @throws {KeywrightError} `file_exists`; `unwritable_file`; `missing_driver`; `unreachable_ledger`.
 */
export async function createSqlite(
  place: LedgerPlace,
  header: LedgerHeader,
  { driver: prefer, onWarning, migrations = MIGRATIONS }: SqliteOptions = {},
): Promise<void> {
  const { at: path } = place;
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) throw ledgerExists(place.shown);
  const temporary = hiddenName(path, 'tmp');
  try {
    closeSync(openSync(temporary, 'wx', 0o600));
    const driver = await openSqlite(temporary, prefer);
    const engine = new SqliteEngine(driver, place.shown);
    try {
      // A chunk of a large batch touches every page: fewer of them are sooner written.
      driver.all('PRAGMA page_size = 16384', []);
      driver.all('PRAGMA journal_mode = MEMORY', []);
      driver.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      driver.exec(`PRAGMA user_version = ${migrations.at(-1)?.version}`);
      await engine.transaction('create', async (transaction) => {
        await migrate(transaction, 'sqlite', 0, header.createdAt, migrations);
        await writeHeader(transaction, header);
      });
    } finally {
      await engine.close();
    }
    syncFile(temporary);
    if (!giveName(temporary, path)) throw ledgerExists(place.shown);
    await syncDirectory(dirname(path));
  } catch (error) {
    throw unwritableLedger(place.shown, sqliteTrouble(place.shown, error));
  } finally {
    for (const ending of ['', '-journal']) rmSync(`${temporary}${ending}`, { force: true });
  }
  warnOfNetwork(place, onWarning);
}

/**
 * Opens a ledger in a file; one of an older version is brought up to date.
 *
 * @throws {KeywrightError} `missing_ledger`; `damaged_ledger`: a directory, no ledger, a newer or a damaged one;
 * `missing_driver`; `unreachable_ledger`.
 */
export async function openSqliteStore(place: LedgerPlace, options: SqliteOptions = {}): Promise<SqlStore> {
  const { migrations = MIGRATIONS } = options;
  const newest = migrations.at(-1)?.version ?? 0;
  refuseOtherThanFile(place);
  warnOfNetwork(place, options.onWarning);
  const engine = await openEngine(place, options);
  try {
    const { applicationId, version } = await engine.identity();
    if (applicationId !== APPLICATION_ID) {
      throw damagedLedger(place.shown, 'is no ledger: name the file of one');
    }
    refuseOtherVersion(place.shown, version, migrations);
    await engine.configure();
    return await sensibly(place.shown, async () => {
      if (version < newest) await upgrade(engine, newest, migrations);
      return new SqlStore(engine, await engine.transaction('read', readHeader), newest);
    });
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function openEngine({ at, shown }: LedgerPlace, options: SqliteOptions): Promise<SqliteEngine> {
  try {
    return new SqliteEngine(await openSqlite(at, options.driver), shown, options, options.migrations);
  } catch (error) {
    throw sqliteTrouble(shown, error);
  }
}

async function upgrade(
  engine: SqliteEngine,
  newest: number,
  migrations: readonly Migration[],
): Promise<void> {
  // Its tables are those of an older version, so nobody can say yet whether they are ours.
  await engine.transaction('create', async (transaction) => {
    // Another process may have been faster.
    await migrate(transaction, 'sqlite', await versionOf(transaction), new Date(), migrations);
    await transaction.run(`PRAGMA user_version = ${newest}`, []);
  });
}

/**
 * Looks, but opens nothing: closing a file of one's own drops the locks that this process holds on it by SQLite
 * (https://www.sqlite.org/howtocorrupt.html, section 2.2). And a driver would make a file that is not there.
 */
function refuseOtherThanFile({ at, shown }: LedgerPlace): void {
  try {
    const stats = statSync(at);
    if (stats.isDirectory()) throw damagedLedger(shown, 'is a directory: name a file in it');
    if (!stats.isFile()) throw damagedLedger(shown, 'is no regular file: name another file');
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') throw missingLedger(shown, error);
    throw errno === undefined
      ? error
      : unreachableLedger(shown, `cannot be read (${errno}): check its permissions`, error);
  }
}

/** A ledger's path is told only where there is something. */
function unwritableLedger(shown: string, error: unknown): unknown {
  const errno = errnoOf(error);
  if (errno === undefined) return error;
  const message = `the ledger cannot be made at ${shown} (${errno}): check that its folder is there and may be written to`;
  return new KeywrightError('unwritable_file', message, { path: shown, errno }, { cause: error });
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

function warnOfNetwork({ at, shown }: LedgerPlace, onWarning: SqliteOptions['onWarning']): void {
  if (onWarning === undefined) return;
  let kind: number;
  try {
    kind = statfsSync(dirname(at)).type;
  } catch {
    // Where the directory cannot be looked at, opening the ledger says so.
    return;
  }
  const name = networkName(kind);
  if (name === undefined) return;
  onWarning(
    `the ledger ${shown} lies on a network file system (${name}), whose locks may fail: use PostgreSQL where several machines issue`,
  );
}
