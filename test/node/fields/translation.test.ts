import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTranslation } from '../../../src/node/fields/translation.js';
import { saidOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';

function read(content: string, name = 'skus.csv') {
  const path = join(newFolder(), name);
  writeFileSync(path, content);
  return readTranslation(path, {});
}

const UUID = ['b1d5c0a2-3f4e-4a6b-8c7d-9e0f1a2b3c4d', 'c1d5c0a2-3f4e-4a6b-8c7d-9e0f1a2b3c4d'] as const;

describe('a table of two columns', () => {
  it.each([
    ['a heading', `sku,product\nBASIC,${UUID[0]}\nPRO,${UUID[1]}\n`],
    ['no heading', `BASIC,${UUID[0]}\nPRO,${UUID[1]}\n`],
    [
      'semicolons, quotes, blanks and a mark',
      `\ufeffsku;product\r\n"BASIC"; ${UUID[0]}\r\nPRO;"${UUID[1]}"\r\n`,
    ],
    ['an entry twice that says the same', `sku,product\nBASIC,${UUID[0]}\nPRO,${UUID[1]}\nPRO,${UUID[1]}\n`],
  ])('with %s', async (_, content) => {
    expect([...(await read(content))]).toStrictEqual([
      ['BASIC', UUID[0]],
      ['PRO', UUID[1]],
    ]);
  });

  it.each([
    ['one column', 'sku\nBASIC\n', /is no table of two columns/],
    ['three columns', 'sku,product,name\nBASIC,1,a\nPRO,2,b\n', /is no table of two columns/],
    [
      'an entry twice',
      'sku,product\nBASIC,1\nPRO,2\nBASIC,2\n',
      /line 4, has an entry that stands for something else/,
    ],
    ['an empty cell', 'sku,product\nBASIC,1\nPRO,\n', /line 3, has an empty cell/],
    ['nothing but a heading', 'sku,product_id\n', /damaged_file: /],
    ['nothing', '', /holds no entries/],
    ['JSON', '[{"sku":"BASIC","product":1}]', /is no table of two columns/],
  ])('but not %s', async (_, content, said) => {
    expect(await saidOf(read(content))).toMatch(said);
  });
});
