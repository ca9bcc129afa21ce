import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadKnownLists } from '../../../src/node/lists/known-lists.js';
import { newFolder } from '../../new-folder.js';
import { vectorsFolder } from '../../vectors/vector-files.js';

const OPTIONS = { exact: false, expected: 0, keyBytes: 30 };
const own = newFolder();

/** How many different keys a list of the hostile-input files excludes, or how it is refused. */
const EXCLUDED: Record<string, number | RegExp> = {
  'plain-lf.txt': 3,
  'plain-crlf.txt': 3,
  'plain-cr.txt': 3,
  'no-final-newline.txt': 3,
  'utf8-bom.txt': 3,
  'utf16le-bom.txt': /UTF-16/,
  'utf16be-bom.txt': /UTF-16/,
  'utf16le-nobom.txt': /UTF-16/,
  'nul-inside.txt': /line 1/,
  'invalid-utf8.txt': /line 1/,
  'overlong-utf8.txt': /line 4/,
  'empty.txt': /holds no keys/,
  'only-newlines.txt': /holds no keys/,
  'blank-and-space.txt': 2,
  'lowercase-and-dashes.txt': 1,
  'confusable-cyrillic.txt': /line 1, is no license key: .*U\+0410/,
  'fullwidth-digits.txt': 1,
  'zero-width-space.txt': 1,
  'nbsp-trailing.txt': 1,
  'line-separator-u2028.txt': 1,
  'csv-formula.csv': 3,
  'csv-unclosed-quote.csv': /line 2/,
  'ok.txt.gz': 3,
  'truncated.txt.gz': /cut short/,
  'truncated-header.txt.gz': /cut short/,
  'bad-crc.txt.gz': /damaged gzip/,
  'bad-isize.txt.gz': /damaged gzip/,
  'two-members.txt.gz': 4,
  'trailing-garbage.txt.gz': /damaged gzip/,
  'not-gzip.txt.gz': 3,
  'bomb-10MB.txt.gz': /holds no keys/,
  'escape-sequences.txt': /line 1/,
};

const folder = vectorsFolder('hostile-input');

describe.skipIf(folder === undefined)(
  'hostile input (written for this project) as a list of existing keys',
  () => {
    it.each(Object.entries(EXCLUDED))('%s: %s', async (name, expected) => {
      const loading = loadKnownLists([join(folder ?? '', name)], OPTIONS);
      if (typeof expected === 'number') {
        expect((await loading).known.size).toBe(expected);
        return;
      }
      const message = await loading.then(
        () => 'was read',
        (error: unknown) => (error instanceof Error ? error.message : ''),
      );
      expect(message).toMatch(expected);
      // Control characters would reach the terminal, and part of a key is part of a secret.
      expect(message).not.toMatch(/\p{Cc}|7QX4M|HB3WR|0000A/u);
    });
  },
);

describe('lists of existing keys', () => {
  const list = (name: string, text: string) => {
    writeFileSync(join(own, name), text);
    return join(own, name);
  };

  it('are one set, each with its own count of keys and its hash', async () => {
    const paths = [list('a.txt', 'AAAA\nBBBB\nBBBB\n'), list('b.jsonl', '{"key":"bbbb"}\n{"key":"CCCC"}\n')];
    const { known, lists, manifests } = await loadKnownLists(paths, OPTIONS);
    expect(known.size).toBe(3);
    expect(lists.map(({ keys }) => keys)).toEqual([3, 2]);
    expect(lists[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(manifests).toEqual([]);
  });

  it('name the file and the line of what is no key', async () => {
    const path = list('c.txt', 'AAAA\n\nÜBER\n');
    await expect(loadKnownLists([path], OPTIONS)).rejects.toMatchObject({
      code: 'damaged_file',
      details: { path, line: 3 },
    });
  });

  it('compare the text itself when they are read exactly', async () => {
    const path = list('d.txt', 'abcd\nABCD\nAB-CD\n');
    expect((await loadKnownLists([path], { ...OPTIONS, exact: true })).known.size).toBe(3);
    expect((await loadKnownLists([path], OPTIONS)).known.size).toBe(1);
  });
});
