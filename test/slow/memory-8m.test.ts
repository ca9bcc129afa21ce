import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseFormat } from '../../src/core/format/parse-format.js';
import { generateBlocks } from '../../src/core/generate/generate.js';
import { run } from '../cli/script.js';
import { newFolder } from '../new-folder.js';

const folder = newFolder();
mkdirSync(join(folder, 'tmp'));

/** What `dedupe --json` says. */
function dedupe(options: string): unknown {
  const { stdout, stderr } = run(`keywright dedupe list.txt --tmp-dir tmp --json ${options}`, folder);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

it('700,000 keys go through temporary files at --memory 8M, to the same bytes as in memory', () => {
  const blocks: Uint8Array[] = [];
  for (const { bytes, count, stride } of generateBlocks(parseFormat('lukittu'), 630_000)) {
    blocks.push(bytes.slice(0, count * stride));
  }
  const keys = Buffer.concat(blocks);
  writeFileSync(join(folder, 'list.txt'), Buffer.concat([keys, keys.subarray(0, 70_000 * 30)]));
  const found = { kept: 630_000, duplicates: 70_000 };
  expect(dedupe('--memory 8M -o small.txt')).toMatchObject({ ...found, partitioned: true });
  expect(dedupe('-o large.txt')).toMatchObject({ ...found, partitioned: false });
  expect(readFileSync(join(folder, 'small.txt')).equals(keys)).toBe(true);
  expect(readFileSync(join(folder, 'large.txt')).equals(keys)).toBe(true);
  expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
});
