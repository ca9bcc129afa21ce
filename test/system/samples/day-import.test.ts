import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { run } from '../../cli/script.js';
import { newFolder } from '../../new-folder.js';

// Each of the four servers, killed at ten moments and at each write: test/system/sending.test.ts
it('samples/day-import/run.sh: keys, requests, a kill -9, and the rest, each key once', () => {
  const temporary = newFolder();
  const env = { TMPDIR: temporary, COUNT: '100', RATE: '40' };
  const command = 'sh "$ROOT/samples/day-import/run.sh" --failures 2% --page-size 30 --latency 2ms';
  const { status, stdout, stderr } = run(command, newFolder(), env);
  expect([status, stderr.match(/stopped|refused|in doubt/)]).toEqual([0, null]);
  const fared = '\\d+ requests, \\d+ failed, \\d+ replies lost';
  const last = new RegExp(`\ncryptlex: 100 keys, 0 twice, 0 not at all; ${fared}; 100 in the results\n$`);
  expect(stdout).toMatch(last);
  expect(readdirSync(temporary)).toEqual([]);
});

it('samples/day-import/run.sh is a dozen commands', () => {
  const path = new URL('../../../samples/day-import/run.sh', import.meta.url);
  const commands = readFileSync(path, 'utf8').match(/^[^#\n].*/gm);
  expect(commands?.length).toBeLessThan(16);
});
