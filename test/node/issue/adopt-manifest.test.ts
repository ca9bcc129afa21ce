import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateBatch } from '../../../src/node/batch/generate-batch.js';
import { adoptManifest } from '../../../src/node/issue/adopt-manifest.js';
import { memoryLedger } from '../../../src/node/ledger/memory.js';
import type { Ledger } from '../../../src/node/ledger/model/ledger.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { batchOf } from '../ledger/contract.js';
import { COPY_ENGINES, newCopyLedger } from '../ledger/copy/places.js';

const now = new Date('2026-01-31T00:00:00Z');
const later = new Date('2026-02-01T00:00:00Z');
const adopting = { by: 'me@here', now: later };
const format = parseFormat('lukittu');

const KINDS: readonly (readonly [string, () => Promise<Ledger>])[] = [
  ['memory', async () => memoryLedger()],
  ...COPY_ENGINES.map((each) => [each.engine, async () => (await newCopyLedger(each)).open()] as const),
];

/** A batch that another ledger issued, and the same command on another. */
async function issued() {
  const out = join(newFolder(), 'keys.txt');
  const command = (ledger: Ledger, count = 50) =>
    generateBatch(format, count, { out, style: 'text', now, ledger, batchId: 'night', by: 'ci@host' });
  const before = memoryLedger();
  const report = await command(before);
  const [record] = await before.batches();
  return { out, manifest: `${out}.manifest.json`, command, report, record };
}

describe.each(KINDS)('a batch from its manifest: %s', (_, open) => {
  it('is what it was, and its command issues nothing', async () => {
    const { manifest, command, report, record } = await issued();
    const ledger = await open();
    const told = { batch: 'night', shard: '1/1', keys: 50 };
    expect(await adoptManifest(ledger, manifest, adopting)).toStrictEqual({ ...told, adopted: true });
    expect(await adoptManifest(ledger, manifest, adopting)).toStrictEqual({ ...told, adopted: false });
    expect(await ledger.batches()).toStrictEqual([record]);
    expect(await command(ledger)).toStrictEqual({ ...report, repeated: true });
    expect(await codeOf(command(ledger, 51))).toBe('batch_mismatch');
    expect(await ledger.verify()).toStrictEqual([]);
    await ledger.close();
  });

  it('of which the ledger has another is refused', async () => {
    const { manifest } = await issued();
    const ledger = await open();
    const claim = await ledger.claim(batchOf({ id: 'night' }));
    expect(await codeOf(adoptManifest(ledger, manifest, adopting))).toBe('batch_mismatch');
    await ledger.prepare(claim, { files: [], report: '' });
    await ledger.done(claim, now);
    expect(await codeOf(adoptManifest(ledger, manifest, adopting))).toBe('batch_mismatch');
    await ledger.close();
  });
});

describe('a manifest', () => {
  it.each([
    ['another count', { count: 51 }],
    ['files elsewhere', { files: [{ path: '../keys.txt', bytes: 1, sha256: 'a'.repeat(64), count: 50 }] }],
    ['no time', { createdAt: 'never' }],
    ['no format', { format: null }],
  ])('with %s is refused, and nothing is recorded', async (_, part) => {
    const { manifest } = await issued();
    writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), ...part }));
    const ledger = memoryLedger();
    expect(await codeOf(adoptManifest(ledger, manifest, adopting))).toBe('damaged_file');
    expect(await ledger.batches()).toStrictEqual([]);
  });

  it('whose files were changed or are gone is refused, and nothing is recorded', async () => {
    const { manifest, out } = await issued();
    const ledger = memoryLedger();
    writeFileSync(out, 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\n');
    expect(await codeOf(adoptManifest(ledger, manifest, adopting))).toBe('damaged_file');
    expect(await ledger.batches()).toStrictEqual([]);
  });
});
