import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { generateKeys } from '../../../../src/core/generate/generate.js';
import { auditFiles, dedupeFiles } from '../../../../src/node/dedupe/dedupe-files.js';
import { memoryLedger } from '../../../../src/node/ledger/memory.js';
import { keyTexts } from '../../../../src/node/ledger/model/key-texts.js';
import type { Batch, Ledger } from '../../../../src/node/ledger/model/ledger.js';
import { saidOf } from '../../../failure.js';
import { newFolder } from '../../../new-folder.js';

const folder = newFolder();
const tmpDir = join(folder, 'tmp');
mkdirSync(tmpDir);
afterEach(() => expect(readdirSync(tmpDir)).toEqual([]));

const out = join(folder, 'out.txt');
const keys = generateKeys('lukittu', 3000);

function listOf(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

/** Spends keys: `attempts` says how often the batch was begun, so all but the last one's are nobody's. */
async function record(ledger: Ledger, batch: Partial<Batch>, attempts: readonly (readonly string[])[]) {
  const wanted: Batch = {
    ...{ id: 'batch', kind: 'generate', count: 1, comparison: ledger.comparison, mask: null },
    ...{ entropyBits: null, parameters: '', by: 'test', now: new Date(0), ...batch },
  };
  for (const spent of attempts) {
    await ledger.reserve(await ledger.claim(wanted), 0, keyTexts(spent));
  }
}

describe('lists held against a ledger', () => {
  it.each([
    ['in memory', undefined],
    ['through temporary files', 2 ** 20],
  ])('lose what it holds as issued or created, %s', async (_, memory) => {
    const ledger = memoryLedger();
    await record(ledger, {}, [keys.slice(0, 100), keys.slice(100, 200)]);
    await record(ledger, { id: 'made', kind: 'bulk-create' }, [keys.slice(200, 300)]);
    const path = listOf('list.txt', [...keys.map((key) => key.toLowerCase()), ...keys.slice(150, 160)]);
    const many = listOf('many.txt', generateKeys('lukittu', memory === undefined ? 10 : 90_000));
    const options = { ledger, tmpDir, memory, force: true };
    const { known, duplicates, kept, partitioned, against } = await dedupeFiles([path, many], {
      ...options,
      out,
    });
    expect(partitioned).toBe(memory !== undefined);
    // The first attempt's hundred keys were issued to nobody.
    expect({ known, duplicates, against }).toEqual({ known: 210, duplicates: 0, against: [] });
    expect(readFileSync(out, 'utf8').split('\n')).toHaveLength(kept + 1);
    const [first] = (await auditFiles([path], options)).findings;
    expect(first).toMatchObject({ kind: 'known', line: 101, first: { path: 'ledger', line: 0 } });
  });

  it('are as without it when it holds none of their keys', async () => {
    const path = listOf('others.txt', keys.slice(0, 10));
    expect(await auditFiles([path], { ledger: memoryLedger(), tmpDir })).toEqual(
      await auditFiles([path], { tmpDir }),
    );
  });

  it('may hold what no ledger can', async () => {
    const path = listOf('odd.txt', ['---', 'ÄÖÜ-0001', 'AAAA-0001']);
    const { invalid, known } = await auditFiles([path], { ledger: memoryLedger(), tmpDir });
    expect({ invalid, known }).toEqual({ invalid: 2, known: 0 });
  });

  it('have to be compared as it compares', async () => {
    const path = listOf('same.txt', keys.slice(0, 10));
    const audit = auditFiles([path], { ledger: memoryLedger(), exact: true, tmpDir });
    expect(await saidOf(audit)).toContain('the ledger compares canonical forms');
  });
});
