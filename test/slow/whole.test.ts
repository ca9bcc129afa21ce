import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The tests that try less in `npm test` than they can. */
const files = ['core', 'node']
  .flatMap((room) =>
    readdirSync(join(ROOT, 'test', room), { recursive: true, encoding: 'utf8' }).map((name) =>
      join('test', room, name),
    ),
  )
  .filter(
    (path) =>
      path.endsWith('.test.ts') && /from '(?:\.\.\/)+runs\.js'/.test(readFileSync(join(ROOT, path), 'utf8')),
  );

it('there are some that try less in npm test', () => expect(files.length).toBeGreaterThan(3));

it.each(files)('%s holds with all that it can try', (file) => {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const env = { ...process.env, KEYWRIGHT_TEST_WHOLE: '1' };
  const limits = ['--testTimeout=600000', '--reporter=dot'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, 'run', ...limits, file], {
    ...{ cwd: ROOT, env, encoding: 'utf8' },
  });
  expect(status, `${stdout}${stderr}`).toBe(0);
});
