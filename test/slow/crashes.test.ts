import { describe, expect, it } from 'vitest';
import { allEngines, type CrashEngine } from '../node/ledger/crash-engines.js';
import { CrashSite, type State } from '../node/ledger/crash-site.js';
import { canTrace } from '../node/ledger/crashing-run.js';

const KILLS = Number(process.env['KEYWRIGHT_KILLS'] ?? 500);
const LONG = 36_000_000;
/** All that a ledger holds is read after each of its batches. */
const BATCHES = 50;

/** Calls to the system. */
interface Calls {
  readonly title: string;
  readonly names: string;
  readonly force?: boolean;
  /** Only those that concern the batch's files; for others may always be ahead in their number. */
  readonly files?: boolean;
  /** The engines on which a run need not make them. */
  readonly optional?: RegExp;
}

const CALLS: readonly Calls[] = [
  { title: 'fsync', names: 'fsync' },
  { title: 'fsync of files', names: 'fsync', files: true },
  { title: 'fdatasync', names: 'fdatasync', optional: /./ },
  { title: 'link', names: 'link,linkat' },
  { title: 'rename', names: 'rename,renameat,renameat2', optional: /./ },
  { title: 'rename with --force', names: 'rename,renameat,renameat2', force: true },
  { title: 'write', names: 'write' },
  { title: 'write of files', names: 'write,pwrite64,writev,pwritev', files: true },
  { title: 'pwrite64', names: 'pwrite64', optional: /PostgreSQL/ },
  { title: 'unlink', names: 'unlink,unlinkat' },
];

/** Kills runs of batches of a new ledger at random moments; returns where those batches were, and how many runs it took. */
async function killAtRandom(engine: CrashEngine, most: number) {
  const site = new CrashSite({ engine, keys: 1000 });
  await site.open();
  let { code, milliseconds } = await site.run('whole');
  expect(code).toBe(0);
  await site.expectSound('whole');
  const states: State[] = [];
  let runs = 0;
  for (; runs < BATCHES && states.length < most; runs++) {
    // Most of the time goes into starting.
    const after = milliseconds * (0.55 + 0.5 * Math.random());
    const survived = await site.expectSurvived(`random-${runs}`, { after });
    if (!survived.killed) continue;
    states.push(survived.state);
    // A machine that is slower now than it was is killed no earlier.
    if (survived.state === 'unclaimed') milliseconds = survived.milliseconds;
  }
  await site.close();
  return { states, runs };
}

/** Kills a batch at the first, the second … of some calls, until one comes to its end; returns where those were. */
async function killAtCalls(site: CrashSite, { title, names, files = false }: Calls) {
  const states: State[] = [];
  for (;;) {
    const number = states.length + 1;
    const batch = `${title.replaceAll(' ', '-')}-${number}`;
    const paths = files ? site.pathsOf(batch) : [];
    const { killed, state } = await site.expectSurvived(batch, { call: { names, number, paths } });
    if (!killed) return states;
    states.push(state);
  }
}

const traceable = canTrace();

describe.each(allEngines())('a batch through a ledger, killed, each time resumed: $name', (engine) => {
  const report = (what: string, states: readonly State[], started: number) => {
    const count = (wanted: State) => states.filter((state) => state === wanted).length;
    const found = [...new Set(states)].map((state) => `${count(state)} ${state}`).join(', ');
    const seconds = Math.round((performance.now() - started) / 1000);
    process.stderr.write(`${engine.name}, ${what}: ${states.length} crashes (${found}), ${seconds} s\n`);
  };
  const possible = engine.node !== undefined;

  it.skipIf(!possible)(
    `${KILLS} times at random moments`,
    async () => {
      const started = performance.now();
      const all: State[] = [];
      let total = 0;
      while (all.length < KILLS) {
        const { states, runs } = await killAtRandom(engine, KILLS - all.length);
        all.push(...states);
        total += runs;
      }
      report(`${total} runs`, all, started);
      const claimed = all.filter((state) => state !== 'unclaimed');
      expect(claimed.length).toBeGreaterThanOrEqual(Math.floor(KILLS / 20));
    },
    LONG,
  );

  it.skipIf(!possible || !traceable).for(CALLS)(
    'at the first, the second … call of $title',
    { timeout: LONG },
    async (calls, { skip }) => {
      const started = performance.now();
      // Few keys, for each may be another page to write.
      const site = new CrashSite({ engine, keys: 20, force: calls.force ?? false });
      await site.open();
      const states = await killAtCalls(site, calls);
      await site.close();
      report(calls.title, states, started);
      const none = states.length === 0;
      const optional = calls.optional?.test(engine.name) === true;
      skip(none && optional, `nothing was tested: no run makes a call of ${calls.title}`);
      expect(none).toBe(false);
    },
  );
});
