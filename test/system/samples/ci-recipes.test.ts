import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { postgresServer } from '../../node/ledger/postgres/postgres-server.js';
import { GithubRun } from './ci/github.js';
import { GitlabPipeline, nameOf } from './ci/gitlab.js';
import type { Context } from './ci/steps.js';
import { expectArrived, hasAge, killWhileItWrites, newTeam } from './ci/team.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const server = await postgresServer();
const team = server === undefined || !hasAge ? undefined : await newTeam(server);
afterAll(() => team?.close());

/** Two at a time, as two runners would. */
async function allOf<T>(parts: readonly T[], work: (part: T) => Promise<boolean>): Promise<boolean> {
  const waiting = [...parts];
  const ended: boolean[] = [];
  await Promise.all(
    [1, 2].map(async () => {
      for (let part = waiting.shift(); part !== undefined; part = waiting.shift())
        ended.push(await work(part));
    }),
  );
  return ended.every(Boolean);
}

describe.skipIf(team === undefined)('a night by samples/ci', () => {
  it('on GitHub: one runner is killed, one upload fails, both are run again, and every key arrived once', async () => {
    if (team === undefined) return;
    const { repository, secrets, recipient, env } = team;
    const settings = { repository, secrets, vars: { AGE_RECIPIENT: recipient }, env };
    const run = new GithubRun(join(ROOT, 'samples/ci/github-actions.yml'), '4711', settings);
    const [killed = {}, failed = {}, ...rest] = run.matrixOf('keys');
    expect(rest).toHaveLength(6);
    // Large enough to be met while it writes.
    const large = run.start('keys', {
      ...killed,
      product: { name: 'desk', format: 'lukittu', count: 400_000 },
    });
    await killWhileItWrites(large);
    run.artifacts.broken.add('keys-desk-2');
    const work = async (matrix: Context) => {
      const { runner, ended } = run.start('keys', matrix);
      const done = await ended;
      if (done) expect(runner.summary).toMatch(/^### \w+-\d\n```\nkeys +\d,000 of /);
      else process.stderr.write(runner.log);
      return done;
    };
    expect(await work(failed)).toBe(false);
    expect(await allOf(rest, work)).toBe(true);
    const settled = run.start('settle');
    expect([await settled.ended, settled.runner.log]).toStrictEqual([true, expect.any(String)]);
    expect(settled.runner.log).toMatch(/^voided +night-4711-desk-2-1 \(2\/4\), 3,000 keys$/m);
    expect(settled.runner.log.match(/^voided/gm)).toHaveLength(1);
    await expectArrived(team, run.artifacts, 'night-4711-', 2 * 3000 + 4 * 2000);

    run.attempt = 2;
    run.artifacts.broken.clear();
    expect(await allOf([killed, failed], work)).toBe(true);
    const again = run.start('settle');
    expect(await again.ended).toBe(true);
    expect(again.runner.log).not.toMatch(/^voided/m);
    expect(again.runner.summary).toMatch(/^reserving night-4711-desk-1-1 1\/4 /m);
    expect(again.runner.summary).toMatch(/^voided {4}night-4711-desk-2-1 2\/4 .*: it is not among /m);
    expect(
      again.runner.summary.match(/^done .* https:\/\/github\.example\/acme\/keys\/actions\/runs\/4711$/gm),
    ).toHaveLength(8);
    await expectArrived(team, run.artifacts, 'night-4711-', 4 * 3000 + 4 * 2000);
  }, 240_000);

  it('on GitLab: the same, of jobs that are run again', async () => {
    if (team === undefined) return;
    const { repository, secrets, recipient, env } = team;
    const pipeline = new GitlabPipeline(join(ROOT, 'samples/ci/gitlab-ci.yml'), repository, {
      ...env,
      LEDGER_URL: secrets.LEDGER_URL,
      KEYWRIGHT_LEDGER_SECRET: secrets.LEDGER_SECRET,
      AGE_RECIPIENT: recipient,
      CI_PIPELINE_ID: '88',
      CI_PIPELINE_URL: 'https://gitlab.example/acme/keys/-/pipelines/88',
    });
    expect(pipeline.matrixOf('keys')).toHaveLength(8);
    // Of one product.
    const [killed = {}, failed = {}, ...rest] = pipeline.matrixOf('keys').slice(0, 4);
    await killWhileItWrites(pipeline.start('keys', { ...killed, COUNT: '400000' }));
    const work = (matrix: Readonly<Record<string, string>>) => pipeline.start('keys', matrix).ended;
    pipeline.artifacts.broken.add(nameOf(failed));
    expect(await work(failed)).toBe(false);
    expect(await allOf(rest, work)).toBe(true);
    const settled = pipeline.start('settle');
    expect(await settled.ended).toBe(true);
    expect(settled.runner.log.match(/^voided +night-88-desk-2-\d+ \(2\/4\), 3,000 keys$/gm)).toHaveLength(1);
    pipeline.artifacts.broken.clear();
    expect(await allOf([killed, failed], work)).toBe(true);
    const again = pipeline.start('settle');
    expect(await again.ended).toBe(true);
    expect(again.runner.log.match(/^done .* https:\/\/gitlab\.example\/.*\/88$/gm)).toHaveLength(4);
    await expectArrived(team, pipeline.artifacts, 'night-88-', 4 * 3000);
  }, 240_000);
});
