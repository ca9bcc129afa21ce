import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrashSite, canTrace } from './crash-site.js';

// All of them, hundreds of times: test/slow/crashes.test.ts
describe('a batch through a ledger, killed', () => {
  const site = new CrashSite({ keys: 500 });
  beforeAll(() => site.open());
  afterAll(() => site.close());

  it('at random moments, again and again, comes to its end', async () => {
    const whole = await site.run('whole');
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    await site.expectSound('whole');
    let killed = 0;
    for (let round = 0; round < 5; round++) {
      for (let kill = 0; kill < 3; kill++) {
        // Most of the time goes into starting.
        const after = whole.milliseconds * (0.3 + 0.8 * Math.random());
        const { code } = await site.run(`random-${round}`, { after });
        if (code === null) killed++;
      }
      await site.expectResumed(`random-${round}`);
    }
    expect(killed).toBeGreaterThan(0);
  }, 300_000);

  it.skipIf(!canTrace())(
    'at calls to the system, comes to its end',
    async () => {
      const calls = [
        ['link,linkat', 1],
        ['link,linkat', 3],
        ['unlink,unlinkat', 2],
        ['fsync,fdatasync', 3],
        ['pwrite64', 9],
      ] as const;
      for (const [names, number] of calls) {
        const batch = `${names.split(',')[0]}-${number}`;
        const { code } = await site.run(batch, { call: [names, number] });
        expect(code, batch).toBe(null);
        expect(site.visible(batch)).not.toContain('keys.txt.manifest.json');
        await site.expectResumed(batch);
      }
    },
    300_000,
  );
});
