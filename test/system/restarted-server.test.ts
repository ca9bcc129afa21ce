import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLedger } from '../../src/node/ledger/open-ledger.js';
import { CrashSite } from '../node/issue/crash-site.js';
import type { Ended } from '../node/issue/crashing-run.js';
import { startPostgres } from '../node/ledger/postgres/own-postgres.js';
import { inServer } from '../node/ledger/postgres/postgres-server.js';

const server = startPostgres();
const url = server?.url ?? '';

const WAITING = "application_name = 'keywright' AND wait_event_type = 'Lock'";
const terminate = (which: string) =>
  inServer(url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${which}`);

describe.skipIf(server === undefined)('a batch through a ledger in PostgreSQL, while it reserves', () => {
  const node = [process.execPath];
  const site = new CrashSite({ engine: { name: 'PostgreSQL', node, place: async () => url }, keys: 500 });
  beforeAll(() => site.open());
  afterAll(async () => {
    await site.close();
    server?.stop();
  });

  it.each([
    ['terminated', 'loses its connection by pg_terminate_backend', () => terminate(WAITING)],
    ['restarted', 'loses its server by pg_ctl restart -m immediate', async () => server?.restart()],
  ])('%s: it %s, and comes to its end by itself', async (batch, _, strike) => {
    const lock = 'BEGIN; LOCK TABLE keywright_keys IN EXCLUSIVE MODE; SELECT pg_sleep(600)';
    const holding = inServer(url, lock).catch((error: unknown) => error);
    let ended: Ended | undefined;
    const running = site.run(batch).then((end) => {
      ended = end;
      return end;
    });
    while ((await inServer(url, `SELECT FROM pg_stat_activity WHERE ${WAITING}`)).length === 0) {
      expect(ended).toBe(undefined);
      await setTimeout(10);
    }
    await strike();
    await terminate("query LIKE '%pg_sleep(600)' AND pid <> pg_backend_pid()");
    expect(await holding).toBeInstanceOf(Error);
    expect(await running).toMatchObject({ code: 0, stderr: '' });
    expect(await site.expectResumed(batch)).toBe('done');
    const ledger = await openLedger(url);
    const record = (await ledger.batches()).find(({ id }) => id === batch);
    expect(record).toMatchObject({ attempt: 1, recorded: 500, wasted: 0 });
    await ledger.close();
  });
});
