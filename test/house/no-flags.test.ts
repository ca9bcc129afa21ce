import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, readSources } from './source-graph.js';

/** A flag behind what begins a string or a word in it; `-----BEGIN` and `i--` are none, and `--global` is npm's. */
const FLAG = /['"`( ]--(?!global')[a-z][a-z-]*/;

it('names no flag of the command line in core and node', () => {
  const found = readSources()
    .filter(({ path }) => /^src\/(core|node)\//.test(path))
    .flatMap(({ path }) => {
      const code = readFileSync(join(ROOT, path), 'utf8').replaceAll(/^\s*(\/\*\*|\*).*$|\/\/ .*$/gm, '');
      return code
        .split('\n')
        .flatMap((line, index) => (FLAG.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));
    });
  expect(found, 'say it in the library’s words, name the option in details.option').toEqual([]);
});
