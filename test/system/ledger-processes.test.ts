import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createLedger, openLedger } from '../../src/node/ledger/open-ledger.js';
import { newFolder } from '../new-folder.js';
import { inSchema, inServer, postgresServer } from '../node/ledger/postgres/postgres-server.js';
import { reserveElsewhere } from '../node/ledger/processes.js';
import { nodeWithSqlite } from '../node/ledger/sqlite/node-with-sqlite.js';

const folder = newFolder();
const schema = `keywright_test_${process.pid}_processes`;
const server = await postgresServer();
afterAll(async () => {
  if (server !== undefined) await inServer(server, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
});

const native = nodeWithSqlite()?.[0];
const secret = randomBytes(32);
const COUNT = 6000;

/** Each process shares half of its keys with the one before it and half with the one behind it. */
async function reserveTogether(ledger: string, drivers: readonly string[]): Promise<void> {
  const shares = drivers.map((driver, index) => {
    const node = driver === 'node:sqlite' && native !== undefined ? { node: native } : {};
    return { ledger, secret, driver, first: (index * COUNT) / 2, count: COUNT, chunk: 1000, ...node };
  });
  const fresh = await Promise.all(shares.map(reserveElsewhere));
  const distinct = (COUNT / 2) * (drivers.length + 1);
  expect(fresh.reduce((sum, count) => sum + count, 0)).toBe(distinct);
  const opened = await openLedger(ledger, { secret });
  expect((await opened.status()).keys.issued).toBe(distinct);
  expect(await opened.verify()).toStrictEqual([]);
  await opened.close();
}

it('several processes on one file share the keys out, exactly', async () => {
  const path = join(folder, 'libsql.db');
  await createLedger(path, { secret, now: new Date() });
  await reserveTogether(path, ['any', 'any', 'any', 'any']);
});

it.skipIf(native === undefined)('so do processes that mix node:sqlite and libsql', async () => {
  const path = join(folder, 'mixed.db');
  await createLedger(path, { secret, now: new Date() });
  await reserveTogether(path, ['libsql', 'node:sqlite', 'libsql', 'node:sqlite']);
});

it.skipIf(server === undefined)('so do processes on PostgreSQL, by COPY and by arrays', async () => {
  await inServer(server ?? '', `CREATE SCHEMA ${schema}`);
  const url = inSchema(server ?? '', schema);
  await createLedger(url, { secret, now: new Date() });
  await reserveTogether(url, ['any', 'libsql', 'any', 'libsql']);
});
