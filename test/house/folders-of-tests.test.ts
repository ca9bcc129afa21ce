import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './source-graph.js';

/** Besides the one helper: the bench, whose folders are not a test's. */
const OWN = /^(new-folder\.ts|house\/|bench\/)/;

it('a test asks newFolder for its folder, which removes it however the test ends', () => {
  const found = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !OWN.test(name))
    .filter((name) => /\bmkdtemp(Sync)?\b/.test(readFileSync(join(ROOT, 'test', name), 'utf8')));
  expect(found).toEqual([]);
});
