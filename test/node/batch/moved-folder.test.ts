import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateBatch } from '../../../src/node/batch/generate-batch.js';
import { verifyManifest } from '../../../src/node/issue/verify-manifest.js';
import { memoryLedger } from '../../../src/node/ledger/memory.js';
import type { Ledger } from '../../../src/node/ledger/model/ledger.js';
import { createLedger, openLedger } from '../../../src/node/ledger/open-ledger.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { InterruptedLedger, stopAt } from '../issue/interrupted-ledger.js';
import { expectSound } from '../issue/issuing.js';
import { newSchema, postgresServer } from '../ledger/postgres/postgres-server.js';

const format = parseFormat('lukittu');
const now = new Date('2026-01-31T00:00:00Z');
const secret = randomBytes(32);
const server = await postgresServer();

const optionsIn = (folder: string, ledger: Ledger) =>
  ({ out: join(folder, 'keys.txt'), style: 'text', now, split: 30, ledger, batchId: 'spring' }) as const;

/** How a ledger is opened beside the files of a folder, first and when the folder is called otherwise. */
const ENGINES: Readonly<Record<string, () => Promise<(folder: string) => Promise<Ledger>>>> = {
  memory: async () => {
    const ledger = memoryLedger();
    return async () => ledger;
  },
  'SQLite, which moves along': async () => {
    return async (folder) => {
      const path = join(folder, 'issued.db');
      if (!existsSync(path)) await createLedger(path, { secret, now });
      return openLedger(path, { secret });
    };
  },
  ...(server !== undefined && {
    PostgreSQL: async () => {
      const place = await newSchema(server);
      await createLedger(place, { secret, now });
      return () => openLedger(place, { secret });
    },
  }),
};

describe.each(Object.entries(ENGINES))('a batch goes on in a folder of another name (%s)', (_, engine) => {
  it.each(['claim 1', 'reserve 1', 'prepare 1', 'done 1'])('after %s', async (point) => {
    const open = await engine();
    const root = newFolder();
    const [before, after] = [join(root, 'runner-1'), join(root, 'runner-2')];
    mkdirSync(before);
    const first = await open(before);
    const stop = stopAt(point, 'after');
    generateBatch(format, 100, optionsIn(before, new InterruptedLedger(first, stop.interrupt))).catch(
      () => undefined,
    );
    await stop.reached;
    renameSync(before, after);
    const second = await open(after);
    const report = await generateBatch(format, 100, optionsIn(after, second));
    expect(report.files.map(({ path }) => path)[0]).toBe(join(after, 'keys-0001.txt'));
    expect(report.manifest).toBe(join(after, 'keys.txt.manifest.json'));
    expect(await expectSound(second, after)).toHaveLength(100);
    expect(await verifyManifest(second, join(after, 'keys.txt.manifest.json'))).toStrictEqual([]);
    expect(existsSync(before)).toBe(false);
    const again = await generateBatch(format, 100, optionsIn(after, second));
    expect(again).toStrictEqual({ ...report, repeated: true });
    await second.close();
    if (first !== second) await first.close();
  });
});

it('a batch whose files lie in another folder is told where they are missed, and goes on where they lie', async () => {
  const [here, there] = [newFolder(), newFolder()];
  const ledger = memoryLedger();
  const stop = stopAt('prepare 1', 'after');
  generateBatch(format, 100, optionsIn(here, new InterruptedLedger(ledger, stop.interrupt))).catch(
    () => undefined,
  );
  await stop.reached;
  await expect(generateBatch(format, 100, optionsIn(there, ledger))).rejects.toMatchObject({
    code: 'missing_file',
    message: expect.stringMatching(/repeat the command where its files lie/),
  });
  expect(await expectSound(ledger, there)).toStrictEqual([]);
  await generateBatch(format, 100, optionsIn(here, ledger));
  expect(await expectSound(ledger, here)).toHaveLength(100);
  expect(await codeOf(generateBatch(format, 100, optionsIn(there, ledger)))).toBe('already_issued');
});
