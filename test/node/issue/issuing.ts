import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { keyTexts } from '../../../src/node/ledger/model/key-texts.js';
import type { Batch, Ledger } from '../../../src/node/ledger/model/ledger.js';

/** Records keys as a batch of their own. */
export async function issue(ledger: Ledger, id: string, keys: readonly string[]): Promise<void> {
  const batch: Batch = {
    id,
    kind: 'import',
    count: keys.length,
    comparison: ledger.comparison,
    mask: null,
    entropyBits: null,
    parameters: '',
    by: 'test',
    now: new Date(0),
  };
  const claim = await ledger.claim(batch);
  await ledger.reserve(claim, 0, keyTexts(keys));
  await ledger.prepare(claim, { files: [], report: '' });
  await ledger.done(claim, new Date(0));
}

/** The keys of a published batch: those of the files that a manifest names, which are what it says. */
export function publishedKeys(folder: string, manifest: string): readonly string[] {
  const { files } = JSON.parse(readFileSync(join(folder, manifest), 'utf8'));
  return files.flatMap(({ path, sha256 }: { readonly path: string; readonly sha256: string }) => {
    const bytes = readFileSync(join(folder, path));
    expect(createHash('sha256').update(bytes).digest('hex'), path).toBe(sha256);
    return bytes.toString().trimEnd().split('\n');
  });
}

/** That a folder holds published batches and nothing else, each key once, and each in the ledger for its batch. */
export async function expectSound(ledger: Ledger, folder: string): Promise<readonly string[]> {
  const names = readdirSync(folder).filter((name) => !/\.db(-journal)?$/.test(name));
  expect(names.filter((name) => name.startsWith('.'))).toStrictEqual([]);
  const all: string[] = [];
  const described: string[] = [];
  for (const name of names.filter((name) => name.endsWith('.manifest.json'))) {
    const { batch, count, files } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    const keys = publishedKeys(folder, name);
    expect(keys).toHaveLength(count);
    const holders = await ledger.find('issued', keyTexts(keys));
    expect(holders.filter((holder) => holder?.id !== batch || !holder?.current)).toStrictEqual([]);
    all.push(...keys);
    described.push(name, ...files.map(({ path }: { readonly path: string }) => path));
  }
  expect(new Set(all).size).toBe(all.length);
  expect(names.toSorted()).toStrictEqual(described.toSorted());
  expect(await ledger.verify()).toStrictEqual([]);
  return all;
}
