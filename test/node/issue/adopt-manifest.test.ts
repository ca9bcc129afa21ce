import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateBatch } from '../../../src/node/batch/generate-batch.js';
import { adoptManifest } from '../../../src/node/issue/adopt-manifest.js';
import { verifyManifest } from '../../../src/node/issue/verify-manifest.js';
import { copyLedger } from '../../../src/node/ledger/copy/copy-ledger.js';
import { memoryLedger } from '../../../src/node/ledger/memory.js';
import { keyTexts } from '../../../src/node/ledger/model/key-texts.js';
import type { Ledger } from '../../../src/node/ledger/model/ledger.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { batchOf, freshKeys } from '../ledger/contract.js';
import { COPY_ENGINES, type CopyEngine, newCopyLedger } from '../ledger/copy/places.js';
import { InterruptedLedger } from './interrupted-ledger.js';

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

/** Keys that a batch of the same id has in the ledger, as a backup may have seen it. */
async function seen(ledger: Ledger, keys: readonly string[]) {
  const { mask } = format;
  const claim = await ledger.claim(batchOf({ id: 'night', count: 50, mask }));
  await ledger.reserve(claim, 0, keyTexts(keys));
  return claim;
}

async function expectAdopted(ledger: Ledger, manifest: string, figures: object): Promise<void> {
  expect(await adoptManifest(ledger, manifest, adopting)).toMatchObject({ adopted: true });
  expect(await ledger.batches()).toMatchObject([{ state: 'done', recorded: 50, ...figures }]);
  expect(await verifyManifest(ledger, manifest)).toStrictEqual([]);
  expect(await ledger.verify()).toStrictEqual([]);
  await ledger.close();
}

describe.each(KINDS)('a batch of which the ledger has seen the beginning: %s', (_, open) => {
  it.each([0, 1, 20, 50])('is what it was, where %i of its keys were recorded', async (recorded) => {
    const { out, manifest } = await issued();
    const keys = readFileSync(out, 'utf8').trim().split('\n');
    const ledger = await open();
    await seen(ledger, keys.slice(0, recorded));
    await expectAdopted(ledger, manifest, { wasted: 0 });
  });

  it('is what it was, where an earlier run had spent keys', async () => {
    const { out, manifest } = await issued();
    const keys = readFileSync(out, 'utf8').trim().split('\n');
    const ledger = await open();
    await seen(ledger, freshKeys(7));
    await seen(ledger, keys.slice(0, 20));
    await expectAdopted(ledger, manifest, { wasted: 7, attempt: 2 });
  });

  it('is refused where the ledger has other keys of it, and stays as it is', async () => {
    const { out, manifest } = await issued();
    const keys = readFileSync(out, 'utf8').trim().split('\n');
    const ledger = await open();
    const claim = await seen(ledger, [...keys.slice(0, 20), ...freshKeys(1)]);
    const before = await ledger.batches();
    await expect(adoptManifest(ledger, manifest, adopting)).rejects.toMatchObject({
      code: 'batch_mismatch',
      message: expect.stringMatching(/has other keys of it, too, so import its lists/),
    });
    expect(await ledger.batches()).toStrictEqual(before);
    await ledger.reserve(claim, 1, keyTexts(freshKeys(1)));
    await ledger.close();
  });
});

describe.each(['reserve', 'prepare'] as const)('a batch that a backup saw after %s', (step) => {
  it('is adopted from its manifest, and its command issues nothing', async () => {
    const [engine] = COPY_ENGINES as readonly [CopyEngine];
    const [from, to] = [await newCopyLedger(engine), await newCopyLedger(engine)];
    const out = join(newFolder(), 'keys.txt');
    const command = (ledger: Ledger) =>
      generateBatch(format, 50, { out, style: 'text', now, ledger, batchId: 'night', by: 'ci@host' });
    const first = await from.open();
    const watched = new InterruptedLedger(first, async ({ name }, perform) => {
      const result = await perform();
      if (name === step)
        await copyLedger(from.at, to.at, { fromSecret: from.secret, toSecret: to.secret, now });
      return result;
    });
    const report = await command(watched);
    await first.close();
    const restored = await to.open();
    expect(await restored.batches()).toMatchObject([
      { state: step === 'reserve' ? 'reserving' : 'prepared', recorded: 50 },
    ]);
    expect(await adoptManifest(restored, `${out}.manifest.json`, adopting)).toMatchObject({ adopted: true });
    expect(await command(restored)).toStrictEqual({ ...report, repeated: true });
    expect(await restored.verify()).toStrictEqual([]);
    expect(await verifyManifest(restored, `${out}.manifest.json`)).toStrictEqual([]);
    await restored.close();
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
