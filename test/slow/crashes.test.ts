import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allEngines } from '../node/ledger/crash-engines.js';
import { CrashSite } from '../node/ledger/crash-site.js';
import { canTrace } from '../node/ledger/crashing-run.js';

const KILLS = Number(process.env['KEYWRIGHT_KILLS'] ?? 500);
const LONG = 36_000_000;

/** Calls to the system; of some it is known that a run need not make them. */
const CALLS: readonly {
  readonly title: string;
  readonly names: string;
  readonly force?: boolean;
  /** Only those that concern the batch's files; for others may always be ahead in their number. */
  readonly files?: boolean;
  readonly optional?: boolean;
}[] = [
  { title: 'fsync', names: 'fsync' },
  { title: 'fsync of files', names: 'fsync', files: true },
  { title: 'fdatasync', names: 'fdatasync', optional: true },
  { title: 'link', names: 'link,linkat' },
  { title: 'rename', names: 'rename,renameat,renameat2', optional: true },
  { title: 'rename with --force', names: 'rename,renameat,renameat2', force: true },
  { title: 'write', names: 'write' },
  { title: 'write of files', names: 'write,pwrite64,writev,pwritev', files: true },
  { title: 'pwrite64', names: 'pwrite64', optional: true },
  { title: 'unlink', names: 'unlink,unlinkat' },
];

const traceable = canTrace();

describe.each(allEngines())('a batch through a ledger, killed, each time resumed: $name', (engine) => {
  const report = (line: string) => process.stderr.write(`${engine.name}, ${line}\n`);
  const random = new CrashSite({ engine, keys: 1000 });
  // Few keys, for each may be another page to write.
  const calls = new CrashSite({ engine, keys: 20 });
  const forced = new CrashSite({ engine, keys: 20, force: true });
  const sites = engine.node === undefined ? [] : [random, calls, forced];
  beforeAll(async () => {
    for (const site of sites) await site.open();
  });
  afterAll(async () => {
    for (const site of sites) await site.close();
  });

  it.skipIf(engine.node === undefined)(
    `${KILLS} times at random moments`,
    async () => {
      const whole = await random.run('whole');
      expect(whole).toMatchObject({ code: 0, stderr: '' });
      await random.expectSound('whole');
      const states = { unclaimed: 0, reserving: 0, prepared: 0, done: 0 };
      let [runs, kills, milliseconds] = [0, 0, whole.milliseconds];
      const started = performance.now();
      while (kills < KILLS) {
        // A machine that is slower now than it was is killed no earlier.
        const after = milliseconds * (0.45 + 0.65 * Math.random());
        const survived = await random.expectSurvived(`random-${runs++}`, { after });
        if (!survived.killed) continue;
        kills++;
        states[survived.state]++;
        if (survived.state === 'unclaimed') milliseconds = survived.milliseconds;
      }
      const seconds = Math.round((performance.now() - started) / 1000);
      report(`random: ${kills} of ${runs} runs killed, ${JSON.stringify(states)}, ${seconds} s`);
      expect(states.reserving + states.prepared).toBeGreaterThan(0);
    },
    LONG,
  );

  it.skipIf(engine.node === undefined || !traceable).for(CALLS)(
    'at the first, the second … call of $title',
    { timeout: LONG },
    async ({ title, names, force = false, files = false, optional = false }, { skip }) => {
      const site = force ? forced : calls;
      const started = performance.now();
      const states = { unclaimed: 0, reserving: 0, prepared: 0, done: 0 };
      let crashes = 0;
      for (;;) {
        const number = crashes + 1;
        const batch = `${title.replaceAll(' ', '-')}-${number}`;
        const paths = files ? site.pathsOf(batch) : [];
        const { killed, state } = await site.expectSurvived(batch, { call: { names, number, paths } });
        if (!killed) break;
        crashes++;
        states[state]++;
      }
      const seconds = Math.round((performance.now() - started) / 1000);
      report(`${title}: ${crashes} crashes, ${JSON.stringify(states)}, ${seconds} s`);
      skip(crashes === 0 && optional, `nothing was tested: ${engine.name} makes no call of ${title}`);
      expect(crashes).toBeGreaterThan(0);
    },
  );
});
