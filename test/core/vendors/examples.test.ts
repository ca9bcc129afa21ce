import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasSeeds, NEEDS_SEEDS, readSeed } from './seed-files.js';

const SRC = resolve(import.meta.dirname, '../../../src');

/** The pages, and how many values of examples each shows at the least: fewer, and the search misses them. */
const PAGES = [
  { number: '000', vendor: 'Cryptlex', values: 6 },
  { number: '001', vendor: 'Solifyn, in prose', values: 10 },
  { number: '002', vendor: 'GetKeyManager', values: 11 },
  { number: '003', vendor: 'Solifyn, with types', values: 12 },
  { number: '004', vendor: 'Lukittu', values: 3 },
] as const;

/** Paths, references, members' names that end in a digit, and what is no value. */
const INTERFACE = /^(https?:|\/|#\/|[a-z]+(_[a-z]+\d*)+$)|[{}|<>[\]*]|\s=\s/;

/**
 * The values in a page's examples that could be a key, an id, an address, a time or a signature: quoted, or
 * after `example:` or `Bearer`, or whole numbers, of eight characters and more, and with a digit, an @, a capital
 * amid the small letters after a _ , or the full stop of a sentence: words of the interface have none of these.
 */
function exampleValues(page: string): readonly string[] {
  const quoted = /"([^"\n]*)"|'([^'\n]*)'|`([^`\n]*)`|(?:example:|Bearer) *(\S{8,})$|: (\d{8,}),?$/gm;
  // The list of keys stands as JSON between backticks: its texts first.
  const lists = [...page.matchAll(/`(\[".*?"\])`/g)].flatMap(([, list = '[]']): string[] => JSON.parse(list));
  const texts = [...page.matchAll(quoted)].map(
    (match) => match.slice(1).find((text) => text !== undefined) ?? '',
  );
  const telling = [...lists, ...texts].filter(
    (text) => /[\d@]|\.$|^\w+ User$|_\w*[a-z][A-Z]/.test(text) && !INTERFACE.test(text),
  );
  const values = telling.map((text) => text.replace(/\.{3}$/, ''));
  return [...new Set(values.filter(({ length }) => length >= 8))];
}

describe(`the documents' examples${NEEDS_SEEDS}`, () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const sources = files.map((name) => ({
    name,
    text: readFileSync(resolve(SRC, name), 'utf8').toLowerCase(),
  }));

  it.skipIf(!hasSeeds).each(PAGES)('of $vendor stand in no source', ({ number, values }) => {
    const found = exampleValues(readSeed(number));
    expect(found.length).toBeGreaterThanOrEqual(values);
    const copied = found.flatMap((value) =>
      sources.filter(({ text }) => text.includes(value.toLowerCase())).map(({ name }) => `${name}: ${value}`),
    );
    expect(copied).toEqual([]);
  });

  it('would be found', () => {
    const page =
      '{\n  "key": "0A2035-E8A2A3",\n  "type": "node-locked",\n  "at": 1709001673,\n}\n`["A1-22222","B3-44444"]`';
    expect(exampleValues(page)).toEqual(['A1-22222', 'B3-44444', '0A2035-E8A2A3', '1709001673']);
    expect(sources.length).toBeGreaterThan(50);
  });
});
