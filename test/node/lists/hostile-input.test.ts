import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { saidOf } from '../../failure.js';
import { vectorsFolder } from '../../vectors/vector-files.js';
import { parseKeyList } from './key-list.js';

const A = '7QX4M-9K2TD-HB3WR-E8YVA-05NFC';
const B = '7QX4M-9K2TD-HB3WR-E8YVA-05NFD';
const C = '0000A-0000B-0000C-0000D-0000E';

/** The distinct keys, in order of appearance, or the refusal, for each file. */
const OUTCOMES: Record<string, readonly string[] | RegExp> = {
  'plain-lf.txt': [A, B, C],
  'plain-crlf.txt': [A, B, C],
  'plain-cr.txt': [A, B, C],
  'no-final-newline.txt': [A, B, C],
  'utf8-bom.txt': [A, B, C],
  'utf16le-bom.txt': /is UTF-16/,
  'utf16be-bom.txt': /is UTF-16/,
  'utf16le-nobom.txt': /is UTF-16/,
  'nul-inside.txt': /, line 1, holds a NUL byte/,
  'invalid-utf8.txt': /, line 1, is not valid UTF-8/,
  'overlong-utf8.txt': /, line 4, is not valid UTF-8/,
  'empty.txt': [],
  'only-newlines.txt': [],
  'blank-and-space.txt': [A, B],
  'lowercase-and-dashes.txt': [A.toLowerCase(), A.replaceAll('-', ''), A],
  'confusable-cyrillic.txt': ['7QX4M-9K2TD-HB3WR-E8YV\u0410-05NFC'],
  'fullwidth-digits.txt': ['\uff17QX4M-9K2TD-HB3WR-E8YVA-05NFC'],
  'zero-width-space.txt': ['7QX4M\u200b-9K2TD-HB3WR-E8YVA-05NFC'],
  'nbsp-trailing.txt': [`${A}\u00a0`, A],
  'line-separator-u2028.txt': [`${A}\u2028${B}`],
  'csv-formula.csv': [A, B, C],
  'csv-unclosed-quote.csv': /, line 2, begins a row whose quote is never closed/,
  'ok.txt.gz': [A, B, C],
  'truncated.txt.gz': /gzip file that is cut short/,
  'truncated-header.txt.gz': /gzip file that is cut short/,
  'bad-crc.txt.gz': /damaged gzip file/,
  'bad-isize.txt.gz': /damaged gzip file/,
  'two-members.txt.gz': [A, B, C, 'XQX4M-9K2TD-HB3WR-E8YVA-05NFC'],
  'trailing-garbage.txt.gz': /damaged gzip file/,
  'not-gzip.txt.gz': [A, B, C],
  'bomb-10MB.txt.gz': [],
  'escape-sequences.txt': /, line 1, holds the control character U\+001B/,
};

const folder = vectorsFolder('hostile-input');

describe.skipIf(folder === undefined)(
  'hostile input (written for this project): what each file gives',
  () => {
    const at = folder ?? '';
    const manifest: { files: { file: string; sha256: string; bytes: number }[] } =
      folder === undefined ? { files: [] } : JSON.parse(readFileSync(join(at, 'manifest.json'), 'utf8'));

    it('knows an outcome for each of the 32 files', () => {
      expect(manifest.files.map(({ file }) => file).sort()).toEqual(Object.keys(OUTCOMES).sort());
      expect(manifest.files).toHaveLength(32);
    });

    it.each(manifest.files)('$file', async ({ file, sha256, bytes }) => {
      const outcome = OUTCOMES[file] ?? [];
      if (outcome instanceof RegExp) {
        const failure = await saidOf(parseKeyList(join(at, file)));
        expect(failure).toMatch(/^damaged_file: /);
        expect(failure).toMatch(outcome);
        expect(failure).not.toMatch(/\p{Cc}|7QX4M|9K2TD/u);
        return;
      }
      const list = await parseKeyList(join(at, file));
      expect([...new Set(list.keys)]).toEqual(outcome);
      expect(list).toMatchObject({ sha256, bytes, gzip: file.endsWith('.gz') && file !== 'not-gzip.txt.gz' });
      if (file === 'ok.txt.gz') expect(list.keys).toHaveLength(600);
    });
  },
);
