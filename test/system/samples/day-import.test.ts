import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { run } from '../../cli/script.js';
import { newFolder } from '../../new-folder.js';

it('samples/day-import/run.sh: keys, requests, a kill -9 in the middle, and the rest, each key once', () => {
  const temporary = newFolder();
  const env = { TMPDIR: temporary, COUNT: '100', RATE: '40' };
  const command = 'sh "$ROOT/samples/day-import/run.sh" --failures 2% --page-size 30 --latency 2ms';
  const { status, stdout, stderr } = run(command, newFolder(), env);
  expect([status, stderr.match(/stopped|refused|in doubt/)]).toEqual([0, null]);
  for (const name of ['cryptlex', 'solifyn', 'lukittu', 'getkeymanager']) {
    const fared = '\\d+ requests, \\d+ failed, \\d+ replies lost';
    expect(stdout).toMatch(new RegExp(`^${name}: 100 keys, 0 twice, 0 not at all; ${fared}$`, 'm'));
    expect(stdout).toContain(`${name}: every key exists exactly once, 100 in the results\n`);
  }
  expect(readdirSync(temporary)).toEqual([]);
}, 120_000);
