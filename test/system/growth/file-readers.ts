import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeXlsx } from 'hucre';
import { readBulkRequest } from '../../../src/node/bulk-create/bulk-files.js';
import { dedupeFiles } from '../../../src/node/dedupe/dedupe-files.js';
import { readManifest } from '../../../src/node/issue/issued-manifest.js';
import { readFragments } from '../../../src/node/lists/fragments.js';
import { openKeyFile } from '../../../src/node/lists/list-file.js';
import { readKeyringFile } from '../../../src/node/sign/keyring-file.js';

interface FileReader {
  /** How the name of the file ends. */
  readonly ending: string;
  /** Makes of the text file what is read. */
  readonly pack?: (path: string) => string | Promise<string>;
  readonly read: (path: string) => Promise<unknown>;
}

async function readList(path: string, options: Parameters<typeof openKeyFile>[1] = {}): Promise<number> {
  const file = await openKeyFile(path, options);
  let count = 0;
  for await (const batch of file.keys()) count += batch.count;
  return count;
}

/** A workbook of one sheet with the lines of a text: what a spreadsheet cannot hold in one cell goes into the next row. */
async function workbook(path: string): Promise<string> {
  const lines =
    readFileSync(path, 'utf8')
      .replaceAll(/[^\x20-\x7e\n]/g, '?')
      .match(/[^\n]{1,30000}/g) ?? [];
  const rows = [['key', 'note'], ...lines.map((line) => [line, 'a'])];
  const to = `${path}.xlsx`;
  writeFileSync(to, await writeXlsx({ sheets: [{ name: 'Keys', rows }] }));
  return to;
}

function gzipped(path: string): string {
  const to = `${path}.gz`;
  writeFileSync(to, gzipSync(readFileSync(path)));
  return to;
}

/** What reads a file whose content is a hostile text. */
export const FILE_READERS: Readonly<Record<string, FileReader>> = {
  'list, of any kind': { ending: 'dat', read: readList },
  'text list': { ending: 'txt', read: readList },
  'CSV list': { ending: 'csv', read: readList },
  'CSV list, a column named': { ending: 'csv', read: (path) => readList(path, { column: 'key' }) },
  'JSON list': { ending: 'json', read: readList },
  'JSONL list': { ending: 'jsonl', read: readList },
  'gzip list': { ending: 'txt', pack: gzipped, read: readList },
  'gzip CSV list': { ending: 'csv', pack: gzipped, read: readList },
  'xlsx list': { ending: 'txt', pack: workbook, read: readList },
  'dedupe, whole rows': {
    ending: 'csv',
    read: (path) => dedupeFiles([path], { out: join(path, '..', 'out.csv'), force: true, invalid: 'keep' }),
  },
  'bulk request': { ending: 'json', read: (path) => readBulkRequest(path) },
  manifest: { ending: 'json', read: (path) => readManifest(path, {}) },
  fragments: { ending: 'txt', read: (path) => readFragments(path, {}) },
  'keyring file': { ending: 'json', read: (path) => readKeyringFile(path) },
};
