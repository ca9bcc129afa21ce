import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../cli/script.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SAMPLE = 'samples/reseller-lists';

/** The README's transcript: each command with what it shows, in order. */
const block = readFileSync(join(ROOT, 'README.md'), 'utf8')
  .split(`    $ cd ${SAMPLE}\n`)[1]
  ?.split(/\n(?! {4})/)[0]
  ?.replace(/^ {4}/gm, '');
const steps = (block ?? '').split(/^\$ /m).filter((step) => step !== '');

describe(SAMPLE, () => {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-resellers-'));
  cpSync(join(ROOT, SAMPLE), folder, { recursive: true });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('stands in the README', () => {
    expect(steps.map((step) => step.split(' ')[0])).toEqual(['keywright', 'keywright', 'cat', 'cat']);
  });

  // One after the other: the later ones show what the earlier ones wrote.
  it.each(steps)('shows what the README says: %s', (step) => {
    const [command = '', ...shown] = step.split('\n');
    const { stdout, stderr, status } = run(command, folder);
    expect(stderr).toBe('');
    expect(status).toBe(command.startsWith('keywright audit') ? 1 : 0);
    expect(stdout.trimEnd()).toBe(shown.join('\n').trimEnd());
  });
});
