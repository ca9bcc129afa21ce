import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLedger, openLedger } from '../../src/node/ledger/open-ledger.js';
import { newFolder } from '../new-folder.js';
import { newSchema, postgresServer } from '../node/ledger/postgres/postgres-server.js';
import { reserveElsewhere } from '../node/ledger/processes.js';
import { nodeWithSqlite } from '../node/ledger/sqlite/node-with-sqlite.js';

const folder = newFolder();
const native = nodeWithSqlite()?.[0];
const server = await postgresServer();

const PROCESSES = 8;
const COUNT = 500_000;

/** Half of what each process reserves is the half of another's, and all begin at once. */
async function reserveTogether(ledger: string, driver: string, node = process.execPath): Promise<void> {
  const secret = randomBytes(32);
  await createLedger(ledger, { secret, now: new Date() });
  const shares = Array.from({ length: PROCESSES }, (_, index) =>
    reserveElsewhere({
      ledger,
      secret,
      driver,
      node,
      first: (index * COUNT) / 2,
      count: COUNT,
      chunk: 100_000,
    }),
  );
  const fresh = (await Promise.all(shares)).reduce((sum, count) => sum + count, 0);
  const distinct = (COUNT / 2) * (PROCESSES + 1);
  expect(fresh).toBe(distinct);
  const opened = await openLedger(ledger, { secret });
  expect((await opened.status()).keys.issued).toBe(distinct);
  expect(await opened.verify()).toStrictEqual([]);
  await opened.close();
}

it('8 processes × 500,000 keys, half of them shared, on SQLite by libsql', () =>
  reserveTogether(join(folder, 'libsql.db'), 'libsql'));

it.skipIf(native === undefined)('and by node:sqlite', () =>
  reserveTogether(join(folder, 'native.db'), 'node:sqlite', native),
);

it.skipIf(server === undefined)('and on PostgreSQL', async () => {
  await reserveTogether(await newSchema(server ?? ''), 'any');
});
