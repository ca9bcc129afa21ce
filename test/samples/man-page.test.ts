import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { helpOf } from '../cli/run-here.js';
import { manPage, WIDTH } from './man-page.js';
import { ROOT } from './pages.js';

const PAGE = join(ROOT, 'man/keywright.1');
const hasMan = spawnSync('man', ['--version']).status === 0 && spawnSync('groff', ['--version']).status === 0;
const NEEDS_MAN = hasMan ? '' : ': skipped, there is no man with groff';

it('man/keywright.1 is what the commands print: else npm run docs:cli', async () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(await manPage((...words) => helpOf(words, WIDTH)));
});

it('keeps roff from reading a help as anything but text', async () => {
  const help =
    "keywright x\n\nSays it.\n\nOptions:\n  -x, --ex NAME  a \\n or ^\n                 and\n\n.TH 'is' text";
  const page = await manPage(async (word) =>
    word === undefined ? 'usage\n\nAbout.\n\nKeys:\n  x  X.' : help,
  );
  expect(page).toContain(
    '.SS "keywright x"\n.PP\n.B keywright x\n.PP\nSays it.\n.PP\nOptions:\n.TP\n.B \\-x, \\-\\-ex NAME\na \\en or \\(ha\n',
  );
  expect(page).toContain('\n.PP\n\\&.TH \\(aqis\\(aq text\n');
});

it.skipIf(!hasMan)(
  `man has nothing to complain of, and shows the commands and exit codes${NEEDS_MAN}`,
  () => {
    const env = { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '100', MANROFFOPT: '' };
    const { stdout, stderr, status } = spawnSync('man', ['--warnings=w', '-P', 'cat', '-l', PAGE], {
      env,
      encoding: 'utf8',
    });
    expect([status, stderr]).toStrictEqual([0, '']);
    expect(stdout).toMatch(/^ {3}keywright ledger rotate$/m);
    expect(stdout).toMatch(/^ {7}keywright format '\/\^\(\[A-F0-9\]\{6\}-\)\{5\}\[A-F0-9\]\{6\}\$\/'$/m);
    expect(stdout).toMatch(/^ {7}70 +a bug$/m);
  },
);
