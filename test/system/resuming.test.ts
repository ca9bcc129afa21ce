import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parseFormat } from '../../src/core/format/parse-format.js';
import { generateBatch } from '../../src/node/batch/generate-batch.js';
import { createLedger, openLedger } from '../../src/node/ledger/open-ledger.js';
import { newFolder } from '../new-folder.js';
import { InterruptedLedger, stopAt } from '../node/issue/interrupted-ledger.js';
import { expectSound } from '../node/issue/issuing.js';
import { inSchema, inServer, postgresServer } from '../node/ledger/postgres/postgres-server.js';

const COMMAND = fileURLToPath(new URL('../../bin/keywright.js', import.meta.url));
const server = await postgresServer();
const schema = `keywright_test_${process.pid}_resuming`;
afterAll(async () => {
  if (server !== undefined) await inServer(server, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
});

const secret = randomBytes(32);
const now = new Date('2026-01-31T00:00:00Z');
const env = { ...process.env, KEYWRIGHT_LEDGER_SECRET: secret.toString('hex') };

/** The same command in a process of its own. */
function resume(place: string, folder: string, batch: string): Promise<string> {
  const options = ['-f', 'XXXXX-XXXXX-XXXXX-XXXXX', '-n', '400', '--split', '150', '-o', 'keys.txt'];
  const argv = [COMMAND, 'generate', ...options, '--ledger', place, '--batch-id', batch, '--quiet'];
  const child = spawn(process.execPath, argv, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve(`exit ${code} ${stderr}`)));
}

async function expectOneBatch(place: string, folder: string, point: string | undefined): Promise<void> {
  const ledger = await openLedger(place, { secret });
  const batch = `resumed-${point?.replace(' ', '-')}`;
  if (point !== undefined) {
    // As the process that died there has left it.
    const stop = stopAt(point, 'after');
    const format = parseFormat('XXXXX-XXXXX-XXXXX-XXXXX');
    const out = join(folder, 'keys.txt');
    const stopped = new InterruptedLedger(ledger, stop.interrupt);
    const options = { out, style: 'text', now, split: 150, ledger: stopped, batchId: batch } as const;
    generateBatch(format, 400, options).catch(() => undefined);
    await stop.reached;
  }
  const outcomes = await Promise.all([1, 2].map(() => resume(place, folder, batch)));
  expect(outcomes).toContain('exit 0 ');
  const lost = `exit 3 keywright: batch ${batch} (1/1) was claimed by another run: leave it to that one\n`;
  expect([lost, 'exit 0 ']).toEqual(expect.arrayContaining([...new Set(outcomes)]));
  expect(await expectSound(ledger, folder)).toHaveLength(400);
  expect((await ledger.batches()).find(({ id }) => id === batch)).toMatchObject({
    state: 'done',
    recorded: 400,
  });
  await ledger.close();
}

describe('two processes at once that run the same command', () => {
  it.each([
    ['that was never begun', undefined],
    ['whose keys were being reserved', 'reserve 1'],
    ['whose files are recorded', 'prepare 1'],
    ['that was done', 'done 1'],
  ])(
    'bring the one batch to its end, once: one %s',
    async (_, point) => {
      const place = join(newFolder(), 'issued.db');
      await createLedger(place, { secret, now });
      await expectOneBatch(place, newFolder(), point);
    },
    60_000,
  );

  it.skipIf(server === undefined)(
    'do so on PostgreSQL',
    async () => {
      await inServer(server ?? '', `CREATE SCHEMA ${schema}`);
      const place = inSchema(server ?? '', schema);
      await createLedger(place, { secret, now });
      for (const point of ['reserve 1', 'prepare 1']) await expectOneBatch(place, newFolder(), point);
    },
    60_000,
  );
});
