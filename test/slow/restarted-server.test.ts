import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CrashSite } from '../node/issue/crash-site.js';
import { startPostgres } from '../node/ledger/postgres/own-postgres.js';

const RESTARTS = 40;
const server = startPostgres();
const engine = { name: 'PostgreSQL', node: [process.execPath], place: async () => server?.url ?? '' };
const site = new CrashSite({ engine, keys: 20_000 });
beforeAll(() => (server === undefined ? undefined : site.open()));
afterAll(async () => {
  await site.close();
  server?.stop();
});

it.skipIf(server === undefined)(
  `pg_ctl restart -m immediate, ${RESTARTS} times at random moments of a batch`,
  async () => {
    const whole = await site.run('whole');
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    await site.expectSound('whole');
    const states = { unclaimed: 0, reserving: 0, prepared: 0, done: 0 };
    for (let round = 0; round < RESTARTS; round++) {
      const batch = `restart-${round}`;
      const running = site.run(batch);
      await setTimeout(whole.milliseconds * (0.3 + 0.7 * Math.random()));
      server?.restart();
      const { code, stderr } = await running;
      // Who finds no server at first is told so; who loses it later waits for it.
      if (code !== 0)
        expect(`${code} ${stderr}`).toMatch(/^3 keywright: the ledger [^\n]* cannot be reached[^\n]*\n$/);
      states[await site.expectResumed(batch)]++;
    }
    process.stderr.write(`restarts: ${JSON.stringify(states)}\n`);
    expect(states.done).toBeGreaterThan(0);
  },
);
