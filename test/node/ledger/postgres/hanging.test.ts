import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyedLedger } from '../../../../src/node/ledger/keyed-ledger.js';
import { keyTexts } from '../../../../src/node/ledger/model/key-texts.js';
import type { Ledger } from '../../../../src/node/ledger/model/ledger.js';
import { ledgerPlace } from '../../../../src/node/ledger/model/ledger-place.js';
import { createLedger, openLedger } from '../../../../src/node/ledger/open-ledger.js';
import {
  openPostgresStore,
  type PostgresStoreOptions,
} from '../../../../src/node/ledger/postgres/postgres-store.js';
import { ledgerKeys } from '../../../../src/node/ledger/root-key.js';
import { codeOf } from '../../../failure.js';
import { batchOf, freshKeys } from '../contract.js';
import { inServer, newSchema, postgresServer } from './postgres-server.js';
import { type StallingProxy, stallingProxy } from './stalling-proxy.js';

const server = await postgresServer();
const secret = randomBytes(32);

describe.skipIf(server === undefined)('PostgreSQL, and a connection that hangs', () => {
  const application = `keywright-hanging-${process.pid}`;
  let proxy: StallingProxy;
  let direct = '';
  let url = '';

  beforeAll(async () => {
    direct = await newSchema(server ?? '');
    const { hostname, port } = new URL(server ?? '');
    proxy = await stallingProxy(hostname === '' ? '127.0.0.1' : hostname, Number(port === '' ? 5432 : port));
    const proxied = new URL(direct);
    [proxied.hostname, proxied.port] = ['127.0.0.1', String(proxy.port)];
    proxied.searchParams.set('application_name', application);
    proxied.searchParams.set('connect_timeout', '1');
    url = proxied.href;
    await createLedger(direct, { secret, now: new Date() });
  });
  afterAll(() => proxy.close());

  async function opened(options: PostgresStoreOptions = {}): Promise<Ledger> {
    const store = await openPostgresStore(ledgerPlace(url), { quietMs: 150, ...options });
    return new KeyedLedger(store, ledgerKeys(store.name, store.header, secret));
  }

  it.each([
    ['before a transaction', 'BEGIN', false],
    ['between two statements', 'keywright_batches', false],
    ['in mid-chunk', 'PGCOPY', false],
    ['in mid-chunk, of arrays', 'unnest', true],
    ['at the commit', 'COMMIT', false],
  ])('%s: it is noticed, its locks are let go, and the same answer comes', async (_, text, portable) => {
    const ledger = await opened({ portable });
    const claim = await ledger.claim(batchOf());
    const before = proxy.stalled;
    proxy.stallAt(text);
    const keys = keyTexts(freshKeys(3000));
    expect((await ledger.reserve(claim, 0, keys)).taken).toHaveLength(0);
    expect(proxy.stalled - before).toBe(1);
    await ledger.prepare(claim, { files: [], report: '' });
    await ledger.done(claim, new Date());
    const batch = (await ledger.batches()).find(({ id }) => id === claim.id);
    expect(batch).toMatchObject({ state: 'done', attempt: 1, recorded: 3000, wasted: 0 });
    expect(await ledger.verify()).toStrictEqual([]);
    await ledger.close();
    const HELD = `SELECT FROM pg_stat_activity WHERE application_name = '${application}' AND xact_start IS NOT NULL`;
    expect(await inServer(direct, HELD)).toStrictEqual([]);
  });

  it('is told from a statement that takes its time', async () => {
    const ledger = await opened();
    const claim = await ledger.claim(batchOf());
    const lock = inServer(direct, 'BEGIN; LOCK TABLE keywright_keys IN EXCLUSIVE MODE; SELECT pg_sleep(1.5)');
    const WAITS = `SELECT pid FROM pg_stat_activity WHERE application_name = '${application}' AND wait_event_type = 'Lock'`;
    await setTimeout(200);
    const reserved = ledger.reserve(claim, 0, keyTexts(freshKeys(10)));
    const pids = new Set<unknown>();
    const reserving = reserved.then(() => true);
    while (!(await Promise.race([reserving, setTimeout(100, false)]))) {
      for (const { pid } of await inServer(direct, WAITS)) pids.add(pid);
    }
    await lock;
    // It waited for longer than ten silences, on one connection.
    expect(pids.size).toBe(1);
    expect((await reserved).taken).toHaveLength(0);
    await ledger.close();
  });

  it.each([
    'lock_timeout=100',
    'statement_timeout=300',
    'idle_in_transaction_session_timeout=300',
    'idle_session_timeout=200',
  ])("goes on under the server's own %s", async (setting) => {
    const impatient = new URL(direct);
    const options = `${impatient.searchParams.get('options')} -c ${setting}`;
    const name = `${direct.replace(/[?&]options=[^&]*/, '')}?options=${encodeURIComponent(options)}`;
    const ledger = await openLedger(name, { secret });
    const claim = await ledger.claim(batchOf());
    const lock = inServer(direct, 'BEGIN; LOCK TABLE keywright_keys IN EXCLUSIVE MODE; SELECT pg_sleep(0.6)');
    await setTimeout(400);
    expect((await ledger.reserve(claim, 0, keyTexts(freshKeys(100)))).taken).toHaveLength(0);
    await lock;
    expect((await ledger.batches()).find(({ id }) => id === claim.id)).toMatchObject({ recorded: 100 });
    await ledger.close();
  });

  it('and all that come after it: told when it has been enough', async () => {
    const ledger = await opened({ longestWait: 500 });
    const claim = await ledger.claim(batchOf());
    proxy.stallForGood();
    expect(await codeOf(ledger.reserve(claim, 0, keyTexts(freshKeys(10))))).toBe('unreachable_ledger');
    await ledger.close();
  });
});
