import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyTexts } from '../../src/node/ledger/model/key-texts.js';
import { createLedger, openLedger } from '../../src/node/ledger/open-ledger.js';
import { openSqlite } from '../../src/node/ledger/sqlite/sqlite-driver.js';
import { codeOf } from '../failure.js';
import { newFolder } from '../new-folder.js';
import { allEngines, type CrashEngine, expectNothingBeside, SQLITE } from '../node/issue/crash-engines.js';
import { type Crash, canTrace, runKeywright } from '../node/issue/crashing-run.js';
import { batchOf, finish, freshKeys } from '../node/ledger/contract.js';

const now = new Date('2026-01-31T00:00:00Z');
const secret = randomBytes(32);
// For the commands.
process.env['KEYWRIGHT_LEDGER_SECRET'] = secret.toString('hex');
const traceable = canTrace();
const engines = allEngines();
const folder = newFolder();
const from = join(folder, 'from.db');
const keys = freshKeys(3000);

beforeAll(async () => {
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  await createLedger(from, { secret, now });
  const ledger = await openLedger(from, { secret });
  await finish(ledger, 'generate', keys, 'a');
  await finish(ledger, 'bulk-create', freshKeys(900), 'b');
  // Somebody issues it, and lives on.
  const claim = await ledger.claim(batchOf({ id: 'c', by: 'runner@elsewhere' }));
  await ledger.reserve(claim, 0, keyTexts(freshKeys(40)));
  await ledger.close();
});

function copy({ node = [] }: CrashEngine, source: string, target: string, crash: Crash = {}) {
  const args = ['ledger', 'copy', source, target];
  return runKeywright({ node, args, cwd: folder, tmp: join(folder, 'tmp'), crash });
}

async function newTarget({ place }: CrashEngine): Promise<string> {
  const at = await place(newFolder());
  await createLedger(at, { secret, now });
  return at;
}

/** How many batches it shows: all, with all of their keys, or none, and then nothing can be issued. */
async function shown(at: string): Promise<number> {
  const ledger = await openLedger(at, { secret });
  try {
    const [batches, faults] = [await ledger.batches(), await ledger.verify()];
    const holders = await ledger.find('issued', keyTexts(keys));
    const held = holders.filter((holder) => holder !== null).length;
    expect(held).toBe(batches.length === 0 ? 0 : keys.length);
    if (faults.length > 0) {
      expect([batches.length, faults]).toStrictEqual([0, ['a copy into it was cut off: repeat it']]);
      expect(await codeOf(ledger.claim(batchOf({ id: 'new' })))).toBe('unfinished_copy');
    }
    return batches.length;
  } finally {
    await ledger.close();
  }
}

/** A copy that is killed, and the same command again. Whether it was killed. */
async function survives(engine: CrashEngine, crash: Crash): Promise<boolean> {
  const target = await newTarget(engine);
  const { code } = await copy(engine, from, target, crash);
  expect([0, 3]).toContain(await shown(target));
  const again = await copy(engine, from, target);
  expect(again.code, again.stderr).toBe(0);
  expect(await shown(target)).toBe(3);
  expectNothingBeside(target);
  return code === null;
}

describe.each(engines)('a copy into $name', (engine) => {
  const possible = engine.node !== undefined;

  it.skipIf(!possible)(
    'has it all, goes on when it is repeated, and names who issues a batch meanwhile',
    async () => {
      const target = await newTarget(engine);
      expect(await copy(engine, from, target)).toMatchObject({
        code: 0,
        stderr:
          'keywright: batch c (1/1) is being issued by runner@elsewhere: that run ends in the ledger it began in, and the same command begins it again in the copy\n',
      });
      expect(await shown(target)).toBe(3);
      expect(await copy(engine, from, target)).toMatchObject({ code: 0, stderr: '' });
      // And back, into a ledger of either kind.
      for (const other of engines.filter(({ node }) => node !== undefined)) {
        const back = await newTarget(other);
        expect(await copy(engine.name === 'PostgreSQL' ? other : engine, target, back)).toMatchObject({
          code: 0,
        });
        expect(await shown(back)).toBe(3);
      }
    },
  );

  it.skipIf(!possible)('killed at random moments shows all or nothing, and is repeated', async () => {
    const { milliseconds } = await copy(engine, from, await newTarget(engine));
    let killed = 0;
    for (let round = 0; round < 8; round++)
      if (await survives(engine, { after: milliseconds * (0.4 + 0.7 * Math.random()) })) killed++;
    expect(killed).toBeGreaterThan(0);
  });
});

describe.each(engines.filter(({ name }) => name !== 'PostgreSQL'))('a copy into $name', (engine) => {
  it.skipIf(engine.node === undefined || !traceable)(
    'killed at each of its fsyncs shows all or nothing, and is repeated',
    async () => {
      let number = 1;
      while (await survives(engine, { call: { names: 'fsync,fdatasync', number } })) number++;
      // Three transactions, each of several.
      expect(number).toBeGreaterThan(6);
    },
  );
});

describe('a copy is refused whole', () => {
  const engine = SQLITE;

  it('into a ledger of a newer schema', async () => {
    const target = join(newFolder(), 'newer.db');
    await createLedger(target, { secret, now });
    const driver = await openSqlite(target);
    driver.exec('PRAGMA user_version = 99');
    driver.close();
    expect(await copy(engine, from, target)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /^keywright: [^\n]*newer\.db is a ledger of version 99, [^\n]*update keywright\n$/,
      ),
    });
  });

  it('of a ledger that lacks a tag or a chunk, or whose records were changed', async () => {
    for (const damage of [
      'DELETE FROM keywright_keys WHERE k IN (SELECT k FROM keywright_keys LIMIT 1)',
      "UPDATE keywright_batches SET locked = zeroblob(length(locked)) WHERE id = 'a'",
      'UPDATE keywright_chunks SET recorded = recorded + 1 WHERE id = 1',
      'DELETE FROM keywright_chunks WHERE id = 2',
    ]) {
      const [source, target] = [join(newFolder(), 'damaged.db'), await newTarget(engine)];
      copyFileSync(from, source);
      const driver = await openSqlite(source);
      driver.exec(damage);
      driver.close();
      const { code, stderr } = await copy(engine, source, target);
      expect([code, stderr]).toStrictEqual([
        3,
        expect.stringMatching(
          /^keywright: [^\n]*damaged\.db (?:is damaged|holds a record)[^\n]*: restore it\n$/,
        ),
      ]);
      expect(await shown(target)).toBe(0);
    }
  });
});
