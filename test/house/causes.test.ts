import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, readSources } from './source-graph.js';

/** Where the cause holds what must not be handed on: by file, why. */
const UNSAID: Readonly<Record<string, string>> = {
  'src/node/ledger/postgres/postgres-driver.ts': 'an invalid URL is repeated, with its password',
  'src/node/sign/key-pairs.ts': 'what node:crypto quotes of a private key is not ours to promise',
};

it('an error of ours that is thrown for another keeps it as its cause', () => {
  const found = readSources().flatMap(({ path }) =>
    path in UNSAID
      ? []
      : catchClauses(readFileSync(join(ROOT, path), 'utf8'))
          .filter(({ body }) => /throw new KeywrightError\(/.test(body) && !/\bcause\b/.test(body))
          .map(({ line }) => `${path}:${line}`),
  );
  expect(found, 'give { cause: error }').toEqual([]);
});

/** The `catch` clauses of formatted code: each ends where its brace is closed at the depth of its line. */
function catchClauses(code: string): readonly { readonly line: number; readonly body: string }[] {
  return [...code.matchAll(/^( *)\} catch(?: \(\w+\))? \{\n([\s\S]*?)^\1\}/gm)].map((match) => ({
    line: code.slice(0, match.index).split('\n').length,
    body: match[2] ?? '',
  }));
}
