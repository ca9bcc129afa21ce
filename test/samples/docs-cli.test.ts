import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { helpOf } from '../cli/run-here.js';
import { newFolder } from '../new-folder.js';
import { WIDTH, writePages } from './cli-pages.js';
import { ROOT } from './pages.js';

it('docs/cli is what the commands print: else npm run docs:cli', { timeout: 120_000 }, async () => {
  const folder = newFolder();
  await writePages(folder, (...words) => helpOf(words, WIDTH));
  const names = readdirSync(folder).sort();
  expect(names.length).toBeGreaterThan(10);
  expect(readdirSync(join(ROOT, 'docs/cli')).sort()).toStrictEqual(names);
  for (const name of names) {
    expect(readFileSync(join(ROOT, 'docs/cli', name), 'utf8'), name).toBe(
      readFileSync(join(folder, name), 'utf8'),
    );
  }
});
