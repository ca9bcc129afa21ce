import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isKeywrightError, KeywrightError } from '../../../src/core/errors.js';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { type BatchFilesOptions, generateBatch } from '../../../src/node/batch/generate-batch.js';
import { memoryLedger } from '../../../src/node/ledger/memory.js';
import { keyTexts } from '../../../src/node/ledger/model/key-texts.js';
import type { Ledger } from '../../../src/node/ledger/model/ledger.js';
import { createLedger, openLedger } from '../../../src/node/ledger/open-ledger.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { InterruptedLedger, type Interruption, stopAt } from '../issue/interrupted-ledger.js';
import { expectSound, issue, publishedKeys } from '../issue/issuing.js';
import { inSchema, inServer, postgresServer } from '../ledger/postgres/postgres-server.js';

const server = await postgresServer();
const schemas: string[] = [];
afterAll(async () => {
  for (const schema of schemas) await inServer(server ?? '', `DROP SCHEMA ${schema} CASCADE`);
});

const secret = randomBytes(32);
/** Short, so that drawn keys meet those of the ledger. */
const format = parseFormat('99-99');
const now = new Date('2026-01-31T00:00:00Z');

/** Half of the capacity but for the batch, so that chunks come back with gaps. */
const held = Array.from({ length: 4000 }, (_, index) => String(index).padStart(4, '0'));

function optionsIn(folder: string, ledger: Ledger, part: Partial<BatchFilesOptions> = {}): BatchFilesOptions {
  const out = join(folder, 'keys.txt');
  return { out, style: 'text', now, split: 30, ledger, batchId: 'spring', ...part };
}

/** A ledger that holds 4,000 of the 10,000 keys, and the same one as another process would open it. */
type Opening = () => Promise<{ readonly ledger: Ledger; readonly again: () => Promise<Ledger> }>;

const engines: Record<string, Opening> = {
  memory: async () => {
    const ledger = memoryLedger();
    await issue(ledger, 'before', held);
    return { ledger, again: async () => ledger };
  },
  SQLite: async () => {
    const path = join(newFolder(), 'issued.db');
    await createLedger(path, { secret, now });
    const ledger = await openLedger(path, { secret });
    await issue(ledger, 'before', held);
    return { ledger, again: () => openLedger(path, { secret }) };
  },
  ...(server !== undefined && {
    PostgreSQL: async () => {
      const schema = `keywright_test_batch_${process.pid}_${schemas.length}`;
      await inServer(server, `CREATE SCHEMA ${schema}`);
      schemas.push(schema);
      const place = inSchema(server, schema);
      await createLedger(place, { secret, now });
      const ledger = await openLedger(place, { secret });
      await issue(ledger, 'before', held);
      return { ledger, again: () => openLedger(place, { secret }) };
    },
  }),
};

describe.each(Object.entries(engines))('a batch through a ledger: %s', (_, open) => {
  it('draws until there are enough keys that the ledger did not hold', async () => {
    const folder = newFolder();
    const { ledger } = await open();
    const report = await generateBatch(format, 100, optionsIn(folder, ledger));
    expect(report).toMatchObject({ count: 100, batch: 'spring', repeated: false });
    expect(report.duplicatesRejected).toBeGreaterThan(0);
    expect(report.files.map(({ count }) => count)).toStrictEqual([30, 30, 30, 10]);
    const keys = await expectSound(ledger, folder);
    expect(keys).toHaveLength(100);
    expect(keys.filter((key) => held.includes(key.replace('-', '')))).toStrictEqual([]);
    await ledger.close();
  });

  const points = ['batches 1', 'claim 1', 'reserve 1', 'reserve 2', 'prepare 1', 'done 1'];
  const stops = points.flatMap((point) => [['before', point] as const, ['after', point] as const]);

  // A process that dies in a call, and one that only stands still there, are the same thing to all others.
  it.each(stops)('is resumed after a stop %s %s', async (when, point) => {
    const folder = newFolder();
    const { ledger, again } = await open();
    const stop = stopAt(point, when);
    const stopped = new InterruptedLedger(ledger, stop.interrupt);
    const first = generateBatch(format, 100, optionsIn(folder, stopped)).catch((error: unknown) => error);
    await stop.reached;
    const left = readdirSync(folder);
    expect(left.some((name) => name.endsWith('.tmp'))).toBe(/reserve 2|prepare/.test(point));
    const resuming = await again();
    const report = await generateBatch(format, 100, optionsIn(folder, resuming));
    expect(report.repeated).toBe(point === 'done 1' && when === 'after');
    const keys = await expectSound(resuming, folder);
    expect(keys).toHaveLength(100);
    const record = (await resuming.batches()).at(-1);
    expect(record).toMatchObject({ id: 'spring', state: 'done', recorded: 100 });
    // The same files are published, or new keys drawn; what was drawn before stays spent.
    const spent = (point === 'prepare 1' && when === 'before') || (when === 'after' && /reserve/.test(point));
    expect((record?.wasted ?? 0) > 0).toBe(spent || (point === 'reserve 2' && when === 'before'));
    // The one that stood still goes on: it finds that it lost, or that all is done, and touches nothing.
    stop.release();
    const outcome = await first;
    if (isKeywrightError(outcome)) expect(outcome.code).toBe('lost_claim');
    else expect(outcome).toMatchObject({ count: 100, files: report.files });
    expect(await expectSound(resuming, folder)).toStrictEqual(keys);
    await ledger.close();
    if (resuming !== ledger) await resuming.close();
  });

  it.each(points)('is resumed when the reply to %s was lost', async (point) => {
    const folder = newFolder();
    const { ledger } = await open();
    const lose: Interruption = async ({ name, number }, perform) => {
      const result = await perform();
      if (`${name} ${number}` !== point) return result;
      throw new KeywrightError('unreachable_ledger', 'the reply was lost: repeat it', { ledger: 'test' });
    };
    const losing = new InterruptedLedger(ledger, lose);
    expect(await codeOf(generateBatch(format, 100, optionsIn(folder, losing)))).toBe('unreachable_ledger');
    // From the moment on that the files may be recorded they stay.
    expect(readdirSync(folder).length).toBe({ 'prepare 1': 5, 'done 1': 5 }[point] ?? 0);
    const report = await generateBatch(format, 100, optionsIn(folder, ledger));
    expect(report.repeated).toBe(point === 'done 1');
    expect(await expectSound(ledger, folder)).toHaveLength(100);
    await ledger.close();
  });

  it.each([
    ['has published, but is not done', 'done 1', 'before', 'lost_claim', false],
    ['is done', 'done 1', 'after', 'resolved', true],
  ] as const)(
    'that starts while another run %s never calls its files foreign',
    async (_when, point, when, first, repeated) => {
      const folder = newFolder();
      const { ledger, again } = await open();
      const later = await again();
      // It has looked at the ledger before the batch was there, and looks at the folder when the files are.
      const looked = stopAt('batches 1', 'after');
      const late = generateBatch(
        format,
        100,
        optionsIn(folder, new InterruptedLedger(later, looked.interrupt)),
      );
      await looked.reached;
      const ahead = stopAt(point, when);
      const early = codeOf(
        generateBatch(format, 100, optionsIn(folder, new InterruptedLedger(ledger, ahead.interrupt))),
      );
      await ahead.reached;
      looked.release();
      expect(await late).toMatchObject({ count: 100, repeated });
      ahead.release();
      expect(await early).toBe(first);
      expect(await expectSound(ledger, folder)).toHaveLength(100);
      await ledger.close();
      if (later !== ledger) await later.close();
    },
  );

  it('is won by one of two runs at once', async () => {
    const folder = newFolder();
    const { ledger, again } = await open();
    const second = await again();
    const runs = [ledger, second].map((each) => codeOf(generateBatch(format, 100, optionsIn(folder, each))));
    const outcomes = await Promise.all(runs);
    expect(outcomes).toContain('resolved');
    expect(['resolved', 'lost_claim']).toContain(outcomes.find((code) => code !== 'resolved') ?? 'resolved');
    expect(await expectSound(ledger, folder)).toHaveLength(100);
    await ledger.close();
    if (second !== ledger) await second.close();
  });
});

describe('the same command again', () => {
  async function stoppedAfter(point: string) {
    const folder = newFolder();
    const ledger = memoryLedger();
    const stop = stopAt(point, 'after');
    const options = optionsIn(folder, new InterruptedLedger(ledger, stop.interrupt));
    generateBatch(format, 100, options).catch(() => undefined);
    await stop.reached;
    return { folder, ledger };
  }

  it('of a done batch tells the same, also with other lists', async () => {
    const folder = newFolder();
    const ledger = memoryLedger();
    const report = await generateBatch(format, 100, optionsIn(folder, ledger));
    const keys = publishedKeys(folder, 'keys.txt.manifest.json');
    const again = await generateBatch(format, 100, optionsIn(folder, ledger, { against: ['absent.txt'] }));
    expect(again).toStrictEqual({ ...report, repeated: true });
    expect(await expectSound(ledger, folder)).toStrictEqual(keys);
    expect((await ledger.status()).keys.issued).toBe(100);
  });

  it.each(['keys-0002.txt', 'keys.txt.manifest.json'])('of a done batch without %s says so', async (name) => {
    const folder = newFolder();
    const ledger = memoryLedger();
    await generateBatch(format, 100, optionsIn(folder, ledger));
    rmSync(join(folder, name));
    const again = generateBatch(format, 100, optionsIn(folder, ledger));
    await expect(again).rejects.toMatchObject({
      code: 'already_issued',
      details: { batch: 'spring', at: '2026-01-31T00:00:00.000Z', count: 100 },
      message: expect.stringMatching(
        /of 100 keys was issued on 2026-01-31T.* void this batch and use a new batch id/,
      ),
    });
    expect(existsSync(join(folder, name))).toBe(false);
    writeFileSync(join(folder, name), 'changed');
    expect(await codeOf(generateBatch(format, 100, optionsIn(folder, ledger)))).toBe('already_issued');
    expect((await ledger.status()).keys.issued).toBe(100);
  });

  it('with other parameters is refused, whatever the state', async () => {
    const { folder, ledger } = await stoppedAfter('prepare 1');
    for (const part of [{ split: 31 }, { reject: ['11'] }, { style: 'csv' } as const]) {
      expect(await codeOf(generateBatch(format, 100, optionsIn(folder, ledger, part)))).toBe(
        'batch_mismatch',
      );
    }
    expect(await codeOf(generateBatch(format, 101, optionsIn(folder, ledger)))).toBe('batch_mismatch');
    expect(await codeOf(generateBatch(parseFormat('99-9-9'), 100, optionsIn(folder, ledger)))).toBe(
      'batch_mismatch',
    );
    const otherName = optionsIn(folder, ledger, { out: join(folder, 'other.txt') });
    expect(await codeOf(generateBatch(format, 100, otherName))).toBe('batch_mismatch');
    expect((await generateBatch(format, 100, optionsIn(folder, ledger))).count).toBe(100);
    await expectSound(ledger, folder);
  });

  it.each([1, 2, 5])('publishes the rest when %i of the prepared files have their names', async (linked) => {
    const { folder, ledger } = await stoppedAfter('prepare 1');
    const temporaries = readdirSync(folder).toSorted();
    expect(temporaries).toHaveLength(5);
    const whole = temporaries.map((name) => readFileSync(join(folder, name), 'utf8'));
    for (const [index, name] of temporaries.slice(0, linked).entries()) {
      linkSync(join(folder, name), join(folder, name.replace(/^\.(.*)\.spring\.1\.tmp$/, '$1')));
      // The last of them still has both names.
      if (index < linked - 1) unlinkSync(join(folder, name));
    }
    await generateBatch(format, 100, optionsIn(folder, ledger));
    await expectSound(ledger, folder);
    const names = readdirSync(folder).toSorted();
    expect(names.map((name) => readFileSync(join(folder, name), 'utf8'))).toStrictEqual(whole);
  });

  it('says that recorded files are gone, and their keys stay spent', async () => {
    for (const damage of [unlinkSync, (path: string) => writeFileSync(path, 'half')]) {
      const { folder, ledger } = await stoppedAfter('prepare 1');
      damage(join(folder, '.keys-0002.txt.spring.1.tmp'));
      const again = generateBatch(format, 100, optionsIn(folder, ledger));
      await expect(again).rejects.toMatchObject({
        code: 'missing_file',
        message: expect.stringMatching(/stay spent/),
      });
      expect(readdirSync(folder)).not.toContain('keys.txt.manifest.json');
      expect(readdirSync(folder)).not.toContain('keys-0002.txt');
      expect((await ledger.status()).keys.issued).toBe(100);
    }
  });

  it('does not replace what took the name meanwhile, but with force', async () => {
    const { folder, ledger } = await stoppedAfter('prepare 1');
    writeFileSync(join(folder, 'keys-0002.txt'), 'foreign');
    const again = generateBatch(format, 100, optionsIn(folder, ledger));
    await expect(again).rejects.toMatchObject({
      code: 'file_exists',
      message: expect.stringMatching(/under the batch id spring/),
    });
    expect(readFileSync(join(folder, 'keys-0002.txt'), 'utf8')).toBe('foreign');
    expect(readdirSync(folder)).not.toContain('keys.txt.manifest.json');
    await generateBatch(format, 100, optionsIn(folder, ledger, { force: true }));
    expect(await expectSound(ledger, folder)).toHaveLength(100);
  });

  it('draws new keys while none were recorded, and never the old ones', async () => {
    const { folder, ledger } = await stoppedAfter('reserve 1');
    await generateBatch(format, 100, optionsIn(folder, ledger));
    expect(await expectSound(ledger, folder)).toHaveLength(100);
    expect((await ledger.status()).keys.issued).toBe(200);
  });

  it('finds a foreign file in its way also while another run writes', async () => {
    const folder = newFolder();
    const ledger = memoryLedger();
    const looked = stopAt('batches 1', 'after');
    const late = codeOf(
      generateBatch(format, 100, optionsIn(folder, new InterruptedLedger(ledger, looked.interrupt))),
    );
    await looked.reached;
    const ahead = stopAt('prepare 1', 'before');
    const early = codeOf(
      generateBatch(format, 100, optionsIn(folder, new InterruptedLedger(ledger, ahead.interrupt))),
    );
    await ahead.reached;
    writeFileSync(join(folder, 'keys-0002.txt'), 'foreign');
    looked.release();
    expect(await late).toBe('file_exists');
    ahead.release();
    expect(await early).toBe('file_exists');
    expect(readFileSync(join(folder, 'keys-0002.txt'), 'utf8')).toBe('foreign');
  });

  it('finds a file in its way before it claims anything', async () => {
    const folder = newFolder();
    const ledger = memoryLedger();
    writeFileSync(join(folder, 'keys.txt.manifest.json'), '');
    expect(await codeOf(generateBatch(format, 100, optionsIn(folder, ledger)))).toBe('file_exists');
    expect(await ledger.batches()).toStrictEqual([]);
  });
});

describe('a batch through a ledger', () => {
  it('leaves alone what other batches and shards of that name left', async () => {
    const folder = newFolder();
    const ledger = memoryLedger();
    const foreign = [
      '.keys-0001.txt.summer.1.tmp',
      '.keys-0001.txt.spring~1of2.1.tmp',
      '.keys-0001.txt.spring.2.tmp',
      '.keys-0001.txt.spring.x.tmp',
      '.other.txt.spring.1.tmp',
    ];
    for (const name of foreign) writeFileSync(join(folder, name), '');
    await generateBatch(format, 100, optionsIn(folder, ledger));
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toStrictEqual(foreign.toSorted());
  });

  it('is refused with a seed, and with another comparison than the ledger', async () => {
    const folder = newFolder();
    const seeded = optionsIn(folder, memoryLedger(), { seed: 'fixture' });
    expect(await codeOf(generateBatch(format, 100, seeded))).toBe('invalid_option');
    const exact = optionsIn(folder, memoryLedger({ comparison: 'exact' }));
    expect(await codeOf(generateBatch(format, 100, exact))).toBe('invalid_option');
    expect(readdirSync(folder)).toStrictEqual([]);
  });

  it('counts what the ledger holds of the format, and what of the shard', async () => {
    const folder = newFolder();
    const ledger = memoryLedger();
    await generateBatch(format, 4000, optionsIn(folder, ledger, { split: 5000 }));
    const more = { split: 5000, out: join(folder, 'more.txt'), batchId: 'summer' };
    expect(await codeOf(generateBatch(format, 1001, optionsIn(folder, ledger, more)))).toBe('infeasible');
    const half = { ...more, shard: { index: 2, of: 2 } };
    expect(await codeOf(generateBatch(format, 501, optionsIn(folder, ledger, half)))).toBe('infeasible');
    expect((await generateBatch(format, 500, optionsIn(folder, ledger, half))).count).toBe(500);
    expect(await expectSound(ledger, folder)).toHaveLength(4500);
  });

  it('gives up where imported keys leave nothing to draw', async () => {
    const folder = newFolder();
    const ledger = memoryLedger();
    await issue(
      ledger,
      'all',
      Array.from({ length: 10_000 }, (_, index) => String(index).padStart(4, '0')),
    );
    const work = generateBatch(format, 10, optionsIn(folder, ledger));
    await expect(work).rejects.toMatchObject({ code: 'exhausted', details: { produced: 0 } });
    expect(readdirSync(folder)).toStrictEqual([]);
  });

  it('is fresh against lists and ledger alike, from shards and several threads', async () => {
    const folder = newFolder();
    const ledger = memoryLedger();
    await issue(ledger, 'before', held);
    const list = Array.from({ length: 500 }, (_, index) => String(4000 + index));
    writeFileSync(join(folder, 'list.txt'), list.join('\n'));
    for (const index of [1, 2]) {
      const shard = { index, of: 2 };
      const out = join(folder, `keys-${index}.txt`);
      const part = { out, shard, against: [join(folder, 'list.txt')], split: 5000, batchId: 'spring' };
      await generateBatch(format, 400, optionsIn(folder, ledger, part));
    }
    rmSync(join(folder, 'list.txt'));
    const keys = await expectSound(ledger, folder);
    expect(keys).toHaveLength(800);
    const issued = new Set([...held, ...list]);
    expect(keys.filter((key) => issued.has(key.replace('-', '')))).toStrictEqual([]);
    const found = await ledger.find('issued', keyTexts(keys));
    expect(new Set(found.map((holder) => holder?.shard))).toStrictEqual(new Set(['1/2', '2/2']));
  });
});
