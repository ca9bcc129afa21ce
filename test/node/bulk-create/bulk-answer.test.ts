import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isKeywrightError, KeywrightError } from '../../../src/core/errors.js';
import { answerBulk, type BulkAnswerOptions } from '../../../src/node/bulk-create/bulk-answer.js';
import { memoryLedger } from '../../../src/node/ledger/memory.js';
import { keyTexts } from '../../../src/node/ledger/model/key-texts.js';
import type { Ledger } from '../../../src/node/ledger/model/ledger.js';
import { createLedger, openLedger } from '../../../src/node/ledger/open-ledger.js';
import { ListedKeys } from '../../../src/node/lists/listed-keys.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { InterruptedLedger, type Interruption, stopAt } from '../issue/interrupted-ledger.js';
import { finish, freshKeys } from '../ledger/contract.js';

const secret = randomBytes(32);
const now = new Date('2026-01-31T00:00:00Z');

/** A ledger, and the same one as another process would open it. */
const engines: Record<
  string,
  () => Promise<{ readonly ledger: Ledger; readonly again: () => Promise<Ledger> }>
> = {
  memory: async () => {
    const ledger = memoryLedger();
    return { ledger, again: async () => ledger };
  },
  SQLite: async () => {
    const path = join(newFolder(), 'issued.db');
    await createLedger(path, { secret, now });
    const again = () => openLedger(path, { secret });
    return { ledger: await again(), again };
  },
};

let signed = 0;

function optionsIn(folder: string, ledger: Ledger): BulkAnswerOptions {
  return {
    lists: new ListedKeys([]),
    now,
    paths: { report: join(folder, 'report.csv'), out: join(folder, 'answer.json') },
    output: {},
    ledger: { ledger, batchId: 'shop', signing: 'as ever' },
    // As signatures may be, no two of them are alike.
    sign: async (payload) => `${JSON.stringify(payload)} ${signed++}\n`,
  };
}

function inputOf(keys: readonly string[]) {
  const request = {
    license_keys: keys,
    product_id: 1,
    activation_limit: 0,
    validity: 0,
    status: 'available',
  };
  return { request, lists: [], manifests: [] };
}

/** Thirty keys of which one was created before and one comes twice. */
async function someKeys(ledger: Ledger): Promise<readonly string[]> {
  const [before = '', ...keys] = freshKeys(29);
  await finish(ledger, 'bulk-create', [before]);
  return [...keys, before, keys[4]?.toLowerCase() ?? ''];
}

/** That all is there once, and nothing else: in the folder, and in the ledger. */
async function expectWhole(ledger: Ledger, folder: string, envelope: string): Promise<void> {
  expect(readdirSync(folder).toSorted()).toStrictEqual(['answer.json', 'report.csv']);
  expect(readFileSync(join(folder, 'answer.json'), 'utf8')).toBe(envelope);
  const rows = readFileSync(join(folder, 'report.csv'), 'utf8').trimEnd().split('\n').slice(1);
  expect(rows.filter((row) => row.includes(',created,'))).toHaveLength(28);
  expect(rows.filter((row) => row.includes(',duplicate,'))).toHaveLength(2);
  expect((await ledger.batches()).find(({ id }) => id === 'shop')).toMatchObject({
    state: 'done',
    recorded: 28,
    wasted: 0,
  });
  const holders = await ledger.find('created', keyTexts(rows.map((row) => row.split(',')[0] ?? '')));
  expect(holders.filter((holder) => holder?.id === 'shop')).toHaveLength(29);
  expect(await ledger.verify()).toStrictEqual([]);
}

describe.each(Object.entries(engines))('a bulk create through a ledger: %s', (_, open) => {
  const points = ['batches 1', 'claim 1', 'reserve 1', 'find 1', 'prepare 1', 'done 1'];
  const stops = points.flatMap((point) => [['before', point] as const, ['after', point] as const]);

  it.each(stops)('is resumed after a stop %s %s', async (when, point) => {
    const folder = newFolder();
    const { ledger, again } = await open();
    const input = inputOf(await someKeys(ledger));
    const stop = stopAt(point, when);
    const first = answerBulk(input, optionsIn(folder, new InterruptedLedger(ledger, stop.interrupt))).catch(
      (error: unknown) => error,
    );
    await stop.reached;
    const resuming = await again();
    const answer = await answerBulk(input, optionsIn(folder, resuming));
    expect(answer).toMatchObject({ submitted: 30, created: 28, duplicate: 2, batch: 'shop' });
    await expectWhole(resuming, folder, answer.envelope);
    // The one that stood still goes on: it finds that it lost, or that all is done, and touches nothing.
    stop.release();
    const outcome = await first;
    if (isKeywrightError(outcome)) expect(outcome.code).toBe('lost_claim');
    else expect(outcome).toStrictEqual(answer);
    await expectWhole(resuming, folder, answer.envelope);
    await ledger.close();
    await resuming.close();
  });

  it.each(points)('is resumed when the reply to %s was lost', async (point) => {
    const folder = newFolder();
    const { ledger } = await open();
    const input = inputOf(await someKeys(ledger));
    const lose: Interruption = async ({ name, number }, perform) => {
      const result = await perform();
      if (`${name} ${number}` !== point) return result;
      throw new KeywrightError('unreachable_ledger', 'the reply was lost: repeat it', { ledger: 'test' });
    };
    const losing = new InterruptedLedger(ledger, lose);
    expect(await codeOf(answerBulk(input, optionsIn(folder, losing)))).toBe('unreachable_ledger');
    const answer = await answerBulk(input, optionsIn(folder, ledger));
    expect(answer).toMatchObject({ created: 28, duplicate: 2 });
    expect(await answerBulk(input, optionsIn(folder, ledger))).toStrictEqual(answer);
    await expectWhole(ledger, folder, answer.envelope);
    await ledger.close();
  });
});
