import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiPage, surfaces } from './api-page.js';
import { ROOT } from './pages.js';

const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

it('docs/api.md is what the doc comments say: else npm run docs:api', () => {
  expect(readFileSync(join(ROOT, 'docs/api.md'), 'utf8')).toBe(apiPage());
});

describe.each(surfaces())('$subpath', ({ subpath, symbols }) => {
  const { types, default: script } = exports[subpath.replace('keywright', '.')];

  it('has all that it exports', async () => {
    const loaded: object = await import(join(ROOT, script));
    const values = symbols.filter(({ kind }) => kind !== 'type').map(({ name }) => name);
    expect(values.toSorted()).toEqual(Object.keys(loaded).toSorted());
    const declared =
      readFileSync(join(ROOT, types), 'utf8').match(/(?<=\btype )\w+|(?<=type \{)[^}]*/g) ?? [];
    const named = declared.flatMap((text) => text.split(',')).map((name) => name.trim());
    expect(named.filter((name) => name !== '' && !symbols.some((each) => each.name === name))).toEqual([]);
  });

  it('says of each what it is', () => {
    expect(symbols.filter(({ text }) => !/^\S.*[.:]$/.test(text)).map(({ name }) => name)).toEqual([]);
  });
});
