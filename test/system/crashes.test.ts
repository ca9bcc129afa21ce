import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POSTGRES, SQLITE } from '../node/issue/crash-engines.js';
import { CrashSite } from '../node/issue/crash-site.js';
import { canTrace } from '../node/issue/crashing-run.js';

const traceable = canTrace();

type Call = readonly [names: string, number: number];

const SQLITE_CALLS: readonly Call[] = [
  ['link,linkat', 3],
  ['unlink,unlinkat', 2],
  ['fsync,fdatasync', 3],
  ['pwrite64', 9],
];
const POSTGRES_CALLS: readonly Call[] = [
  ['link,linkat', 1],
  ['unlink,unlinkat', 3],
  ['fsync,fdatasync', 2],
];

// All of them, hundreds of times: test/slow/crashes.test.ts
describe.each([
  { engine: SQLITE, rounds: 2, calls: SQLITE_CALLS },
  { engine: POSTGRES, rounds: 1, calls: POSTGRES_CALLS },
])('a batch through a ledger, killed: $engine.name', ({ engine, rounds, calls }) => {
  describe.skipIf(engine.node === undefined)('and resumed', () => {
    const site = new CrashSite({ engine, keys: 500 });
    beforeAll(() => site.open());
    afterAll(() => site.close());

    it('at random moments, again and again, comes to its end', async () => {
      const whole = await site.run('whole');
      expect(whole).toMatchObject({ code: 0, stderr: '' });
      await site.expectSound('whole');
      let killed = 0;
      let latest = 1.1;
      for (let round = 0; round < rounds; round++) {
        for (let kill = 0; kill < 3; kill++) {
          // Most of the time goes into starting.
          const after = whole.milliseconds * latest * (0.3 + 0.7 * Math.random());
          if (await site.crash(`random-${round}`, { after })) killed++;
          // It was over sooner than the first one, as on a machine that is less busy by now.
          else latest /= 2;
        }
        await site.expectResumed(`random-${round}`);
      }
      expect(killed).toBeGreaterThan(0);
    }, 300_000);

    it.skipIf(!traceable).for(calls)(
      'at a call of %s, number %i, comes to its end',
      { timeout: 300_000 },
      async ([names, number]) => {
        const batch = `${names.split(',')[0]}-${number}`;
        const { killed } = await site.expectSurvived(batch, { call: { names, number } });
        expect(killed).toBe(true);
      },
    );
  });
});
