import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateBatch } from '../../../src/node/batch/generate-batch.js';
import { chunkKeys, MOST_KEYS } from '../../../src/node/ledger/model/chunk-size.js';
import { createLedger, openLedger } from '../../../src/node/ledger/open-ledger.js';
import { openSqlite } from '../../../src/node/ledger/sqlite/sqlite-driver.js';
import { newFolder } from '../../new-folder.js';
import { WHOLE } from '../../runs.js';

it('a chunk of new keys grows with the ledger, step by step, to an end', () => {
  expect([0, 1e7, 1.2e7, 2e7, 3e7, 1e8, 1e10].map(chunkKeys)).toStrictEqual([
    ...[400_000, 400_000, 800_000, 1_200_000, MOST_KEYS, MOST_KEYS, MOST_KEYS],
  ]);
});

/** How many keys, beside how many in the ledger, in how many chunks. */
const QUICK = [
  [500_000, 0, 2],
  [500_000, 12_000_000, 1],
] as const;
const MORE = [
  [1_000_000, 0, 3],
  [1_000_000, 12_000_000, 2],
  [1_000_000, 30_000_000, 1],
] as const;

it.each(WHOLE ? [...QUICK, ...MORE] : QUICK)(
  '%i keys beside %i are reserved in %i chunks, and each of them once',
  async (count, held, chunks) => {
    const folder = newFolder();
    const path = join(folder, 'issued.db');
    const now = new Date();
    await createLedger(path, { now });
    const ledger = await openLedger(path);
    const issue = (id: string, count: number) =>
      generateBatch(parseFormat('lukittu'), count, {
        ...{ ledger, now, batchId: id, style: 'text', out: join(folder, `${id}.txt`) },
      });
    await issue('before', 1);
    const driver = await openSqlite(path);
    // As many as that take minutes; what counts is that the ledger says so.
    driver.run('UPDATE keywright_chunks SET recorded = recorded + ?', [held]);
    await issue('many', count);
    driver.run('UPDATE keywright_chunks SET recorded = recorded - ? WHERE batch = 1', [held]);
    const [row] = driver.all('SELECT count(*) AS chunks FROM keywright_chunks WHERE batch = 2', []);
    driver.close();
    expect(Number(row?.['chunks'])).toBe(chunks);
    expect((await ledger.status()).keys.issued).toBe(count + 1);
    expect(await ledger.verify()).toStrictEqual([]);
    await ledger.close();
  },
);
