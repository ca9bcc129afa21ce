import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { run } from '../../cli/script.js';
import { newFolder } from '../../new-folder.js';
import { runAction } from './ci/github.js';
import { Runner } from './ci/steps.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What is, or may be, checked in, as GitHub has an action that it uses: nothing is installed or built. */
function checkout(): string {
  const folder = newFolder();
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).split('\0');
  for (const path of files.filter((each) => each !== '' && !each.startsWith('test/bench/'))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path));
  }
  return folder;
}

it('action.yml issues a batch from a bare checkout, tells where it is, and again the same', async () => {
  const folder = checkout();
  const runner = new Runner({
    GITHUB_RUN_ID: '42',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_JOB: 'issue',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_REPOSITORY: 'acme/keys',
    npm_config_cache: execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim(),
    npm_config_prefer_offline: 'true',
  });
  const secret = { KEYWRIGHT_LEDGER_SECRET: 'ab'.repeat(32) };
  expect(run('keywright ledger init issued.db', runner.folder, secret).status).toBe(0);
  const given = { format: 'solifyn', count: '30', ledger: 'issued.db', shard: '2/4', out: 'part 2.txt' };
  const outputs = await runAction(folder, runner, given, secret);
  expect([runner.log, outputs]).toStrictEqual([
    expect.any(String),
    { path: 'part 2.txt', manifest: 'part 2.txt.manifest.json', 'batch-id': 'run-42-1-issue-0-part-2.txt' },
  ]);
  expect(runner.summary).toMatch(/^### run-42-1-issue-0-part-2\.txt\n```\nkeys +30 of /);
  const keys = readFileSync(join(runner.folder, 'part 2.txt'), 'utf8');
  expect(keys.trim().split('\n')).toHaveLength(30);
  // By the name of a variable, and once more: nothing new.
  const again = { ...given, ledger: 'env:LEDGER', 'batch-id': 'run-42-1-issue-0-part-2.txt' };
  expect(await runAction(folder, runner, again, { ...secret, LEDGER: 'issued.db' })).toStrictEqual(outputs);
  expect(readFileSync(join(runner.folder, 'part 2.txt'), 'utf8')).toBe(keys);
  const { stdout } = run('keywright ledger batches issued.db', runner.folder, secret);
  expect(stdout).toMatch(/^done {6}run-42-1-issue-0-part-2\.txt 2\/4 {2}30 keys .*\/actions\/runs\/42\n$/);
  // Another job of the matrix, whose file has the same name, as every runner has a folder of its own.
  const other = { ...given, count: '31', out: './part 2.txt' };
  rmSync(join(runner.folder, 'part 2.txt'));
  rmSync(join(runner.folder, 'part 2.txt.manifest.json'));
  expect(await runAction(folder, runner, other, secret, 1)).toMatchObject({
    'batch-id': 'run-42-1-issue-1-.-part-2.txt',
  });
  // Without a ledger, and what is refused gives nothing out.
  expect(await runAction(folder, runner, { count: '3' }, {})).toMatchObject({
    path: 'keys.txt',
    'batch-id': '',
  });
  expect(await runAction(folder, runner, { count: '0' }, {})).toBeUndefined();
});
