import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { type BatchFilesOptions, generateBatch } from '../../../src/node/batch/generate-batch.js';
import { verifyManifest } from '../../../src/node/issue/verify-manifest.js';
import { readKeylessRows } from '../../../src/node/keyless/keyless-rows.js';
import { memoryLedger } from '../../../src/node/ledger/memory.js';
import type { Ledger } from '../../../src/node/ledger/model/ledger.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { InterruptedLedger, stopAt } from '../issue/interrupted-ledger.js';

const format = parseFormat('lukittu');
const ROWS = 'order;sku;qty\n1;AAAA-BBBB-CCCC;2\n2;DDDD-EEEE-FFFF;1\n';
let folder = '';
let source = '';

beforeAll(() => {
  source = join(newFolder(), 'orders.csv');
});

async function issued(ledger: Ledger, content = ROWS, part: Partial<BatchFilesOptions> = {}) {
  writeFileSync(source, content);
  const rows = await readKeylessRows(source, { per: 'qty', header: 'Aktivierung' });
  try {
    const now = new Date('2026-01-31T00:00:00Z');
    const out = join(folder, 'orders-with-keys.csv');
    const options = { out, style: rows.style, rows, now, ledger, batchId: 'orders', ...part };
    return await generateBatch(format, rows.keys, options);
  } finally {
    await rows.close();
  }
}

const text = () => readFileSync(join(folder, 'orders-with-keys.csv'), 'utf8');

describe('rows with keys of a ledger', () => {
  const ledger = memoryLedger();
  beforeAll(() => {
    folder = newFolder();
  });
  afterAll(() => ledger.close());

  it('are published once, and the same command tells the same', async () => {
    const first = await issued(ledger);
    expect(first).toMatchObject({ count: 3, batch: 'orders', repeated: false });
    const published = text();
    expect(published).toMatch(/^order;sku;qty;Aktivierung\n(1;AAAA-BBBB-CCCC;2;[0-9A-Z-]{29}\n){2}2;/);
    expect(await issued(ledger)).toStrictEqual({ ...first, repeated: true });
    expect(text()).toBe(published);
  });

  it('are verified by the column that the manifest names', async () => {
    const manifest = join(folder, 'orders-with-keys.csv.manifest.json');
    expect(await verifyManifest(ledger, manifest)).toStrictEqual([]);
  });

  it('are not taken for other rows, nor for another way to count them', async () => {
    const before = [readdirSync(folder), text()];
    expect(await codeOf(issued(ledger, ROWS.replace('2;DDDD', '3;DDDD')))).toBe('batch_mismatch');
    expect(await codeOf(issued(ledger, ROWS, { rows: undefined, style: 'csv' }))).toBe('batch_mismatch');
    expect([readdirSync(folder), text()]).toStrictEqual(before);
    expect((await ledger.batches()).map(({ recorded }) => recorded)).toStrictEqual([3]);
  });

  it('cost no key when one of them is no good', async () => {
    const bad = ROWS.replace(';1\n', ';0\n');
    expect(await codeOf(issued(ledger, bad, { batchId: 'bad' }))).toBe('damaged_file');
    expect((await ledger.batches()).map(({ id }) => id)).toStrictEqual(['orders']);
  });
});

const POINTS = ['claim 1', 'reserve 1', 'prepare 1', 'done 1'];
it.each(POINTS.flatMap((point) => [['before', point] as const, ['after', point] as const]))(
  'are resumed after a stop %s %s, each row with its keys',
  async (when, point) => {
    folder = newFolder();
    const ledger = memoryLedger();
    const stop = stopAt(point, when);
    const stopped = issued(new InterruptedLedger(ledger, stop.interrupt)).catch((error: unknown) => error);
    await stop.reached;
    const report = await issued(ledger);
    expect(report.count).toBe(3);
    const lines = text().trimEnd().split('\n');
    expect(lines.map((line) => line.replace(/;[^;]*$/, ''))).toStrictEqual([
      'order;sku;qty',
      '1;AAAA-BBBB-CCCC;2',
      '1;AAAA-BBBB-CCCC;2',
      '2;DDDD-EEEE-FFFF;1',
    ]);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toStrictEqual([]);
    expect(await verifyManifest(ledger, join(folder, 'orders-with-keys.csv.manifest.json'))).toStrictEqual(
      [],
    );
    stop.release();
    await stopped;
    expect(readdirSync(folder)).toHaveLength(2);
    await ledger.close();
  },
);
