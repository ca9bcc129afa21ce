import { describe, expect, it } from 'vitest';
import { allEngines, type CrashEngine } from '../node/issue/crash-engines.js';
import { CrashSite, type State } from '../node/issue/crash-site.js';
import { canTrace } from '../node/issue/crashing-run.js';

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

/** Kills at random moments, so far. */
interface RandomKills {
  /** Where the killed batches were. */
  readonly states: readonly State[];
  readonly runs: number;
  /** The moments are taken around this one, in milliseconds after the start; undefined before the first run. */
  readonly about?: number;
}

/**
 * Kills runs of batches of a new ledger. Most of a run's time goes into starting and ending, so the moments follow
 * where batches are found: later after one that had not begun, earlier after one that was done.
 */
async function killAtRandom(engine: CrashEngine, most: number, before: RandomKills): Promise<RandomKills> {
  const site = new CrashSite({ engine, keys: 1000 });
  await site.open();
  const { code, milliseconds } = await site.run('whole');
  expect(code).toBe(0);
  await site.expectSound('whole');
  const states = [...before.states];
  let about = before.about ?? 0.7 * milliseconds;
  let runs = 0;
  for (; runs < BATCHES && states.length < most; runs++) {
    const after = about * (0.85 + 0.3 * Math.random());
    const { killed, state } = await site.expectSurvived(`random-${runs}`, { after });
    if (killed) states.push(state);
    if (state === 'unclaimed') about *= 1.03;
    if (state === 'done') about *= 0.97;
  }
  await site.close();
  return { states, runs: before.runs + runs, about };
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
      let kills: RandomKills = { states: [], runs: 0 };
      while (kills.states.length < KILLS) kills = await killAtRandom(engine, KILLS, kills);
      const { states, runs } = kills;
      report(`${runs} runs`, states, started);
      const amid = states.filter((state) => state === 'reserving' || state === 'prepared');
      expect(amid.length).toBeGreaterThanOrEqual(Math.floor(KILLS / 10));
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
