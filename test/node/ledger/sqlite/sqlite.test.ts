import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Ledger } from '../../../../src/node/ledger/model/ledger.js';
import { createLedger, openLedger } from '../../../../src/node/ledger/open-ledger.js';
import type { SqliteDriver } from '../../../../src/node/ledger/sqlite/sqlite-driver.js';
import { newFolder } from '../../../new-folder.js';
import { type Contender, describeLedger } from '../contract.js';

const folder = newFolder();

function contender(sqliteDriver: SqliteDriver['name']): Contender {
  const opened = new Map<Ledger, readonly [path: string, secret: Uint8Array]>();
  let next = 0;
  const open = async (path: string, secret: Uint8Array) => {
    const ledger = await openLedger(path, { secret, sqliteDriver });
    opened.set(ledger, [path, secret]);
    return ledger;
  };
  return {
    open: async ({ exact = false } = {}) => {
      const path = join(folder, `${sqliteDriver.replace(':', '-')}-${next++}.db`);
      const secret = randomBytes(32);
      const comparison = exact ? 'exact' : 1;
      await createLedger(path, { secret, comparison, now: new Date(), sqliteDriver });
      return open(path, secret);
    },
    reopen: (ledger) => open(...(opened.get(ledger) ?? ['', new Uint8Array()])),
  };
}

describeLedger('SQLite by libsql', contender('libsql'));

if (process.getBuiltinModule?.('node:sqlite') !== undefined) {
  describeLedger('SQLite by node:sqlite', contender('node:sqlite'));
}
