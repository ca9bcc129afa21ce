import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyedLedger } from '../../../../src/node/ledger/keyed-ledger.js';
import { keyTexts } from '../../../../src/node/ledger/model/key-texts.js';
import type { Ledger } from '../../../../src/node/ledger/model/ledger.js';
import { ledgerPlace } from '../../../../src/node/ledger/model/ledger-place.js';
import { createLedger, openLedger } from '../../../../src/node/ledger/open-ledger.js';
import { ledgerKeys } from '../../../../src/node/ledger/root-key.js';
import { SqlStore } from '../../../../src/node/ledger/sql/sql-store.js';
import {
  openSqlite,
  type SqliteDriver,
  SqliteFailure,
} from '../../../../src/node/ledger/sqlite/sqlite-driver.js';
import { SqliteEngine } from '../../../../src/node/ledger/sqlite/sqlite-engine.js';
import { openSqliteStore } from '../../../../src/node/ledger/sqlite/sqlite-file.js';
import { codeOf } from '../../../failure.js';
import { newFolder } from '../../../new-folder.js';
import { batchOf, freshKeys } from '../contract.js';
import { type LossyProxy, lossyProxy } from './lossy-proxy.js';
import { inSchema, inServer, postgresServer } from './postgres-server.js';

const folder = newFolder();
const secret = randomBytes(32);

describe('committed, but the reply was lost: SQLite', () => {
  const path = join(folder, 'issued.db');
  let [lose, lost] = [false, 0];

  /** A driver whose COMMIT can succeed and yet fail. */
  function losing(driver: SqliteDriver): SqliteDriver {
    return {
      name: driver.name,
      exec: (sql) => {
        driver.exec(sql);
        if (sql !== 'COMMIT' || !lose) return;
        lose = false;
        lost++;
        throw new SqliteFailure(10);
      },
      run: (sql, values) => driver.run(sql, values),
      all: (sql, values) => driver.all(sql, values),
      close: () => driver.close(),
    };
  }

  async function open(): Promise<Ledger> {
    const { header, version, ...store } = await openSqliteStore(ledgerPlace(path));
    expect(store).toBeDefined();
    const engine = new SqliteEngine(losing(await openSqlite(path)), path);
    await engine.configure();
    return new KeyedLedger(new SqlStore(engine, header, version), ledgerKeys(path, header, secret));
  }

  it('the same call again gives the answer that was lost', async () => {
    await createLedger(path, { secret, now: new Date() });
    const ledger = await open();
    const losingOnce = async (work: () => Promise<unknown>) => {
      lose = true;
      expect(await codeOf(work())).toBe('unreachable_ledger');
    };
    const batch = batchOf();
    await losingOnce(() => ledger.claim(batch));
    const claim = await ledger.claim(batch);
    expect(claim).toMatchObject({ state: 'reserving', attempt: 2 });
    const keys = keyTexts(freshKeys(500));
    await losingOnce(() => ledger.reserve(claim, 0, keys));
    expect((await ledger.reserve(claim, 0, keys)).taken).toHaveLength(0);
    const prepared = { files: [], report: 'told' };
    await losingOnce(() => ledger.prepare(claim, prepared));
    await ledger.prepare(claim, prepared);
    await losingOnce(() => ledger.done(claim, new Date()));
    await ledger.done(claim, new Date());
    expect(lost).toBe(4);
    expect((await ledger.claim(batch)).state).toBe('done');
    expect((await ledger.status()).keys.issued).toBe(500);
    expect(await ledger.verify()).toStrictEqual([]);
    await ledger.close();
  });
});

const server = await postgresServer();

describe.skipIf(server === undefined)('a connection that is lost: PostgreSQL', () => {
  const schema = `keywright_test_${process.pid}_lost`;
  const direct = inSchema(server ?? '', schema);
  let proxy: LossyProxy;
  let url: string;

  beforeAll(async () => {
    await inServer(server ?? '', `CREATE SCHEMA ${schema}`);
    const { hostname, port } = new URL(server ?? '');
    proxy = await lossyProxy(hostname === '' ? '127.0.0.1' : hostname, Number(port === '' ? 5432 : port));
    const proxied = new URL(direct);
    proxied.hostname = '127.0.0.1';
    proxied.port = String(proxy.port);
    url = proxied.href;
    await createLedger(direct, { secret, now: new Date() });
  });
  afterAll(async () => {
    await proxy.close();
    await inServer(server ?? '', `DROP SCHEMA ${schema} CASCADE`);
  });

  describe.each(['before', 'after'] as const)('%s the commit', (when) => {
    it.each([false, true])('is made anew, and the same answer comes (portable: %s)', async (portable) => {
      const ledger = await openLedger(url, { secret, portable });
      const before = (await ledger.status()).keys.issued;
      const cuts = proxy.cuts;
      const losing = <T>(work: () => Promise<T>) => {
        proxy.cutNextCommit(when);
        return work();
      };
      const batch = batchOf();
      const claim = await losing(() => ledger.claim(batch));
      expect(claim.attempt).toBe(1);
      const keys = keyTexts(freshKeys(300));
      expect((await losing(() => ledger.reserve(claim, 0, keys))).taken).toHaveLength(0);
      expect((await losing(() => ledger.reserve(claim, 1, keys))).taken).toHaveLength(300);
      await losing(() => ledger.prepare(claim, { files: [], report: '' }));
      await losing(() => ledger.done(claim, new Date()));
      expect(proxy.cuts - cuts).toBe(5);
      expect((await ledger.status()).keys.issued - before).toBe(300);
      expect(await ledger.verify()).toStrictEqual([]);
      await ledger.close();
    });
  });

  it.each([false, true])('in mid-chunk, by pg_terminate_backend (portable: %s)', async (portable) => {
    const name = `keywright-test-${process.pid}-${portable}`;
    const target = new URL(direct);
    target.searchParams.set('application_name', name);
    const ledger = await openLedger(target.href, { secret, portable });
    const claim = await ledger.claim(batchOf());
    const all = freshKeys(80_000);
    let [working, fresh, killed] = [true, 0, 0];
    const killing = (async () => {
      while (working) {
        const rows = await inServer(
          server ?? '',
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state <> 'idle' AND application_name = '${name}'
          AND query LIKE '${portable ? '%unnest' : 'COPY %keywright_keys'}%'`,
        );
        killed += rows.length;
        if (killed >= 2) return;
      }
    })();
    for (let chunk = 0; chunk < 4; chunk++) {
      const keys = keyTexts(all.slice(chunk * 20_000, (chunk + 1) * 20_000));
      fresh += keys.count - (await ledger.reserve(claim, chunk, keys)).taken.length;
    }
    working = false;
    await killing;
    expect(killed).toBeGreaterThan(0);
    expect(fresh).toBe(80_000);
    expect((await ledger.batches()).find(({ id }) => id === claim.id)).toMatchObject({ recorded: 80_000 });
    expect(await ledger.verify()).toStrictEqual([]);
    await ledger.close();
  });
});

describe('a PostgreSQL that cannot be had', () => {
  const password = 'hunter2-never-shown';

  it.each([
    [`postgres://nobody:${password}@127.0.0.1:1/test`, 'unreachable_ledger'],
    [`postgres://nobody:${password}@no-such-host.invalid/test`, 'unreachable_ledger'],
    [`postgres://nobody:${password}@[bad/test?password=${password}`, 'invalid_option'],
    [`mysql://nobody:${password}@127.0.0.1/test`, 'invalid_option'],
  ])('%s', async (url, code) => {
    const now = new Date();
    for (const work of [() => openLedger(url, { secret }), () => createLedger(url, { secret, now })]) {
      const error: unknown = await work().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code });
      expect(JSON.stringify(error) + String(error)).not.toContain(password);
      expect(String(error)).not.toContain('\n');
    }
  });

  it.skipIf(server === undefined)('has no ledger, or no such database, or a ledger already', async () => {
    const schema = `keywright_test_${process.pid}_none`;
    const url = inSchema(server ?? '', schema);
    expect(await codeOf(openLedger(url, { secret }))).toBe('missing_ledger');
    expect(await codeOf(createLedger(url, { secret, now: new Date() }))).toBe('unreachable_ledger');
    const nowhere = new URL(server ?? '');
    nowhere.pathname = '/no_such_database';
    expect(await codeOf(openLedger(nowhere.href, { secret }))).toBe('unreachable_ledger');
    await inServer(server ?? '', `CREATE SCHEMA ${schema}`);
    const made = await Promise.all(
      [1, 2, 3, 4].map(() => codeOf(createLedger(url, { secret, now: new Date() }))),
    );
    expect(made.sort()).toStrictEqual(['file_exists', 'file_exists', 'file_exists', 'resolved']);
    expect(await codeOf(openLedger(url, { secret: randomBytes(32) }))).toBe('wrong_secret');
    await inServer(server ?? '', `INSERT INTO ${schema}.keywright_migrations (version, at) VALUES (99, 0)`);
    expect(await codeOf(openLedger(url, { secret }))).toBe('damaged_ledger');
    await inServer(server ?? '', `DROP SCHEMA ${schema} CASCADE`);
  });
});
