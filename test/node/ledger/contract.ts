import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST_KEYS } from '../../../src/node/ledger/model/chunk-size.js';
import { keyTexts, type LedgerKeys } from '../../../src/node/ledger/model/key-texts.js';
import type { Batch, BatchKind, Claim, Ledger } from '../../../src/node/ledger/model/ledger.js';
import { codeOf } from '../../failure.js';

/** An implementation under test. Several ledgers may be open at once, and share nothing. */
export interface Contender {
  /** A new, empty ledger whose secret is outside. */
  open(options?: { readonly exact?: boolean }): Promise<Ledger>;
  /** The same ledger again, as another process would open it; absent where there is no other process. */
  reopen?(ledger: Ledger): Promise<Ledger>;
  close?(): Promise<void>;
}

let next = 0;

/** A batch that only says what matters. */
export function batchOf(part: Partial<Batch> = {}): Batch {
  return {
    id: `batch-${next++}`,
    kind: 'generate',
    count: 3,
    comparison: 1,
    mask: 'X{5}-X{5}',
    entropyBits: 51.7,
    parameters: 'same',
    by: 'test@host',
    now: new Date('2026-01-31T00:00:00Z'),
    ...part,
  };
}

/** Different keys that no other call yields. */
export function freshKeys(count: number): readonly string[] {
  return Array.from({ length: count }, () => {
    // No letters that make a word by chance, which would be asked about.
    const text = `K${String(next++).padStart(9, '0')}`;
    return `${text.slice(0, 5)}-${text.slice(5)}`;
  });
}

async function takenOf(ledger: Ledger, claim: Claim, chunk: number, keys: readonly string[] | LedgerKeys) {
  const { taken } = await ledger.reserve(claim, chunk, 'bytes' in keys ? keys : keyTexts(keys));
  return [...taken];
}

/** Runs a batch to its end. */
export async function finish(ledger: Ledger, kind: BatchKind, keys: readonly string[], id?: string) {
  const claim = await ledger.claim(batchOf({ kind, ...(id !== undefined && { id }) }));
  const taken = await takenOf(ledger, claim, 0, keys);
  await ledger.prepare(claim, { files: [], report: '' });
  await ledger.done(claim, new Date());
  return taken;
}

/** What every ledger keeps. */
export function describeLedger(name: string, contender: Contender): void {
  describe(`the ledger contract: ${name}`, () => {
    let ledger: Ledger;
    beforeAll(async () => {
      ledger = await contender.open();
    });
    afterAll(async () => {
      await ledger.close();
      await contender.close?.();
    });

    describe('keys', () => {
      it('are fresh once, in whatever spelling', async () => {
        const claim = await ledger.claim(batchOf());
        const keys = freshKeys(3);
        expect(await takenOf(ledger, claim, 0, keys)).toStrictEqual([]);
        const respelled = keys.map((key) => ` ${key.toLowerCase().replace('-', ' ')}`);
        expect(await takenOf(ledger, claim, 1, [...respelled, ...freshKeys(1)])).toStrictEqual([0, 1, 2]);
      });

      it('are fresh once within a chunk: the first of equal ones is', async () => {
        const [a = '', b = '', c = ''] = freshKeys(3);
        const claim = await ledger.claim(batchOf());
        expect(await takenOf(ledger, claim, 0, [a, b, a, c, b, a.toLowerCase()])).toStrictEqual([2, 4, 5]);
      });

      it('of a chunk are still fresh when it comes again: the reply was lost', async () => {
        const [known = ''] = freshKeys(1);
        await finish(ledger, 'generate', [known]);
        const claim = await ledger.claim(batchOf());
        const keys = [...freshKeys(50), known];
        expect(await takenOf(ledger, claim, 0, keys)).toStrictEqual([50]);
        expect(await takenOf(ledger, claim, 0, keys)).toStrictEqual([50]);
        expect(await takenOf(ledger, claim, 1, keys)).toHaveLength(51);
      });

      it('are found one by one among many new ones', async () => {
        const claim = await ledger.claim(batchOf());
        const many = freshKeys(30_000);
        for (const place of [0, 17_321, 29_999]) {
          expect(await takenOf(ledger, claim, place + 1, [many[place] ?? ''])).toStrictEqual([]);
        }
        expect(await takenOf(ledger, claim, 0, many)).toStrictEqual([0, 17_321, 29_999]);
        expect(await takenOf(ledger, claim, 0, many)).toStrictEqual([0, 17_321, 29_999]);
      });

      it('come as a block of bytes, which may be reused at once where they were given', async () => {
        const bytes = Buffer.from('BLOCK-00001\nBLOCK-00002\n');
        const claim = await ledger.claim(batchOf({ kind: 'import' }));
        const block = { bytes, count: 2, length: 11, stride: 12 };
        const first = takenOf(ledger, claim, 0, block);
        bytes.write('BLOCK-00003\nBLOCK-00004\n');
        const second = takenOf(ledger, claim, 1, block);
        bytes.write('BLOCK-00001\nBLOCK-00003\n');
        const third = takenOf(ledger, claim, 2, block);
        bytes.fill(0);
        expect(await Promise.all([first, second, third])).toStrictEqual([[], [], [0, 1]]);
      });

      it('may be long, many, and of other scripts than they seem', async () => {
        const claim = await ledger.claim(batchOf());
        const long = Array.from({ length: 130 }, (_, length) => `L${'A'.repeat(length + 40)}`);
        expect(await takenOf(ledger, claim, 0, [...long, 'ＡＢＣＤ－９９９９'])).toStrictEqual([]);
        expect(await takenOf(ledger, claim, 1, [...long, 'aBcD9999'])).toHaveLength(131);
        expect(await takenOf(ledger, claim, 2, [])).toStrictEqual([]);
      });

      it('that are none are refused, and nothing of the chunk is taken', async () => {
        const claim = await ledger.claim(batchOf());
        const keys = freshKeys(2);
        for (const none of ['schl\u00fcssel', '---', 'A'.repeat(4097), `A${'\u0301'.repeat(31)}`]) {
          const work = ledger.reserve(claim, 0, keyTexts([...keys, none]));
          await expect(work).rejects.toMatchObject({ code: 'not_a_key', details: { position: 3 } });
        }
        expect(await takenOf(ledger, claim, 0, keys)).toStrictEqual([]);
      });

      it('are two million in a chunk at most', async () => {
        const claim = await ledger.claim(batchOf());
        const bytes = new Uint8Array(MOST_KEYS + 1).fill(0x41);
        const work = ledger.reserve(claim, 0, { bytes, count: MOST_KEYS + 1, length: 1, stride: 1 });
        expect(await codeOf(work)).toBe('invalid_option');
      });
    });

    describe('sets', () => {
      it('let generate, then bulk-create, then bulk-create create all, once', async () => {
        const keys = freshKeys(20);
        expect(await finish(ledger, 'generate', keys)).toStrictEqual([]);
        expect(await finish(ledger, 'bulk-create', keys)).toStrictEqual([]);
        expect(await finish(ledger, 'bulk-create', keys)).toHaveLength(20);
      });

      it('hold a generated key against both, an imported one against those issued', async () => {
        const keys = freshKeys(4);
        await finish(ledger, 'bulk-create', keys);
        expect(await finish(ledger, 'generate', keys.slice(0, 2))).toStrictEqual([0, 1]);
        expect(await finish(ledger, 'import', keys)).toStrictEqual([]);
        expect(await finish(ledger, 'import', keys)).toHaveLength(4);
      });
    });

    describe('claims', () => {
      it('tell what was found', async () => {
        const batch = batchOf({ shard: { index: 2, of: 8 } });
        const claim = await ledger.claim(batch);
        expect(claim).toMatchObject({
          id: batch.id,
          shard: '2/8',
          attempt: 1,
          state: 'reserving',
          at: batch.now,
          doneAt: null,
          prepared: null,
        });
        expect((await ledger.claim(batch)).attempt).toBe(2);
        expect(await ledger.claim({ ...batch, shard: undefined })).toMatchObject({
          shard: '1/1',
          attempt: 1,
        });
      });

      it('are void when the batch is claimed anew', async () => {
        const batch = batchOf();
        const old = await ledger.claim(batch);
        const claim = await ledger.claim(batch);
        const keys = freshKeys(2);
        expect(await codeOf(ledger.reserve(old, 0, keyTexts(keys)))).toBe('lost_claim');
        expect(await codeOf(ledger.prepare(old, { files: [], report: '' }))).toBe('lost_claim');
        expect(await takenOf(ledger, claim, 0, keys)).toStrictEqual([]);
        await ledger.prepare(claim, { files: [], report: '' });
        expect(await codeOf(ledger.done(old, new Date()))).toBe('lost_claim');
        await ledger.done(claim, new Date());
      });

      it('need the same parameters and the same kind', async () => {
        const batch = batchOf();
        await ledger.claim(batch);
        expect(await codeOf(ledger.claim({ ...batch, parameters: 'other' }))).toBe('batch_mismatch');
        expect(await codeOf(ledger.claim({ ...batch, kind: 'import' }))).toBe('batch_mismatch');
      });

      it.each(['', 'a b', 'a/b', 'ä', 'x'.repeat(129), 'a\n'])('need an id that is one: %j', async (id) => {
        expect(await codeOf(ledger.claim(batchOf({ id })))).toBe('invalid_option');
      });

      it('need the comparison of the ledger', async () => {
        expect(await codeOf(ledger.claim(batchOf({ comparison: 'exact' })))).toBe('invalid_option');
        const exact = await contender.open({ exact: true });
        expect(await codeOf(exact.claim(batchOf()))).toBe('invalid_option');
        const claim = await exact.claim(batchOf({ comparison: 'exact' }));
        const keys = ['ab-cd', 'AB-CD', 'abcd', 'ab-cd'];
        expect(await takenOf(exact, claim, 0, keys)).toStrictEqual([3]);
        await exact.close();
      });
    });

    describe('an attempt that died while reserving', () => {
      it('of a generate: its keys stay spent, new ones are drawn', async () => {
        const batch = batchOf();
        const keys = freshKeys(5);
        await takenOf(ledger, await ledger.claim(batch), 0, keys);
        const claim = await ledger.claim(batch);
        expect(claim.state).toBe('reserving');
        expect(await takenOf(ledger, claim, 0, keys)).toHaveLength(5);
        expect(await takenOf(ledger, claim, 1, freshKeys(3))).toStrictEqual([]);
        const record = (await ledger.batches()).find(({ id }) => id === batch.id);
        expect(record).toMatchObject({ recorded: 3, wasted: 5, attempt: 2, state: 'reserving' });
        const [holder] = await ledger.find('issued', keyTexts(keys));
        expect(holder).toMatchObject({ id: batch.id, attempt: 1, current: false });
      });

      it.each(['import', 'bulk-create'] as const)(
        'of a %s: the same keys give the same answer',
        async (kind) => {
          const batch = batchOf({ kind });
          const [twice = '', ...keys] = freshKeys(9);
          await finish(ledger, kind, keys.slice(0, 2));
          const chunks = [
            [...keys.slice(0, 4), twice, twice],
            [twice, ...keys.slice(4)],
          ] as const;
          const first = await ledger.claim(batch);
          expect(await takenOf(ledger, first, 0, chunks[0])).toStrictEqual([0, 1, 5]);
          const second = await ledger.claim(batch);
          expect(await takenOf(ledger, second, 0, chunks[0])).toStrictEqual([0, 1, 5]);
          expect(await takenOf(ledger, second, 1, chunks[1])).toStrictEqual([0]);
          const record = (await ledger.batches()).find(({ id }) => id === batch.id);
          expect(record).toMatchObject({ recorded: 7, wasted: 0 });
        },
      );
    });

    describe('the states', () => {
      const files = [
        { temporary: '/tmp/.keys.tmp', path: '/tmp/keys.txt', bytes: 12, sha256: 'ab'.repeat(32) },
      ];

      it('go from reserving to prepared to done, and say what was prepared', async () => {
        const batch = batchOf();
        const claim = await ledger.claim(batch);
        const keys = freshKeys(3);
        await takenOf(ledger, claim, 0, keys);
        expect(await codeOf(ledger.done(claim, new Date()))).toBe('lost_claim');
        await ledger.prepare(claim, { files, report: '{"count":3}' });
        await ledger.prepare(claim, { files, report: '{"count":3}' });
        expect(await codeOf(ledger.reserve(claim, 1, keyTexts(freshKeys(1))))).toBe('lost_claim');

        const second = await ledger.claim(batch);
        expect(second).toMatchObject({
          state: 'prepared',
          attempt: 2,
          prepared: { files, report: '{"count":3}' },
        });
        expect(await codeOf(ledger.done(claim, new Date()))).toBe('lost_claim');
        const doneAt = new Date('2026-02-01T12:00:00.123Z');
        await ledger.done(second, doneAt);
        await ledger.done(second, new Date());

        const third = await ledger.claim(batch);
        expect(third).toMatchObject({ state: 'done', attempt: 2, doneAt, prepared: { files } });
        expect(await codeOf(ledger.reserve(third, 0, keyTexts(freshKeys(1))))).toBe('lost_claim');
        expect((await ledger.batches()).find(({ id }) => id === batch.id)).toMatchObject({
          state: 'done',
          recorded: 3,
          wasted: 0,
          count: 3,
          mask: 'X{5}-X{5}',
          by: 'test@host',
          comment: null,
          at: batch.now,
          claimedAt: batch.now,
          doneAt,
          voided: null,
        });
        const [holder] = await ledger.find('issued', keyTexts(keys));
        expect(holder).toMatchObject({ attempt: 1, current: true, state: 'done', voided: null });
      });
    });

    describe('who issues, and the comment', () => {
      const told = async ({ id }: Batch) => (await ledger.batches()).find((batch) => batch.id === id);

      it('are those of the run that draws the keys, and no part of the parameters', async () => {
        const first = batchOf({ by: 'a@night', comment: 'https://ci.example/runs/1?x=ü&y="1"' });
        await ledger.claim(first);
        expect(await told(first)).toMatchObject({ by: 'a@night', comment: first.comment });
        const later = { ...first, by: 'b@day', now: new Date('2026-02-02T00:00:00Z'), comment: undefined };
        const claim = await ledger.claim(later);
        const [key = ''] = freshKeys(1);
        await takenOf(ledger, claim, 0, [key]);
        const drawn = { by: 'b@day', comment: null, at: first.now, claimedAt: later.now };
        expect(await told(first)).toMatchObject(drawn);
        await ledger.prepare(claim, { files: [], report: '' });
        const publishing = await ledger.claim({ ...first, now: new Date('2026-02-03T00:00:00Z') });
        const record = { ...drawn, claimedAt: new Date('2026-02-03T00:00:00Z') };
        expect(await told(first)).toMatchObject(record);
        await ledger.done(publishing, new Date());
        await ledger.claim({ ...first, by: 'c@noon' });
        expect(await told(first)).toMatchObject(record);
        const [holder] = await ledger.find('issued', keyTexts([key]));
        expect(holder).toMatchObject({ by: 'b@day', comment: null, at: first.now, state: 'done' });
      });

      it.each(['', ' ', 'a\nb', 'a\u0007', '\u2028', '\ud800', 'x'.repeat(501)])(
        'are one line of 1 to 500 characters: %j',
        async (text) => {
          for (const option of ['by', 'comment'])
            await expect(ledger.claim(batchOf({ [option]: text }))).rejects.toMatchObject({
              code: 'invalid_option',
              details: { option },
            });
        },
      );
    });

    describe('a batch that is void', () => {
      const voiding = {
        at: new Date('2026-03-01T00:00:00Z'),
        reason: 'the upload failed: "504"',
        by: 'me@desk',
      };
      const told = async (id: string) => (await ledger.batches()).filter((batch) => batch.id === id);

      it('keeps its keys spent, says so of each, and is never issued again', async () => {
        const [batch, keys] = [batchOf(), freshKeys(4)];
        await finish(ledger, 'generate', keys, batch.id);
        const before = await ledger.status();
        expect(await ledger.setVoid(batch.id, undefined, voiding, voiding.at)).toStrictEqual([
          { shard: '1/1', count: 3, changed: true, voided: voiding },
        ]);
        expect(await told(batch.id)).toMatchObject([{ state: 'done', voided: voiding, recorded: 4 }]);
        const found = await ledger.find('issued', keyTexts(keys));
        expect(found.map((holder) => holder?.voided)).toStrictEqual(Array(4).fill(voiding));
        await expect(ledger.claim(batch)).rejects.toMatchObject({
          code: 'voided_batch',
          details: { batch: batch.id, at: '2026-03-01T00:00:00.000Z' },
        });
        expect(await codeOf(ledger.claim({ ...batch, parameters: 'other' }))).toBe('batch_mismatch');
        expect(await finish(ledger, 'generate', keys)).toStrictEqual([0, 1, 2, 3]);
        const after = await ledger.status();
        expect([after.keys, after.voided]).toStrictEqual([before.keys, before.voided + 1]);
        expect(await ledger.verify()).toStrictEqual([]);
      });

      it('stays as it is when that is said again, until it is undone', async () => {
        const { id } = batchOf();
        await finish(ledger, 'bulk-create', freshKeys(2), id);
        expect((await ledger.setVoid(id, '1/1', null, voiding.at))[0]).toMatchObject({
          changed: false,
          voided: null,
        });
        await ledger.setVoid(id, '1/1', voiding, voiding.at);
        const again = { ...voiding, reason: 'another' };
        expect(await ledger.setVoid(id, undefined, again, again.at)).toMatchObject([
          { changed: false, voided: voiding },
        ]);
        expect(await ledger.setVoid(id, undefined, null, voiding.at)).toMatchObject([
          { changed: true, voided: null },
        ]);
        expect(await told(id)).toMatchObject([{ state: 'done', voided: null }]);
        const claim = await ledger.claim(batchOf({ id, kind: 'bulk-create' }));
        expect(claim.state).toBe('done');
      });

      it('is so in all shards or in one', async () => {
        const { id } = batchOf();
        for (const index of [1, 2, 3]) {
          const claim = await ledger.claim(batchOf({ id, shard: { index, of: 3 } }));
          await ledger.prepare(claim, { files: [], report: '' });
          await ledger.done(claim, new Date());
        }
        await ledger.setVoid(id, '2/3', voiding, voiding.at);
        const isVoid = async () => (await told(id)).map(({ voided }) => voided !== null);
        expect(await isVoid()).toStrictEqual([false, true, false]);
        const all = await ledger.setVoid(id, undefined, voiding, voiding.at);
        expect(all.map(({ shard, changed }) => [shard, changed])).toStrictEqual([
          ['1/3', true],
          ['2/3', false],
          ['3/3', true],
        ]);
        await ledger.setVoid(id, '3/3', null, voiding.at);
        expect(await isVoid()).toStrictEqual([true, true, false]);
      });

      it('was done, and is there', async () => {
        const { id } = batchOf();
        const claim = await ledger.claim(batchOf({ id, shard: { index: 1, of: 2 } }));
        await ledger.prepare(claim, { files: [], report: '' });
        await ledger.done(claim, new Date());
        await ledger.claim(batchOf({ id, shard: { index: 2, of: 2 } }));
        expect(await codeOf(ledger.setVoid(id, undefined, voiding, voiding.at))).toBe('unfinished_batch');
        expect((await told(id)).map(({ voided }) => voided)).toStrictEqual([null, null]);
        expect(await codeOf(ledger.setVoid(id, '3/3', voiding, voiding.at))).toBe('unknown_batch');
        expect(await codeOf(ledger.setVoid('never', undefined, voiding, voiding.at))).toBe('unknown_batch');
        expect(await codeOf(ledger.setVoid(id, '1/2', { ...voiding, reason: '' }, voiding.at))).toBe(
          'invalid_option',
        );
      });
    });

    it('finds who holds a key, in the order asked', async () => {
      const [a = '', b = '', unknown = ''] = freshKeys(3);
      await finish(ledger, 'generate', [a], 'find-a');
      await finish(ledger, 'import', [b], 'find-b');
      const found = await ledger.find('issued', keyTexts([unknown, b, a, b, unknown]));
      expect(found.map((holder) => holder?.id)).toStrictEqual([
        undefined,
        'find-b',
        'find-a',
        'find-b',
        undefined,
      ]);
      expect(found[1]).toMatchObject({ kind: 'import', shard: '1/1', attempt: 0, current: true });
      expect(await ledger.find('created', keyTexts([a]))).toStrictEqual([null]);
    });

    it('counts, and is sound', async () => {
      const before = await ledger.status();
      await finish(ledger, 'generate', freshKeys(7));
      await finish(ledger, 'bulk-create', freshKeys(5));
      const after = await ledger.status();
      expect(after.keys.issued - before.keys.issued).toBe(7);
      expect(after.keys.created - before.keys.created).toBe(5);
      expect(after.batches.done - before.batches.done).toBe(2);
      expect(after).toMatchObject({ comparison: 1, secret: 'outside' });
      expect(await ledger.verify()).toStrictEqual([]);
    });

    it('keeps the order of calls that overlap', async () => {
      const claim = await ledger.claim(batchOf());
      const keys = freshKeys(300);
      const chunks = Array.from({ length: 6 }, (_, chunk) =>
        takenOf(ledger, claim, chunk, keys.slice(chunk * 20, chunk * 20 + 40)),
      );
      const taken = await Promise.all(chunks);
      expect(taken.map((indexes) => indexes.length)).toStrictEqual([0, 20, 20, 20, 20, 20]);
    });

    it('that is closed lets calls under way finish, and refuses all others in one way', async () => {
      const closed = await contender.open();
      const claim = await closed.claim(batchOf());
      const keys = keyTexts(freshKeys(2));
      const underWay = closed.reserve(claim, 0, keys);
      const closing = closed.close();
      const calls: Readonly<Record<string, () => Promise<unknown>>> = {
        claim: () => closed.claim(batchOf()),
        reserve: () => closed.reserve(claim, 1, keys),
        prepare: () => closed.prepare(claim, { files: [], report: '' }),
        done: () => closed.done(claim, new Date()),
        find: () => closed.find('issued', keys),
        setVoid: () => closed.setVoid('any', undefined, null, new Date()),
        batches: () => closed.batches(),
        status: () => closed.status(),
        verify: () => closed.verify(),
      };
      const outcomes = () =>
        Promise.all(Object.entries(calls).map(async ([name, call]) => [name, await codeOf(call())]));
      const refused = Object.keys(calls).map((name) => [name, 'invalid_option']);
      expect(await outcomes()).toStrictEqual(refused);
      expect((await underWay).taken).toHaveLength(0);
      await closing;
      expect(await outcomes()).toStrictEqual(refused);
      await closed.close();
      await expect(closed.status()).rejects.toThrow('the ledger was closed before: open it again');
    });

    const { reopen } = contender;
    // A ledger in memory has no other to open it.
    if (reopen !== undefined)
      it('is there when another opens it', async () => {
        const mine = await contender.open();
        const batch = batchOf();
        const keys = freshKeys(100);
        const claim = await mine.claim(batch);
        await takenOf(mine, claim, 0, keys);
        const other = await reopen(mine);
        const taken = await takenOf(other, await other.claim(batchOf()), 0, [...freshKeys(1), ...keys]);
        expect(taken).toHaveLength(100);
        await other.claim(batch);
        expect(await codeOf(mine.prepare(claim, { files: [], report: '' }))).toBe('lost_claim');
        await Promise.all([mine.close(), other.close()]);
      });

    it('takes a chunk as large as it may be, and the same again', async () => {
      const count = 60_000;
      const claim = await ledger.claim(batchOf());
      const keys = keyTexts(freshKeys(count));
      expect((await ledger.reserve(claim, 0, keys)).taken).toHaveLength(0);
      expect((await ledger.reserve(claim, 0, keys)).taken).toHaveLength(0);
      const { taken } = await ledger.reserve(claim, 1, keys);
      // Not by expect, which takes longer to hold them against each other than the ledger to find them.
      expect([taken.length, taken.every((place, index) => place === index)]).toStrictEqual([count, true]);
    });
  });
}
