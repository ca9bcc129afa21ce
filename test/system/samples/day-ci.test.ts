import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { newFolder } from '../../new-folder.js';
import { runSample } from './run-sample.js';

it('samples/day-ci: three jobs and one ledger; one is killed, run again, and all is as it should be', () => {
  const folder = newFolder();
  const { status, stdout, stderr } = runSample('day-ci/run.sh', folder);
  expect(stderr.replace(/^keywright: total: .*\n/gm, '')).not.toContain('keywright:');
  expect(stdout).toMatch(
    /^job 2 (ended with 137|was faster than the kill)\n# It is run again\njob 2 is done$/m,
  );
  expect(stdout.match(/^done +night-42/gm)).toHaveLength(3);
  expect(stdout).toMatch(/^sound +issued\.db\n *60000 different keys\n0 temporary files$/m);
  expect(stdout.trimEnd().split('\n').at(-1)?.trim()).toBe('60000');
  expect(status).toBe(0);
  expect(readdirSync(folder).filter((name) => name.startsWith('tmp'))).toStrictEqual([]);
}, 120_000);
