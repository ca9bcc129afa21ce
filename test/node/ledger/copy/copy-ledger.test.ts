import { cpSync, linkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { holdersOf, issuedBy } from '../../../../src/node/issue/issued-keys.js';
import { copyLedger } from '../../../../src/node/ledger/copy/copy-ledger.js';
import { keyTexts } from '../../../../src/node/ledger/model/key-texts.js';
import type { Ledger } from '../../../../src/node/ledger/model/ledger.js';
import { openLedger } from '../../../../src/node/ledger/open-ledger.js';
import { codeOf } from '../../../failure.js';
import { newFolder } from '../../../new-folder.js';
import { batchOf, finish, freshKeys } from '../contract.js';
import { inServer } from '../postgres/postgres-server.js';
import { COPY_ENGINES, COPY_PAIRS, type CopyEngine, newCopyLedger } from './places.js';

const now = new Date('2026-01-31T00:00:00Z');
type Side = Awaited<ReturnType<typeof newCopyLedger>>;
const [sqlite] = COPY_ENGINES as readonly [CopyEngine];

function copy(from: Side, to: Side, part: object = {}) {
  return copyLedger(from.at, to.at, { fromSecret: from.secret, toSecret: to.secret, now, ...part });
}

/** All that a ledger tells. */
async function told(ledger: Ledger, keys: readonly string[]) {
  const { engine: _, ...status } = await ledger.status();
  return {
    status,
    faults: await ledger.verify(),
    batches: await ledger.batches(),
    issued: await ledger.find('issued', keyTexts(keys)),
    created: await ledger.find('created', keyTexts(keys)),
  };
}

async function with_<T>(side: Side, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await side.open();
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** A ledger with a batch of each kind and state. */
async function filled(side: Side) {
  const keys = freshKeys(60);
  await with_(side, async (ledger) => {
    await finish(ledger, 'generate', keys.slice(0, 20), 'done-!"#$%&\'()*+,-.0:;<=>?@[\\]^_`{|}~');
    await finish(ledger, 'import', keys.slice(20, 30), 'import');
    await finish(ledger, 'bulk-create', keys.slice(0, 10), 'created');
    await finish(ledger, 'generate', keys.slice(30, 35), 'void');
    await ledger.setVoid('void', undefined, { reason: 'r', by: 'me' }, now);
    const spent = await ledger.claim(batchOf({ id: 'spent', shard: { index: 2, of: 3 }, comment: 'c' }));
    await ledger.reserve(spent, 0, keyTexts(keys.slice(35, 40)));
    const again = await ledger.claim(batchOf({ id: 'spent', shard: { index: 2, of: 3 } }));
    await ledger.reserve(again, 0, keyTexts(keys.slice(40, 45)));
    await ledger.reserve(again, 1, keyTexts([]));
    const prepared = await ledger.claim(batchOf({ id: 'prepared' }));
    await ledger.reserve(prepared, 0, keyTexts(keys.slice(45, 50)));
    await ledger.prepare(prepared, { files: [], report: 'what was told' });
  });
  return keys;
}

describe.each(COPY_PAIRS)('a copy from $from.engine to $to.engine', ({ from, to }) => {
  it('has all of it, under a secret of its own, and the same again changes nothing', async () => {
    const [source, target] = [await newCopyLedger(from), await newCopyLedger(to)];
    const keys = await filled(source);
    const before = await with_(source, (ledger) => told(ledger, keys));
    const dry = await copy(source, target, { dryRun: true });
    expect(dry).toMatchObject({ dryRun: true, batches: 6, added: 6, keys: 60, copied: 60 });
    expect(await with_(target, (ledger) => ledger.batches())).toStrictEqual([]);
    const report = await copy(source, target);
    expect(report).toStrictEqual({
      ...dry,
      dryRun: false,
      voidClaims: [{ id: 'spent', shard: '2/3', by: 'test@host' }],
    });
    const after = await with_(target, (ledger) => told(ledger, keys));
    expect(after).toStrictEqual(before);
    expect(after.faults).toStrictEqual([]);
    expect(await with_(target, (ledger) => ledger.preparedOf('prepared', '1/1'))).toStrictEqual({
      files: [],
      report: 'what was told',
    });
    expect(await copy(source, target)).toMatchObject({ added: 0, updated: 0, copied: 0, voidClaims: [] });
    expect(await copy(target, source)).toMatchObject({ added: 0, updated: 0, copied: 0 });
    expect(await with_(source, (ledger) => told(ledger, keys))).toStrictEqual(before);
  });

  it('issues what the other holds to nobody, and what both issued goes both ways', async () => {
    const [source, target] = [await newCopyLedger(from), await newCopyLedger(to)];
    const keys = await filled(source);
    await copy(source, target);
    const [here, there] = [freshKeys(5), freshKeys(7)];
    await with_(source, (ledger) => finish(ledger, 'generate', here, 'here'));
    const taken = await with_(target, (ledger) =>
      finish(ledger, 'generate', [...there, ...keys.slice(0, 50)], 'there'),
    );
    expect(taken).toHaveLength(50);
    expect(await copy(source, target)).toMatchObject({ refused: false, added: 1, updated: 0, copied: 5 });
    expect(await copy(target, source)).toMatchObject({ refused: false, added: 1, updated: 0, copied: 7 });
    const all = [...keys, ...here, ...there];
    const sides = [];
    for (const side of [source, target]) {
      const { batches, faults, issued } = await with_(side, (ledger) => told(ledger, all));
      expect(faults).toStrictEqual([]);
      sides.push([new Set(batches.map((batch) => JSON.stringify(batch))), issued]);
    }
    expect(sides[0]).toStrictEqual(sides[1]);
  });
});

describe.each(COPY_PAIRS)('what is void, copied from $from.engine to $to.engine', ({ from, to }) => {
  const later = (ms: number) => new Date(now.getTime() + ms);

  /** Two copies of one batch, void or not in one of them. */
  async function apart() {
    const [source, target] = [await newCopyLedger(from), await newCopyLedger(to)];
    await with_(source, (ledger) => finish(ledger, 'generate', freshKeys(3), 'b'));
    await copy(source, target);
    return [source, target] as const;
  }

  const say = (side: Side, reason: string | null, at: Date) =>
    with_(side, (ledger) =>
      ledger.setVoid('b', undefined, reason === null ? null : { reason, by: 'me' }, at),
    );
  const reasonsOf = (sides: readonly Side[]) =>
    Promise.all(
      sides.map((side) => with_(side, async (ledger) => (await ledger.batches())[0]?.voided?.reason ?? null)),
    );

  it('goes there, and so does that it was undone', async () => {
    const sides = await apart();
    const [source, target] = sides;
    await say(source, 'r', later(0));
    expect(await copy(source, target)).toMatchObject({ updated: 1 });
    expect(await reasonsOf(sides)).toStrictEqual(['r', 'r']);
    await say(source, null, later(1000));
    expect(await copy(source, target, { dryRun: true })).toMatchObject({ updated: 1 });
    expect(await copy(source, target)).toMatchObject({ updated: 1 });
    expect(await copy(source, target)).toMatchObject({ updated: 0 });
    expect(await reasonsOf(sides)).toStrictEqual([null, null]);
    const claim = await with_(target, (ledger) => ledger.claim(batchOf({ id: 'b' })));
    expect(claim.state).toBe('done');
  });

  it('is not brought back by a copy from before it was undone', async () => {
    const sides = await apart();
    const [source, target] = sides;
    await say(source, 'r', later(0));
    await copy(source, target);
    await say(target, null, later(1000));
    expect(await copy(source, target)).toMatchObject({ updated: 0 });
    expect(await reasonsOf(sides)).toStrictEqual(['r', null]);
    await copy(target, source);
    expect(await reasonsOf(sides)).toStrictEqual([null, null]);
  });

  it('is what was said last of it, in whichever of the two, also by a clock that is slow', async () => {
    const sides = await apart();
    const [source, target] = sides;
    await say(source, 'first', later(5000));
    await copy(source, target);
    await say(target, null, later(-5000));
    await copy(source, target);
    await copy(target, source);
    expect(await reasonsOf(sides)).toStrictEqual([null, null]);
    await say(target, 'second', later(9000));
    await say(source, 'third', later(9500));
    await copy(target, source);
    await copy(source, target);
    expect(await reasonsOf(sides)).toStrictEqual(['third', 'third']);
  });
});

describe('a copy', () => {
  it('is refused where both are one ledger, by whatever name', async () => {
    for (const engine of COPY_ENGINES) {
      const side = await newCopyLedger(engine);
      expect(await codeOf(copy(side, side))).toBe('same_file');
      const other = { ...side, at: `${side.at}&application_name=other` };
      if (engine.engine === 'PostgreSQL') expect(await codeOf(copy(side, other))).toBe('same_file');
    }
    const side = await newCopyLedger(sqlite);
    const folder = newFolder();
    symlinkSync(side.at, join(folder, 'a.db'));
    linkSync(side.at, join(folder, 'b.db'));
    for (const name of ['a.db', 'b.db'])
      expect(await codeOf(copy(side, { ...side, at: join(folder, name) }))).toBe('same_file');
  });

  it('goes into no ledger with keys of its own, and lays no root open', async () => {
    const [source, other, bare] = [
      await newCopyLedger(sqlite),
      await newCopyLedger(sqlite),
      await newCopyLedger(sqlite, { bare: true }),
    ];
    await with_(source, (ledger) => finish(ledger, 'generate', freshKeys(3)));
    await with_(other, (ledger) => finish(ledger, 'generate', freshKeys(3)));
    expect(await codeOf(copy(source, other))).toBe('other_ledger');
    expect(await codeOf(copy(source, bare))).toBe('wrong_secret');
    expect(await codeOf(copy(source, bare, { dryRun: true }))).toBe('wrong_secret');
    expect(await with_(bare, (ledger) => ledger.batches())).toStrictEqual([]);
  });

  it('of a ledger without a secret takes one, and keeps weak formats out', async () => {
    const [source, target] = [
      await newCopyLedger(sqlite, { bare: true, exact: true }),
      await newCopyLedger(sqlite),
    ];
    const env = { KEYWRIGHT_LEDGER_SECRET: target.secret?.toString('hex') };
    expect(await copy(source, target, { toSecret: undefined, env })).toMatchObject({ refused: false });
    expect(await with_(target, (ledger) => ledger.status())).toMatchObject({
      secret: 'outside',
      fewestBits: 80,
      comparison: 'exact',
    });
  });

  it('takes no damaged ledger', async () => {
    const [source, target] = [await newCopyLedger(sqlite), await newCopyLedger(sqlite)];
    await with_(source, (ledger) => finish(ledger, 'generate', freshKeys(3)));
    const { openSqlite } = await import('../../../../src/node/ledger/sqlite/sqlite-driver.js');
    const driver = await openSqlite(source.at);
    driver.exec('DELETE FROM keywright_keys WHERE k = (SELECT min(k) FROM keywright_keys)');
    driver.close();
    expect(await codeOf(copy(source, target))).toBe('damaged_ledger');
    expect(await with_(target, (ledger) => ledger.batches())).toStrictEqual([]);
  });
});

describe.each(COPY_ENGINES)('a bit of a tag that turned over, in $engine', (engine) => {
  it('is found, where it was recorded and in a copy, and is not copied', async () => {
    const [source, target] = [await newCopyLedger(engine), await newCopyLedger(engine)];
    await with_(source, (ledger) => finish(ledger, 'generate', freshKeys(30), 'b'));
    await copy(source, target);
    for (const side of [target, source]) {
      await turnBit(side);
      expect(await with_(side, (ledger) => ledger.verify())).toStrictEqual([
        'batch b, chunk 0: its keys are not those that were recorded',
      ]);
    }
    const [next, sound] = [await newCopyLedger(engine), await newCopyLedger(sqlite)];
    const before = await with_(next, (ledger) => ledger.status());
    await with_(sound, (ledger) => finish(ledger, 'generate', freshKeys(3), 's'));
    for (const [to, part] of [
      [next, {}],
      [next, { dryRun: true }],
      [target, {}],
    ] as const)
      await expect(copy(source, to, part)).rejects.toMatchObject({
        code: 'damaged_ledger',
        message: expect.stringContaining('its keys are not those that were recorded'),
      });
    // What was begun is taken back: the ledger is the one it was, takes others, and issues.
    expect(await with_(next, (ledger) => ledger.status())).toStrictEqual(before);
    expect(await with_(next, (ledger) => ledger.batches())).toStrictEqual([]);
    expect(await with_(next, (ledger) => ledger.verify())).toStrictEqual([]);
    expect(await copy(sound, next)).toMatchObject({ added: 1, copied: 3 });
    await with_(next, (ledger) => finish(ledger, 'generate', freshKeys(3), 'n'));
  });
});

/** The last bit of the largest tag: their order stays. */
async function turnBit({ at }: Side): Promise<void> {
  if (at.startsWith('postgres')) {
    await inServer(
      at,
      `UPDATE keywright_keys SET k = encode(set_bit(uuid_send(k), 120, 1 - get_bit(uuid_send(k), 120)), 'hex')::uuid
      WHERE k = (SELECT k FROM keywright_keys ORDER BY k DESC LIMIT 1)`,
    );
    return;
  }
  const { openSqlite } = await import('../../../../src/node/ledger/sqlite/sqlite-driver.js');
  const driver = await openSqlite(at);
  const [row] = driver.all('SELECT max(k) AS k FROM keywright_keys', []);
  const tag = row?.['k'];
  if (!(tag instanceof Uint8Array)) throw new Error('there is none');
  const turned = Uint8Array.from(tag, (byte, index) => (index === 15 ? byte ^ 1 : byte));
  driver.run('UPDATE keywright_keys SET k = ? WHERE k = ?', [turned, tag]);
  driver.close();
}

describe('ledgers that went apart', () => {
  /** Two copies of one ledger in which a batch was begun. */
  async function apart() {
    const source = await newCopyLedger(sqlite);
    await with_(source, async (ledger) => {
      const claim = await ledger.claim(batchOf({ id: 'b' }));
      await ledger.reserve(claim, 0, keyTexts(freshKeys(4)));
    });
    const at = join(newFolder(), 'copy.db');
    cpSync(source.at, at);
    return [source, { ...source, at, open: () => openLedger(at, { secret: source.secret }) }] as const;
  }

  it.each([
    ['one finished it', 1, 0],
    ['the other finished it', 0, 1],
    ['one finished it, the other began it twice', 1, 2],
    ['both began it again', 2, 2],
  ])('are one again: %s', async (_, here, there) => {
    const sides = await apart();
    const keys: string[][] = [];
    for (const [at, side] of sides.entries()) {
      const runs = [here, there][at] ?? 0;
      await with_(side, async (ledger) => {
        for (let run = 0; run < runs; run++) {
          const claim = await ledger.claim(batchOf({ id: 'b' }));
          const drawn = [...freshKeys(5)];
          keys.push(drawn);
          await ledger.reserve(claim, 0, keyTexts(drawn));
          if (runs > 1) continue;
          await ledger.prepare(claim, { files: [], report: `${at}` });
          await ledger.done(claim, now);
        }
      });
    }
    const all = keys.flat();
    const [a, b] = sides;
    expect(await copy(a, b)).toMatchObject({ refused: false });
    expect(await copy(b, a)).toMatchObject({ refused: false });
    expect(await copy(a, b)).toMatchObject({ added: 0, updated: 0, copied: 0 });
    const [[left], [right]] = [
      await with_(a, (ledger) => ledger.batches()),
      await with_(b, (ledger) => ledger.batches()),
    ];
    expect(left?.state).toBe(here === 1 || there === 1 ? 'done' : 'reserving');
    expect([right?.state, right?.recorded, (right?.recorded ?? 0) + (right?.wasted ?? 0)]).toStrictEqual([
      left?.state,
      5,
      all.length + 4,
    ]);
    for (const side of sides)
      await with_(side, async (ledger) => {
        expect(await ledger.verify()).toStrictEqual([]);
        const holders = await ledger.find('issued', keyTexts(all));
        expect(holders.every((holder) => holder?.id === 'b')).toBe(true);
      });
  });

  it('and published one batch twice are told, and nothing is changed', async () => {
    const [a, b] = await apart();
    for (const [side, report] of [
      [a, 'a'],
      [b, 'b'],
    ] as const)
      await with_(side, async (ledger) => {
        const claim = await ledger.claim(batchOf({ id: 'b' }));
        await ledger.reserve(claim, 0, keyTexts(freshKeys(5)));
        await ledger.prepare(claim, { files: [], report });
      });
    const before = await with_(b, (ledger) => told(ledger, []));
    expect(await copy(a, b, { keepBoth: true })).toMatchObject({
      refused: true,
      conflicts: [{ problem: 'published', id: 'b', shard: '1/1' }],
    });
    expect(await with_(b, (ledger) => told(ledger, []))).toStrictEqual(before);
  });

  it('and issued the same key are told; both batches keep it where that is asked for', async () => {
    const [a, b] = await apart();
    const same = freshKeys(3);
    await with_(a, (ledger) => finish(ledger, 'import', [...same, ...freshKeys(1)], 'a'));
    await with_(b, (ledger) => finish(ledger, 'import', [...same, ...freshKeys(2)], 'b-2'));
    const conflicts = [
      { problem: 'keys', id: 'a', shard: '1/1', other: { id: 'b-2', shard: '1/1' }, keys: 3 },
    ];
    expect(await copy(a, b)).toMatchObject({ refused: true, conflicts });
    expect(await with_(b, (ledger) => ledger.batches())).toHaveLength(2);
    expect(await copy(a, b, { keepBoth: true })).toMatchObject({ refused: false, conflicts, copied: 1 });
    const batches = await with_(b, (ledger) => ledger.batches());
    expect(batches.map(({ id, recorded }) => [id, recorded])).toStrictEqual([
      ['b', 4],
      ['b-2', 5],
      ['a', 4],
    ]);
    expect(await with_(b, (ledger) => ledger.verify())).toStrictEqual([]);
    expect(await copy(a, b)).toMatchObject({ refused: false, conflicts: [], added: 0, copied: 0 });
  });

  it.each(COPY_ENGINES)(
    'and issued the same key into $engine: each batch that holds it is told',
    async (engine) => {
      const [source, b] = await apart();
      const target = await newCopyLedger(engine);
      await copy(source, target);
      const same = freshKeys(3);
      const others = freshKeys(2);
      await with_(source, (ledger) => finish(ledger, 'import', [...same, ...others.slice(0, 1)], 'a'));
      await with_(b, (ledger) => finish(ledger, 'import', same, 'c'));
      await with_(target, (ledger) => finish(ledger, 'import', [...same, ...others.slice(1)], 'b-2'));
      await copy(source, target, { keepBoth: true });
      await copy(b, target, { keepBoth: true });
      await with_(target, async (ledger) => {
        const holders = await holdersOf(ledger, [...same, ...others]);
        expect(holders.map((all) => all.map(({ id }) => id))).toStrictEqual([
          ...same.map(() => ['b-2', 'a', 'c']),
          ...[['a'], ['b-2']],
        ]);
        // What one of them took back is good by the others, until all have.
        const state = async () =>
          (await issuedBy(ledger, same)).map((each) => [each?.id, each?.voided !== null]);
        for (const [id, next] of [
          ['b-2', ['a', false]],
          ['a', ['c', false]],
          ['c', ['b-2', true]],
        ] as const) {
          await ledger.setVoid(id, undefined, { reason: 'r', by: 'me' }, now);
          expect(await state()).toStrictEqual(same.map(() => next));
        }
        expect(await ledger.verify()).toStrictEqual([]);
      });
      // The next copy takes all of them along.
      const next = await newCopyLedger(engine);
      await copy(target, next);
      await with_(next, async (ledger) => {
        const holders = await holdersOf(ledger, same);
        expect(holders.map((all) => all.map(({ id }) => id).toSorted())).toStrictEqual(
          same.map(() => ['a', 'b-2', 'c']),
        );
      });
    },
  );
});
