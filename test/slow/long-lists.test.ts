import { createWriteStream, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditFiles, dedupeFiles } from '../../dist/node.js';
import { saidOf } from '../failure.js';
import { newFolder } from '../new-folder.js';

let folder = '';
beforeEach(() => {
  folder = newFolder();
});

// A gigabyte each.
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function* gigabyte(head: string, block: string): Generator<Buffer, void, undefined> {
  yield Buffer.from(head);
  const chunk = Buffer.from(block.repeat(Math.ceil(2 ** 20 / block.length)));
  for (let bytes = 0; bytes < 2 ** 30; bytes += chunk.length) yield chunk;
}

describe('a line of 1 GB', () => {
  it.each([
    ['text', 'AAAA\n', 'B', /line 2, is longer than 1 MiB/],
    ['csv', 'key,note\nAAAA,', 'B', /line 2, is longer than 1 MiB/],
    ['csv', 'key,note\nAAAA,"\n', 'BBBB\n', /line 2, begins a row over 1 MiB/],
    ['jsonl', '{"key":"AAAA"}\n{"key":"BBBB","note":"', 'B', /line 2, is longer than 1 MiB/],
  ])(
    'in %s is refused with its number, from a file and a pipe, in bounded memory',
    async (kind, head, block, message) => {
      const path = join(folder, `long.${kind}`);
      await pipeline(Readable.from(gigabyte(head, block)), createWriteStream(path));
      const before = process.memoryUsage.rss();
      const out = join(folder, 'out');
      expect(await saidOf(dedupeFiles([path], { out, tmpDir: folder }))).toMatch(message);
      const stdin = Readable.from(gigabyte(head, block));
      expect(await saidOf(auditFiles(['-'], { stdin, tmpDir: folder }))).toMatch(message);
      expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 2 ** 20);
      expect(readdirSync(folder)).toEqual([`long.${kind}`]);
    },
  );
});

it('10⁷ empty lines are a list without keys, and cost nothing beside ten keys', async () => {
  const path = join(folder, 'empty.txt');
  const lines = '\n'.repeat(10_000_000);
  await pipeline(Readable.from([lines]), createWriteStream(path));
  expect(await saidOf(dedupeFiles([path], { out: join(folder, 'out') }))).toMatch(
    /^no_keys: .*empty\.txt holds no keys/,
  );
  expect(readdirSync(folder)).toEqual(['empty.txt']);
  const keys = Array.from({ length: 10 }, (_, i) => `KEY${i % 5}`).join(lines.slice(0, 1_000_000));
  await pipeline(Readable.from([keys]), createWriteStream(path));
  const result = await auditFiles([path]);
  expect(result).toMatchObject({ read: 10, duplicates: 5 });
  expect(result.findings[0]).toMatchObject({ line: 5_000_001, first: { line: 1 } });
});
