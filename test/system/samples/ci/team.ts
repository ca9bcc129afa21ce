import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { createLedger, openLedger } from '../../../../src/node/ledger/open-ledger.js';
import { newFolder } from '../../../new-folder.js';
import { newSchema } from '../../../node/ledger/postgres/postgres-server.js';
import { openRegistry, pack } from '../../packaging/locked-registry.js';
import type { Artifacts, StartedJob } from './steps.js';

const run = promisify(execFile);

/** Whether age is here, which the recipes encrypt with. */
export const hasAge = spawnSync('age', ['--version']).status === 0;
if (!hasAge) process.stderr.write('There is no age here: the recipes for CI are not run.\n');

/** A team as the recipes say that it prepares: a repository, a ledger, and who may read the keys. */
export async function newTeam(server: string) {
  const repository = newFolder();
  const registry = await openRegistry();
  const tarball = pack(repository);
  writeFileSync(join(repository, 'package.json'), '{"private":true}');
  const install = ['install', '--save-exact', '--ignore-scripts', `./${tarball}`, 'pg', 'pg-copy-streams'];
  await run('npm', install, { cwd: repository, env: { ...process.env, ...registry.env } });
  rmSync(join(repository, 'node_modules'), { recursive: true });
  const place = await newSchema(server);
  const secret = randomBytes(32);
  await createLedger(place, { secret, now: new Date() });
  const identity = join(newFolder(), 'key.txt');
  execFileSync('age-keygen', ['-o', identity], { stdio: 'pipe' });
  return {
    repository,
    secrets: { LEDGER_URL: place, LEDGER_SECRET: secret.toString('hex') },
    recipient: execFileSync('age-keygen', ['-y', identity], { encoding: 'utf8' }).trim(),
    // How the tests reach their server.
    env: { ...registry.env, ...postgresEnv() },
    identity,
    openLedger: () => openLedger(place, { secret }),
    close: () => registry.close(),
  };
}

/** A team, what it has, and how its ledger is opened. */
export type Team = Awaited<ReturnType<typeof newTeam>>;

function postgresEnv() {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      name.startsWith('PG') && value !== undefined ? [[name, value]] : [],
    ),
  );
}

/** Waits until a runner writes keys, and kills it: no step of it comes to its end. */
export async function killWhileItWrites({ runner, ended }: StartedJob): Promise<void> {
  const folder = join(runner.folder, 'encrypted');
  const isWriting = () => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.tmp'));
  while (!isWriting()) {
    const early = await Promise.race([ended, delay(5)]);
    if (early !== undefined) throw new Error(`it ended before: ${runner.log}`);
  }
  runner.kill();
  expect(await ended).toBe(false);
}

/** Decrypts what arrived; expects that none of it is in clear, or twice, and that nothing else is good in the ledger. */
export async function expectArrived(
  team: Team,
  artifacts: Artifacts,
  night: string,
  count: number,
): Promise<void> {
  const folder = newFolder();
  artifacts.download(folder, '');
  const names = readdirSync(folder);
  expect(names.filter((name) => !/\.txt\.(?:age|manifest\.json)$/.test(name))).toStrictEqual([]);
  for (const name of names.filter((each) => each.endsWith('.age'))) {
    const out = join(folder, name.replace(/\.age$/, ''));
    execFileSync('age', ['--decrypt', '--identity', team.identity, '--output', out, join(folder, name)]);
  }
  const keys = names
    .filter((name) => name.endsWith('.age'))
    .flatMap((name) =>
      readFileSync(join(folder, name.replace(/\.age$/, '')), 'utf8')
        .trim()
        .split('\n'),
    );
  expect([keys.length, new Set(keys).size]).toStrictEqual([count, count]);
  const ledger = await team.openLedger();
  try {
    expect(await ledger.verify()).toStrictEqual([]);
    const batches = (await ledger.batches()).filter(({ id }) => id.startsWith(night));
    const done = batches.filter(({ state, voided }) => state === 'done' && voided === null);
    expect(done.map(({ id }) => `${id}.txt.age`).toSorted()).toStrictEqual(
      names.filter((name) => name.endsWith('.age')).toSorted(),
    );
  } finally {
    await ledger.close();
  }
}
