import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyLedger, dropCopy } from '../../../../src/node/ledger/copy/copy-ledger.js';
import { copyStores } from '../../../../src/node/ledger/copy/copy-stores.js';
import type { DoubleTag, TagSpan } from '../../../../src/node/ledger/model/copying.js';
import { keyTexts } from '../../../../src/node/ledger/model/key-texts.js';
import type { Ledger } from '../../../../src/node/ledger/model/ledger.js';
import { ledgerPlace } from '../../../../src/node/ledger/model/ledger-place.js';
import { engineOf, openLedger } from '../../../../src/node/ledger/open-ledger.js';
import { codeOf } from '../../../failure.js';
import { batchOf, finish, freshKeys } from '../contract.js';
import { copyUntil } from './cut-off.js';
import { COPY_ENGINES, newCopyLedger } from './places.js';

const now = new Date('2026-01-31T00:00:00Z');
type Side = Awaited<ReturnType<typeof newCopyLedger>>;

async function within<T>(side: Side, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await side.open();
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** A copy of seven tags a transaction, before each of which something happens. */
async function copyLedgerBy(from: Side, to: Side, before: () => Promise<void>): Promise<void> {
  const open = (at: string) => engineOf(ledgerPlace(at)).open(ledgerPlace(at), {});
  const [source, target] = [await open(from.at), await open(to.at)];
  const store = new Proxy(target, {
    get: (_, name) => {
      if (name === 'place')
        return async (span: TagSpan, doubles: readonly DoubleTag[]) => {
          await before();
          return target.place(span, doubles);
        };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  try {
    await copyStores({ store: source, secret: from.secret }, { store, secret: to.secret }, { now }, 7);
  } finally {
    await source.close();
    await target.close();
  }
}

const copy = (from: Side, to: Side, part: object = {}) =>
  copyLedger(from.at, to.at, { fromSecret: from.secret, toSecret: to.secret, now, ...part });

describe.each(COPY_ENGINES)('a copy into $engine that is cut off', (engine) => {
  it('at any transaction shows nothing, lets nothing be issued, and goes on', async () => {
    const source = await newCopyLedger(engine);
    const keys = freshKeys(20);
    await within(source, async (ledger) => {
      await finish(ledger, 'generate', keys, 'a');
      await finish(ledger, 'bulk-create', freshKeys(9), 'b');
      const claim = await ledger.claim(batchOf({ id: 'c' }));
      await ledger.reserve(claim, 0, keyTexts(freshKeys(4)));
    });
    const whole = await within(source, (ledger) => ledger.batches());
    for (const after of [false, true]) {
      const target = await newCopyLedger(engine);
      let life = 0;
      for (; !(await copyUntil(source, target, life, after)); life++) {
        await within(target, async (ledger) => {
          const seen = await ledger.batches();
          const isWhole = after && seen.length > 0;
          expect(seen).toStrictEqual(isWhole ? whole : []);
          const holders = await ledger.find('issued', keyTexts(keys));
          expect(new Set(holders.map((holder) => holder?.id))).toStrictEqual(
            new Set([isWhole ? 'a' : undefined]),
          );
          if (isWhole || (life === 0 && !after)) return;
          expect(await ledger.verify()).toStrictEqual(['a copy into it was cut off: repeat it']);
          expect((await ledger.status()).marks.copying).toBe(true);
          for (const id of ['a', 'new'])
            expect(await codeOf(ledger.claim(batchOf({ id })))).toBe('unfinished_copy');
        });
      }
      // Each copy went one transaction further than the one before, or had less to do.
      expect(life).toBeGreaterThan(4);
      await within(target, async (ledger) => {
        expect(await ledger.batches()).toStrictEqual(whole);
        expect(await ledger.verify()).toStrictEqual([]);
        expect((await ledger.status()).marks.copying).toBe(false);
      });
    }
  }, 120_000);

  it('is dropped where what it came from is lost: the ledger is as it was, and issues again', async () => {
    const [source, target, other] = [
      await newCopyLedger(engine),
      await newCopyLedger(engine),
      await newCopyLedger(engine),
    ];
    await within(source, (ledger) => finish(ledger, 'generate', freshKeys(20), 'a'));
    await copy(source, target);
    const before = await within(target, (ledger) => ledger.batches());
    await within(source, async (ledger) => {
      await finish(ledger, 'generate', freshKeys(20), 'b');
      await finish(ledger, 'bulk-create', freshKeys(9), 'c');
    });
    const drop = ({ at, secret }: Side) => dropCopy(at, { secret });
    expect(await drop(target)).toBe(false);
    for (let life = 1; life < 5; life++) {
      expect(await copyUntil(source, target, life, false)).toBe(false);
      expect(await drop({ ...target, secret: source.secret }).catch(({ code }) => code)).toBe('wrong_secret');
      expect(await drop(target)).toBe(true);
      await within(target, async (ledger) => {
        expect(await ledger.batches()).toStrictEqual(before);
        expect(await ledger.verify()).toStrictEqual([]);
      });
    }
    await within(target, (ledger) => finish(ledger, 'generate', freshKeys(3), 'd'));
    expect(await copy(source, target)).toMatchObject({ refused: false, added: 2, copied: 29 });
    // A new one takes any other ledger then.
    expect(await copyUntil(source, other, 2, false)).toBe(false);
    expect(await codeOf(copy(await newCopyLedger(engine), other))).toBe('unfinished_copy');
    expect(await drop(other)).toBe(true);
    const third = await newCopyLedger(engine);
    await within(third, (ledger) => finish(ledger, 'generate', freshKeys(3), 'a'));
    expect(await copy(third, other)).toMatchObject({ refused: false, added: 1, copied: 3 });
  });

  it('ends where somebody drops it while it is under way', async () => {
    const [source, target] = [await newCopyLedger(engine), await newCopyLedger(engine)];
    await within(source, (ledger) => finish(ledger, 'generate', freshKeys(30), 'a'));
    let spans = 0;
    const copying = copyLedgerBy(source, target, async () => {
      if (++spans === 2) expect(await dropCopy(target.at, { secret: target.secret })).toBe(true);
    });
    expect(await codeOf(copying)).toBe('unreachable_ledger');
    expect(spans).toBe(2);
    await within(target, async (ledger) => {
      expect(await ledger.batches()).toStrictEqual([]);
      expect(await ledger.verify()).toStrictEqual([]);
    });
  });

  it('goes on with what was issued there meanwhile', async () => {
    const [source, target] = [await newCopyLedger(engine), await newCopyLedger(engine)];
    await within(source, (ledger) => finish(ledger, 'generate', freshKeys(20), 'a'));
    expect(await copyUntil(source, target, 2, false)).toBe(false);
    await within(source, (ledger) => finish(ledger, 'generate', freshKeys(20), 'b'));
    expect(await codeOf(copy(target, source))).toBe('unfinished_copy');
    await copy(source, target);
    await within(target, async (ledger) => {
      expect((await ledger.batches()).map(({ id, recorded }) => [id, recorded])).toStrictEqual([
        ['a', 20],
        ['b', 20],
      ]);
      expect(await ledger.verify()).toStrictEqual([]);
    });
  });
});

/** Moves a ledger; `onRound` goes on in it before it is marked, each time. */
async function movedBy(from: Side, to: Side, onRound: (round: number) => Promise<void>) {
  const open = (at: string) => engineOf(ledgerPlace(at)).open(ledgerPlace(at), {});
  const [source, target] = [await open(from.at), await open(to.at)];
  let rounds = 0;
  const store = new Proxy(source, {
    get: (all, name) => {
      const value: unknown = Reflect.get(all, name, all);
      if (typeof value !== 'function') return value;
      if (name !== 'markMoved') return value.bind(all);
      return async (...given: readonly unknown[]) => {
        await onRound(++rounds);
        return Reflect.apply(value, all, given);
      };
    },
  });
  try {
    return await copyStores(
      { store, secret: from.secret },
      { store: target, secret: to.secret },
      { now, move: true },
    );
  } finally {
    await source.close();
    await target.close();
  }
}

describe('ledgers of several runners', () => {
  const [sqlite = { engine: '', place: async () => '' }] = COPY_ENGINES;

  it('four that each took a copy and issued a shard become one: nothing lost, nothing twice', async () => {
    const source = await newCopyLedger(sqlite);
    const before = freshKeys(30);
    await within(source, (ledger) => finish(ledger, 'generate', before, 'before'));
    const issued: string[] = [...before];
    const runners: Side[] = [];
    for (const index of [1, 2, 3, 4]) {
      const at = join(dirname(source.at), `runner-${index}.db`);
      cpSync(source.at, at);
      const runner: Side = { ...source, at, open: () => openLedger(at, { secret: source.secret }) };
      const drawn = freshKeys(40 + index);
      issued.push(...drawn);
      await within(runner, async (ledger) => {
        const claim = await ledger.claim(batchOf({ id: 'night', shard: { index, of: 4 }, count: 40 }));
        const { taken } = await ledger.reserve(claim, 0, keyTexts([...drawn, ...before]));
        expect(taken).toHaveLength(30);
        await ledger.prepare(claim, { files: [], report: `${index}` });
        await ledger.done(claim, now);
      });
      runners.push(runner);
    }
    for (const [at, runner] of runners.entries())
      expect(await copy(runner, source)).toMatchObject({ added: 1, copied: 41 + at });
    await within(source, async (ledger) => {
      expect(await ledger.verify()).toStrictEqual([]);
      const holders = await ledger.find('issued', keyTexts(issued));
      expect(holders.filter((holder) => holder === null)).toStrictEqual([]);
      expect((await ledger.status()).keys.issued).toBe(new Set(issued).size);
      expect((await ledger.batches()).map(({ shard }) => shard)).toStrictEqual([
        ...['1/1', '1/4', '2/4', '3/4', '4/4'],
      ]);
    });
  });

  it('a run that lives on ends where it began, and the copy begins its batch again', async () => {
    const [source, target] = [await newCopyLedger(sqlite), await newCopyLedger(sqlite)];
    await within(source, async (running) => {
      const claim = await running.claim(batchOf({ id: 'b' }));
      await running.reserve(claim, 0, keyTexts(freshKeys(4)));
      expect(await copy(source, target)).toMatchObject({
        voidClaims: [{ id: 'b', shard: '1/1', by: 'test@host' }],
      });
      await within(target, async (ledger) =>
        expect(await codeOf(ledger.reserve(claim, 1, keyTexts(freshKeys(4))))).toBe('lost_claim'),
      );
      await running.reserve(claim, 1, keyTexts(freshKeys(4)));
      await running.prepare(claim, { files: [], report: '' });
      await running.done(claim, now);
    });
    expect(await copy(source, target)).toMatchObject({ updated: 1, copied: 4, voidClaims: [] });
    await within(target, async (ledger) => {
      expect(await ledger.batches()).toMatchObject([{ state: 'done', recorded: 8, wasted: 0 }]);
      expect(await ledger.verify()).toStrictEqual([]);
    });
  });

  it('one that was moved lets nobody write, also who had begun before', async () => {
    const [source, target] = [await newCopyLedger(sqlite), await newCopyLedger(sqlite)];
    await within(source, async (running) => {
      const claim = await running.claim(batchOf({ id: 'b' }));
      await running.reserve(claim, 0, keyTexts(freshKeys(4)));
      expect(await copy(source, target, { move: true })).toMatchObject({ moved: true });
      expect(await codeOf(running.reserve(claim, 1, keyTexts(freshKeys(4))))).toBe('moved_ledger');
      expect(await codeOf(running.prepare(claim, { files: [], report: '' }))).toBe('moved_ledger');
      expect(await codeOf(running.claim(batchOf({ id: 'b' })))).toBe('moved_ledger');
      expect(await codeOf(running.setVoid('b', undefined, null, now))).toBe('moved_ledger');
    });
  });

  it('one that is moved while batches go on tells all that was copied, once', async () => {
    const [source, target] = [await newCopyLedger(sqlite), await newCopyLedger(sqlite)];
    await within(source, async (running) => {
      await finish(running, 'generate', freshKeys(20), 'a');
      const [b, c] = [await running.claim(batchOf({ id: 'b' })), await running.claim(batchOf({ id: 'c' }))];
      await running.reserve(b, 0, keyTexts(freshKeys(4)));
      await running.reserve(c, 0, keyTexts(freshKeys(3)));
      const onRound = async (round: number) => {
        if (round === 1) await running.reserve(b, 1, keyTexts(freshKeys(4)));
        if (round === 1) await running.prepare(c, { files: [], report: '' });
        if (round === 2) await finish(running, 'generate', freshKeys(5), 'd');
      };
      expect(await movedBy(source, target, onRound)).toMatchObject({
        ...{ batches: 4, added: 4, updated: 0, keys: 36, copied: 36, moved: true },
        voidClaims: [{ id: 'b' }],
      });
    });
    await within(target, async (ledger) => {
      expect(
        (await ledger.batches()).map(({ id, recorded, wasted }) => [id, recorded + wasted]),
      ).toStrictEqual([
        ...[
          ['a', 20],
          ['b', 8],
          ['c', 3],
          ['d', 5],
        ],
      ]);
      expect(await ledger.verify()).toStrictEqual([]);
    });
  });

  it('one that is opened while it becomes a copy records nothing under its old root', async () => {
    const [source, target] = [await newCopyLedger(sqlite), await newCopyLedger(sqlite)];
    await within(target, async (early) => {
      await copy(source, target);
      expect(await codeOf(early.claim(batchOf()))).toBe('unreachable_ledger');
    });
  });

  it('of 2,000 batches are copied, and nothing twice', async () => {
    const [source, target] = [await newCopyLedger(sqlite), await newCopyLedger(sqlite)];
    const { openSqlite } = await import('../../../../src/node/ledger/sqlite/sqlite-driver.js');
    await within(source, (ledger) => finish(ledger, 'import', freshKeys(1), 'first'));
    const driver = await openSqlite(source.at);
    driver.exec(`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      INSERT INTO keywright_batches SELECT i, 'b' || i, shard, kind, 'reserving', mask, count, parameters, issued_by, at,
      NULL, 1, 1, token, NULL, comment, claimed_at, voided_at, void_reason, voided_by, adopted_at, void_said_at
      FROM n, keywright_batches WHERE number = 1;
      INSERT INTO keywright_chunks SELECT number, number, 0, 0, 1, NULL, NULL FROM keywright_batches WHERE number > 1;
      INSERT INTO keywright_keys SELECT randomblob(16), id FROM keywright_chunks WHERE id > 1`);
    driver.close();
    expect(await copy(source, target)).toMatchObject({ added: 2000, copied: 2000 });
    expect(await copy(source, target)).toMatchObject({ added: 0, updated: 0, copied: 0 });
    await within(target, async (ledger) => expect(await ledger.verify()).toStrictEqual([]));
  });
});
