import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedger, openLedger } from '../../../src/node/ledger/open-ledger.js';
import { newFolder } from '../../new-folder.js';
import { expectSound } from '../../node/issue/issuing.js';
import { freePort } from '../../node/ledger/postgres/own-postgres.js';
import { inServer } from '../../node/ledger/postgres/postgres-server.js';
import { Cluster } from './cluster.js';
import { Issuing } from './issuing.js';

const isThere = spawnSync('pgbouncer', ['--version']).status === 0;
if (!isThere) process.stderr.write('No pgbouncer here: a ledger behind it is not tested.\n');
const cluster = isThere ? await Cluster.start() : undefined;

describe.skipIf(cluster === undefined)(
  'pgbouncer in transaction mode, with fewer sessions than runners',
  () => {
    if (cluster === undefined) return;
    const folder = newFolder();
    let url = '';
    let stop = async () => {};
    beforeAll(async () => {
      const port = await freePort();
      const settings = join(folder, 'pgbouncer.ini');
      writeFileSync(
        settings,
        `[databases]\npostgres = host=127.0.0.1 port=${cluster.primary.port} user=issuer\n[pgbouncer]\npool_mode = transaction
default_pool_size = 2\nauth_type = any\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\n`,
      );
      chmodSync(folder, 0o755);
      const child = spawn('pgbouncer', ['-q', settings], { ...cluster.user, stdio: 'ignore' });
      const ended = once(child, 'close');
      stop = async () => {
        child.kill('SIGKILL');
        await ended;
      };
      url = `postgres://issuer@127.0.0.1:${port}/postgres`;
      for (;;) {
        const answers = await inServer(url, 'SELECT 1').catch(() => undefined);
        if (answers !== undefined) break;
        await setTimeout(20);
      }
      await createLedger(url, { now: new Date() });
    });
    afterAll(async () => {
      await stop();
      cluster.stop();
    });

    it('serves four runners at once; sessions are ended in mid-batch; nothing twice', async () => {
      const runners = [1, 2, 3, 4].map((runner) => {
        const own = join(folder, `runner${runner}`);
        mkdirSync(own);
        return { own, issuing: new Issuing({ ledger: url, folder: own, prefix: `r${runner}`, keys: 300 }) };
      });
      await Promise.all(runners.map(({ issuing }) => issuing.more(2)));
      for (let round = 0; round < 3; round++) {
        await cluster.asked(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'issuer'",
        );
        await Promise.all(runners.map(({ issuing }) => issuing.more(1)));
      }
      const ledger = await openLedger(url);
      const keys = new Set<string>();
      let count = 0;
      for (const { own, issuing } of runners) {
        expect(await issuing.stop()).toBe('exit 0 ');
        const found = await expectSound(ledger, own);
        expect(found).toHaveLength(issuing.batches * 300);
        count += found.length;
        for (const key of found) keys.add(key);
      }
      expect(keys.size).toBe(count);
      await ledger.close();
    });

    it('says what a URL asks that it does not take', async () => {
      const name = `${url}?options=${encodeURIComponent('-c search_path=public')}`;
      await expect(openLedger(name)).rejects.toMatchObject({
        code: 'unreachable_ledger',
        message: expect.stringMatching(/pgbouncer takes no "options"/),
      });
    });
  },
);
