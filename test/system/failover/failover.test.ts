import { randomInt } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ledger } from '../../../src/node/ledger/model/ledger.js';
import { ledgerPlace } from '../../../src/node/ledger/model/ledger-place.js';
import { createLedger, openLedger } from '../../../src/node/ledger/open-ledger.js';
import { PostgresEngine } from '../../../src/node/ledger/postgres/postgres-engine.js';
import { runHere } from '../../cli/run-here.js';
import { newFolder } from '../../new-folder.js';
import { expectSound } from '../../node/issue/issuing.js';
import { readPage, sectionsOf } from '../../samples/pages.js';
import { Cluster } from './cluster.js';
import { Issuing } from './issuing.js';

const KEYS = 500;

/** What a page says is to be done at the server (`sql`), or by keywright, line by line. */
function commandsOf(what: 'sql' | 'keywright'): readonly string[] {
  const page = sectionsOf(readPage('docs/ledger-operations.md')).find(({ title }) => /primary/.test(title));
  const blocks = page?.blocks.filter(({ language }) => language === (what === 'sql' ? 'sql' : 'bash')) ?? [];
  const lines = blocks.flatMap(({ text }) => text.trim().split('\n'));
  if (what === 'sql') return lines;
  return lines.flatMap((line) => /^keywright (.*?)(?: +#.*)?$/.exec(line)?.[1] ?? []);
}
const seed = Number(process.env['KEYWRIGHT_SEED'] ?? randomInt(2 ** 31));
const moments = fc.sample(fc.integer({ min: 0, max: 400 }), { seed, numRuns: 10 });

const cluster = await Cluster.start();

describe.skipIf(cluster === undefined)(`a primary that is killed (KEYWRIGHT_SEED=${seed})`, () => {
  if (cluster === undefined) return;
  const folder = newFolder();
  const issued = new Set<string>();
  let batches = 0;
  beforeAll(async () => {
    await createLedger(cluster.url, { now: new Date() });
  });
  afterAll(() => cluster.stop());

  const folderOf = (prefix: string) => {
    const own = join(folder, prefix);
    mkdirSync(own);
    return own;
  };
  const start = (prefix: string) =>
    new Issuing({ ledger: cluster.url, folder: join(folder, prefix), prefix, keys: KEYS });
  const withLedger = async <T>(work: (ledger: Ledger) => Promise<T>) => {
    const ledger = await openLedger(cluster.url);
    return work(ledger).finally(() => ledger.close());
  };
  /** That what lies in a folder is `count` batches, all of them in the ledger, and none of their keys was issued before. */
  const expectNothingTwice = (prefix: string, count: number) =>
    withLedger(async (ledger) => {
      const keys = await expectSound(ledger, join(folder, prefix));
      expect(keys).toHaveLength(count * KEYS);
      for (const key of keys) issued.add(key);
      batches += count;
      expect(issued.size).toBe(batches * KEYS);
      const ids = (await ledger.batches()).filter(({ id }) => id.startsWith(`${prefix}-`));
      expect(ids.filter(({ state }) => state !== 'done')).toStrictEqual([]);
      expect(ids).toHaveLength(count);
    });

  describe('whose commits wait for a standby, which is promoted then', () => {
    it.each(moments.map((moment, round) => [moment, round] as const))(
      'after %i ms, round %i: whoever issues goes on, or is killed as well and resumed; nothing twice',
      async (moment, round) => {
        const prefix = `waited${round}`;
        folderOf(prefix);
        await cluster.attachStandby(true);
        let issuing = start(prefix);
        await issuing.more(2);
        await setTimeout(moment);
        cluster.killPrimary();
        if (round % 2 === 1) {
          await issuing.kill();
          issuing = start(prefix);
        }
        cluster.promote();
        await issuing.more(2);
        expect(await issuing.stop()).toBe('exit 0 ');
        await expectNothingTwice(prefix, issuing.batches);
      },
    );
  });

  it('publishes nothing while the wait for the standby is cancelled, time and again', async () => {
    const prefix = 'cancelled';
    await cluster.attachStandby(true);
    folderOf(prefix);
    const issuing = start(prefix);
    await issuing.more(1);
    cluster.stopStandby();
    const WAITS = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    const waiting = async () => {
      while ((await cluster.asked(`SELECT ${WAITS}`)).length === 0) await setTimeout(20);
    };
    await waiting();
    // It may have said more while the standby was being stopped.
    await setTimeout(500);
    const [before, published] = [issuing.batches, readdirSync(join(folder, prefix)).length];
    // Committed where it is each time, and nowhere else. A batch has four commits: all that may follow the first is another try.
    for (let cancelled = 0; cancelled < 10; cancelled++) {
      await cluster.asked(`SELECT pg_cancel_backend(pid) ${WAITS}`);
      await setTimeout(50);
      await waiting();
    }
    expect(issuing.batches).toBe(before);
    expect(readdirSync(join(folder, prefix))).toHaveLength(published);
    cluster.startStandby();
    await issuing.more(1);
    expect(await issuing.stop()).toBe('exit 0 ');
    await expectNothingTwice(prefix, issuing.batches);
  });

  it('gives up when no standby answers for too long, and says so', async () => {
    await cluster.attachStandby(true);
    cluster.stopStandby();
    const engine = new PostgresEngine(ledgerPlace(cluster.url), { longestWait: 500, quietMs: 100 });
    await engine.connect('open');
    await expect(engine.transaction('write', async () => undefined)).rejects.toMatchObject({
      code: 'unreachable_ledger',
      message: expect.stringMatching(/hears nothing of its synchronous standby, so nothing is published/),
    });
    await engine.close();
    cluster.startStandby();
  });

  it("is waited for, after the page's statements", async () => {
    await cluster.attachStandby(false);
    for (const statement of commandsOf('sql')) await cluster.asked(statement);
    await withLedger((ledger) => ledger.acceptFailover());
    const known = await cluster.asked('SELECT synchronous FROM keywright_ledger');
    expect(known).toStrictEqual([{ synchronous: 1 }]);
    await cluster.asked('ALTER SYSTEM RESET synchronous_standby_names');
  });

  describe('whose commits wait for nobody', () => {
    const keywright = async (command: string) => {
      const argv = command.split(' ');
      const outcome = runHere({ argv, input: undefined, output: undefined }, join(folder, 'unawaited'), {
        LEDGER: cluster.url,
      });
      const { status, stdout, stderr } = await outcome;
      return `exit ${status}\n${stdout}${stderr}`;
    };
    const generate = (id: string) =>
      keywright(`generate -n 50 -o ${id}.txt --ledger env:LEDGER --batch-id ${id}`);

    it('loses some when a standby is promoted: told by the next command, and by verify; mended as the page says', async () => {
      const [, issue = '', verify = '', adopt = '', accept = ''] = commandsOf('keywright');
      folderOf('unawaited');
      await cluster.attachStandby(false);
      expect(await generate('kept')).toMatch(/^exit 0/);
      await cluster.attachStandby(false);
      await cluster.cutOff();
      expect(await keywright(issue)).toMatch(/^exit 0/);
      const lost = readFileSync(join(folder, 'unawaited', 'night-7.txt'), 'utf8');
      cluster.killPrimary();
      cluster.promote();
      const refused =
        /^exit 3\nkeywright: a standby was promoted .* may lack what was issued last: .* \(keywright ledger verify --accept-failover\)\n$/;
      // Its files are there, and the ledger knows nothing of it.
      expect(await keywright(issue)).toMatch(/^exit 3\nkeywright: night-7.txt exists already/);
      expect(await generate('next')).toMatch(refused);
      for (const command of [verify, accept])
        expect(await keywright(`${command} kept.txt.manifest.json`)).toMatch(
          /^exit 1\nfault +batch night-7 \(1\/1\) is not done in this ledger\nfault +\S*night-7\.txt: 100 of its keys are not in the ledger\n$/,
        );
      expect(await generate('next')).toMatch(refused);
      expect(await keywright(adopt)).toMatch(/^exit 0/);
      expect(await generate('next')).toMatch(refused);
      expect(await keywright(accept)).toMatch(/^exit 0\nsound .*\naccepted .* issues again\n$/);
      expect(await keywright(accept)).toMatch(/^exit 0\nsound .*\n$/);
      expect(await keywright(issue)).toMatch(/was done before: nothing happens now/);
      expect(readFileSync(join(folder, 'unawaited', 'night-7.txt'), 'utf8')).toBe(lost);
      expect(await generate('next')).toMatch(/^exit 0/);
    });

    it('stops whoever issues when a standby is promoted, though that one lacks nothing', async () => {
      folderOf('stopped');
      await cluster.attachStandby(false);
      const issuing = start('stopped');
      await issuing.more(2);
      cluster.killPrimary();
      cluster.promote();
      expect(await issuing.ended()).toBe('exit 1 unconfirmed_failover\n');
      await withLedger(async (ledger) => expect(await ledger.acceptFailover()).toBe(true));
    });
  });

  it('issues as ever where the server does not tell who it is', async () => {
    const told = 'FUNCTION pg_control_system()';
    await cluster.asked(`REVOKE EXECUTE ON ${told} FROM PUBLIC`);
    folderOf('untold');
    const issuing = start('untold');
    await issuing.more(1);
    expect(await issuing.stop()).toBe('exit 0 ');
    await expectNothingTwice('untold', issuing.batches);
    await cluster.asked(`GRANT EXECUTE ON ${told} TO PUBLIC`);
  });

  it('is refused when it comes back after the standby was written to, by whoever wrote there', async () => {
    await cluster.attachStandby(true);
    const engine = new PostgresEngine(ledgerPlace(cluster.url));
    await engine.connect('open');
    await engine.transaction('write', async () => undefined);
    cluster.killPrimary();
    cluster.promote();
    await engine.transaction('write', async () => undefined);
    cluster.bringBackReplaced();
    await expect(engine.transaction('write', async () => undefined)).rejects.toMatchObject({
      code: 'other_server',
    });
    await engine.close();
  });
});
