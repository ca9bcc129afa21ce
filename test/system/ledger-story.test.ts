import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { newFolder } from '../new-folder.js';
import { newSchema, postgresServer } from '../node/ledger/postgres/postgres-server.js';

const COMMAND = fileURLToPath(new URL('../../bin/keywright.js', import.meta.url));
const server = await postgresServer();
const run = promisify(execFile);

/** A folder in which commands run, each a process of its own. */
class Desk {
  readonly folder: string;
  readonly #env: Record<string, string>;

  constructor(folder: string, env: Record<string, string> = {}) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.#env = env;
  }

  /** What a command prints; of one that fails, its exit code and what it says. */
  async keywright(...words: readonly string[]): Promise<string> {
    const env = { ...process.env, ...this.#env };
    const options = { cwd: this.folder, env, maxBuffer: 1 << 26 };
    return run(process.execPath, [COMMAND, ...words], options).then(
      ({ stdout }) => stdout,
      ({ code, stderr, stdout }) => `exit ${code} ${stderr}${stdout}`,
    );
  }

  keys(name: string): readonly string[] {
    return readFileSync(join(this.folder, name), 'utf8').trim().split('\n');
  }
}

/** A report but for the time that it took. */
function withoutTime(report: string): string {
  return report.replace(/"elapsedMs": \d+/, '');
}

const PRODUCTS = ['desk', 'studio'];
const URL_OF_RUN = 'https://ci.example/runs/';

/** What a night runs for a product. */
function night(number: number, product: string, ledger: string, ...more: readonly string[]) {
  const id = `night-${number}-${product}`;
  const remark = ['--by', 'ci', '--comment', `${URL_OF_RUN}${number}`];
  const batch = ['-n', '500', '-o', `${id}.txt`, '--ledger', ledger, '--batch-id', id, ...remark];
  return ['generate', ...batch, '--json', ...more];
}

describe.skipIf(server === undefined)('a ledger in operation', () => {
  it('two nights in a file, moved to PostgreSQL, four runners, a void, a find, a rotation, a restore', async () => {
    const [place, empty] = [await newSchema(server ?? ''), await newSchema(server ?? '')];
    const [old, next] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
    const folder = newFolder();
    const env = { LEDGER_URL: place, EMPTY_URL: empty, KEYWRIGHT_LEDGER_SECRET: old };
    const desk = new Desk(folder, env);
    const bare = new Desk(folder, { KEYWRIGHT_LEDGER_SECRET: '' });
    const shared = 'env:LEDGER_URL';
    const issued: string[] = [];
    const status = async (at: Desk, ledger: string) =>
      JSON.parse(await at.keywright('ledger', 'status', ledger, '--json'));

    // Two nights on SQLite.
    await bare.keywright('ledger', 'init', 'issued.db');
    const reports = new Map<string, string>();
    for (const number of [1, 2])
      for (const product of PRODUCTS) {
        const words = night(number, product, 'issued.db');
        reports.set(words.join(' '), await bare.keywright(...words));
        issued.push(...desk.keys(`night-${number}-${product}.txt`));
      }

    // All of it goes to PostgreSQL.
    await desk.keywright('ledger', 'init', shared);
    expect(await desk.keywright('ledger', 'copy', 'issued.db', shared, '--move')).toMatch(
      /^batches {3}4: 4 are new, .*\nkeys {6}2,000: 2,000 were copied$/m,
    );
    expect(await bare.keywright(...night(3, 'desk', 'issued.db'))).toMatch(/^exit 3 .* was moved to /);

    // An old night again: the same report, and nothing new.
    const before = await status(desk, shared);
    for (const [words, report] of reports) {
      const again = await desk.keywright(...words.replace('issued.db', shared).split(' '));
      expect(withoutTime(again)).toBe(withoutTime(report));
    }
    expect(await status(desk, shared)).toStrictEqual(before);
    const manifests = readdirSync(folder).filter((name) => name.endsWith('.manifest.json'));
    expect(await desk.keywright('ledger', 'verify', shared, ...manifests)).toMatch(/^sound/m);

    // A new night on four runners.
    const runners = [1, 2, 3, 4].map((index) => new Desk(join(folder, `runner-${index}`), env));
    const shards = await Promise.all(
      runners.map((runner, at) => runner.keywright(...night(3, 'desk', shared, '--shard', `${at + 1}/4`))),
    );
    expect(shards.map((report) => JSON.parse(report).count)).toStrictEqual([500, 500, 500, 500]);
    for (const runner of runners) issued.push(...runner.keys('night-3-desk.txt'));
    expect(new Set(issued).size).toBe(4000);

    // The upload of the second one failed: its keys are taken back.
    const reason = ['--reason', 'the upload failed'];
    expect(await desk.keywright('ledger', 'void', shared, 'night-3-desk', '--shard', '2/4', ...reason)).toBe(
      'voided    night-3-desk (2/4), 500 keys\n',
    );
    const [, second] = runners;
    expect(await second?.keywright(...night(3, 'desk', shared, '--shard', '2/4'))).toMatch(/^exit 1 .*void/);
    const instead = ['generate', '-n', '500', '--shard', '2/4', '-o', 'again.txt', '--ledger', shared];
    await desk.keywright(...instead, '--batch-id', 'night-3-desk-again');
    issued.push(...desk.keys('again.txt'));
    expect(new Set(issued).size).toBe(4500);

    // A key that a customer sent, and the run that it is from.
    const [key = ''] = runners[3]?.keys('night-3-desk.txt') ?? [];
    const [lost = ''] = second?.keys('night-3-desk.txt') ?? [];
    expect(await desk.keywright('ledger', 'find', shared, key.toLowerCase(), lost)).toMatch(
      /^1: .* issued, generate, batch night-3-desk \(4\/4\), done, .*, by ci, comment: https:\/\/ci\.example\/runs\/3\n2: .*\(2\/4\), voided, .* the upload failed\n$/,
    );

    // Another secret.
    writeFileSync(join(folder, 'next.secret'), next, { mode: 0o600 });
    expect(await desk.keywright('ledger', 'rotate', shared, '--new-secret-file', 'next.secret')).not.toMatch(
      /^exit/,
    );
    expect(await desk.keywright('ledger', 'status', shared)).toMatch(/^exit 3 .*the secret is not the one/);
    const later = new Desk(folder, { ...env, KEYWRIGHT_LEDGER_SECRET: next });

    // A backup, one more night, and the server is gone: an empty one takes its place.
    await later.keywright('ledger', 'init', 'backup.db');
    expect(await later.keywright('ledger', 'copy', shared, 'backup.db')).toMatch(
      /^keys {6}4,500: 4,500 were copied$/m,
    );
    const last = await later.keywright(...night(4, 'desk', shared));
    issued.push(...desk.keys('night-4-desk.txt'));
    await later.keywright('ledger', 'init', 'env:EMPTY_URL');
    expect(await later.keywright('ledger', 'copy', 'backup.db', 'env:EMPTY_URL', '--restore')).toMatch(
      /4,500 were copied$/m,
    );
    const fresh = night(5, 'desk', 'env:EMPTY_URL');
    expect(await later.keywright(...fresh)).toMatch(/^exit 3 .*was restored from a backup/);
    const healed = ['ledger', 'import', 'env:EMPTY_URL', 'night-4-desk.txt.manifest.json', '--manifest'];
    expect(await later.keywright(...healed)).toMatch(/^batch {5}night-4-desk \(1\/1\), 500 keys, done$/m);
    await later.keywright('ledger', 'copy', 'env:EMPTY_URL', '--restored');
    expect(withoutTime(await later.keywright(...night(4, 'desk', 'env:EMPTY_URL')))).toBe(withoutTime(last));
    await later.keywright(...fresh);
    issued.push(...desk.keys('night-5-desk.txt'));
    expect(new Set(issued).size).toBe(5500);
    expect(await status(later, 'env:EMPTY_URL')).toMatchObject({ keys: { issued: 5500 }, voided: 1 });
    const good = readdirSync(folder).filter((name) => name.endsWith('.manifest.json'));
    const parts = [1, 3, 4].map((index) => `runner-${index}/night-3-desk.txt.manifest.json`);
    expect(await later.keywright('ledger', 'verify', 'env:EMPTY_URL', ...good, ...parts)).toMatch(/^sound/m);
  }, 120_000);
});

it('four runners that each took a copy of one file and issued a shard are merged: nothing lost, nothing twice', async () => {
  const folder = newFolder();
  const desk = new Desk(folder);
  await desk.keywright('ledger', 'init', 'issued.db');
  const runners = [1, 2, 3, 4].map((index) => new Desk(join(folder, `runner-${index}`)));
  await desk.keywright(...night(1, 'desk', 'issued.db'));
  for (const { folder: to } of runners)
    writeFileSync(join(to, 'issued.db'), readFileSync(join(folder, 'issued.db')), { mode: 0o600 });
  await Promise.all(
    runners.map((runner, at) => runner.keywright(...night(2, 'desk', 'issued.db', '--shard', `${at + 1}/4`))),
  );
  for (const index of [1, 2, 3, 4])
    expect(await desk.keywright('ledger', 'copy', `runner-${index}/issued.db`, 'issued.db')).toMatch(
      /^batches {3}2: 1 are new, 0 were brought up to date\nkeys {6}1,000: 500 were copied\n$/m,
    );
  const keys = [
    ...desk.keys('night-1-desk.txt'),
    ...runners.flatMap((runner) => runner.keys('night-2-desk.txt')),
  ];
  expect([keys.length, new Set(keys).size]).toStrictEqual([2500, 2500]);
  const parts = [1, 2, 3, 4].map((index) => `runner-${index}/night-2-desk.txt.manifest.json`);
  const verify = ['ledger', 'verify', 'issued.db', 'night-1-desk.txt.manifest.json', ...parts];
  expect(await desk.keywright(...verify)).toMatch(/^sound/m);
  const { keys: counted } = JSON.parse(await desk.keywright('ledger', 'status', 'issued.db', '--json'));
  expect(counted.issued).toBe(2500);
  writeFileSync(join(folder, 'all.txt'), keys.join('\n'));
  expect(await desk.keywright('ledger', 'import', 'issued.db', 'all.txt', '--batch-id', 'all')).toMatch(
    /2,500 .*(?:known|before|already)/,
  );
  // Each runner's command, repeated against what they became, issues nothing.
  const before = JSON.parse(await desk.keywright('ledger', 'status', 'issued.db', '--json')).keys;
  for (const [at, { folder: cwd }] of runners.entries()) {
    const again = new Desk(cwd);
    expect(await again.keywright(...night(2, 'desk', '../issued.db', '--shard', `${at + 1}/4`))).toMatch(
      /"count": 500/,
    );
  }
  expect(JSON.parse(await desk.keywright('ledger', 'status', 'issued.db', '--json')).keys).toStrictEqual(
    before,
  );
}, 120_000);
