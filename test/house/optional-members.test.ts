import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, readSources } from './source-graph.js';

/** A policy takes no undefined member, so that a mistake in a program never leaves a check out. */
const POLICY = [
  'src/core/sign/policy.ts',
  'src/core/license/license-policy.ts',
  'src/core/revocations/list-policy.ts',
  'src/core/seal/seal-policy.ts',
  'src/cli/commands/sign/verify.ts',
];

function linesOf(pattern: RegExp): readonly string[] {
  return readSources()
    .filter(({ path }) => !POLICY.includes(path))
    .flatMap(({ path }) =>
      readFileSync(join(ROOT, path), 'utf8')
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
    );
}

it('declares an optional member so that undefined says "not given"', () => {
  expect(linesOf(/^\s+readonly \w+\?: (?!unknown;|never;)(?!.*\bundefined\b)[^{]*;$/)).toEqual([]);
});

it('passes an optional member by its name, without a spread on a condition', () => {
  expect(linesOf(/\.\.\.\((\w+)( !== undefined)? && \{ \1 \}\)/)).toEqual([]);
});
