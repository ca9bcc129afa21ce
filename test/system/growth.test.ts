import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from '../new-folder.js';
import { factor, type Growth, growthOf, isHeld, MOST, type Reading } from './growth/doubling.js';
import { FILE_READERS } from './growth/file-readers.js';
import { TEXTS } from './growth/hostile-texts.js';
import { TEXT_READERS } from './growth/text-readers.js';
import { VENDOR_READERS } from './growth/vendor-readers.js';

type Prepare = (text: string, size: number) => Reading | Promise<Reading>;

let folder = '';
beforeAll(() => {
  folder = newFolder();
});

const readers: [name: string, prepare: Prepare][] = [
  ...Object.entries({ ...TEXT_READERS, ...VENDOR_READERS }).map(([name, read]): [string, Prepare] => [
    name,
    (text) => () => read(text),
  ]),
  ...Object.entries(FILE_READERS).map(([name, { ending, pack, read }]): [string, Prepare] => [
    name,
    async (text, size) => {
      const plain = join(folder, `${size}.${ending}`);
      writeFileSync(plain, text);
      const path = (await pack?.(plain)) ?? plain;
      return () => read(path);
    },
  ]),
];

const worst: { readonly name: string; readonly text: string; readonly growth: Growth }[] = [];

describe(`doubling an input costs at most ${MOST} times the CPU`, () => {
  it.each(readers)('%s', async (name, prepare) => {
    const fell: string[] = [];
    const measured: (typeof worst)[number][] = [];
    for (const [text, make] of Object.entries(TEXTS)) {
      const growth = await growthOf((size) => prepare(make(size), size));
      measured.push({ name, text, growth });
      if (!isHeld(growth)) fell.push(rowOf({ name, text, growth }));
    }
    // What is over at once grows as nothing does: the slowest text speaks for its reader then.
    const slow = measured.toSorted((a, b) => weight(b.growth) - weight(a.growth))[0];
    if (slow !== undefined) worst.push(slow);
    expect(fell).toEqual([]);
  });
});

afterAll(() => {
  const head =
    '| reader | its worst text | characters | ms for half | ms for all | factor |\n|---|---|---|---|---|---|';
  // biome-ignore lint/suspicious/noConsole: the table is what the run is for.
  console.log([head, ...worst.map(rowOf)].join('\n'));
});

function weight(growth: Growth): number {
  return growth.half < 2 ? growth.whole / 1000 : factor(growth);
}

function rowOf({ name, text, growth }: (typeof worst)[number]): string {
  const figures = [growth.half.toFixed(1), growth.whole.toFixed(1), factor(growth).toFixed(2)];
  return `| ${name} | ${text} | ${growth.size} | ${figures.join(' | ')} |`;
}
