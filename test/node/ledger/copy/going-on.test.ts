import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyLedger } from '../../../../src/node/ledger/copy/copy-ledger.js';
import { keyTexts } from '../../../../src/node/ledger/model/key-texts.js';
import type { Claim, Ledger } from '../../../../src/node/ledger/model/ledger.js';
import { runs } from '../../../runs.js';
import { batchOf, freshKeys } from '../contract.js';
import { copyUntil } from './cut-off.js';
import { COPY_ENGINES, type CopyEngine, newCopyLedger } from './places.js';

const now = new Date('2026-01-31T00:00:00Z');
type Side = Awaited<ReturnType<typeof newCopyLedger>>;

const copy = (from: Side, to: Side) =>
  copyLedger(from.at, to.at, { fromSecret: from.secret, toSecret: to.secret, now });

/** A run of the one batch, and the keys that it has. */
interface Run {
  readonly claim: Claim;
  readonly keys: string[];
}

/** What happens to one of two ledgers, here or there. */
type Act = readonly [at: 0 | 1, what: 'claim' | 'reserve' | 'copy' | 'cut and claim' | 'cut and reserve'];

async function begun(engine: CopyEngine) {
  const sides = [await newCopyLedger(engine), await newCopyLedger(engine)] as const;
  const [here, there] = sides;
  const first = await here.open();
  const claim = await first.claim(batchOf({ id: 'b' }));
  await copy(here, there);
  const ledgers: readonly [Ledger, Ledger] = [first, await there.open()];
  const runs: [Run | undefined, Run | undefined] = [{ claim, keys: [] }, undefined];
  return { sides, ledgers, runs, chunk: 0 };
}

type World = Awaited<ReturnType<typeof begun>>;

const other = (at: 0 | 1) => (at === 0 ? 1 : 0);

async function act(world: World, [at, what]: Act): Promise<void> {
  const { sides, ledgers, runs } = world;
  const run = runs[at];
  if (what === 'claim') {
    runs[at] = { claim: await ledgers[at].claim(batchOf({ id: 'b' })), keys: [] };
  } else if (what === 'reserve') {
    if (run === undefined) return;
    const keys = freshKeys(3);
    await ledgers[at].reserve(run.claim, run.keys.length / 3, keyTexts(keys));
    run.keys.push(...keys);
  } else if (what === 'copy') {
    await copy(sides[at], sides[other(at)]);
  } else {
    // What is copied goes on before the copy is repeated.
    await copyUntil(sides[at], sides[other(at)], 2, false);
    await act(world, [at, what === 'cut and claim' ? 'claim' : 'reserve']);
    await copy(sides[at], sides[other(at)]);
  }
}

/** Publishes the batch at one side, and takes it to the other. */
async function publish(world: World, at: 0 | 1): Promise<readonly string[]> {
  const { ledgers, runs } = world;
  if (runs[at] === undefined) await act(world, [at, 'claim']);
  await act(world, [at, 'reserve']);
  const run = runs[at];
  if (run === undefined) throw new Error('nobody runs it');
  await ledgers[at].prepare(run.claim, { files: [], report: 'r' });
  await ledgers[at].done(run.claim, now);
  return run.keys;
}

describe.each(COPY_ENGINES)(
  'copies of a batch that goes on, here, there or on both sides: $engine',
  (engine) => {
    it('count to it what it published, and nothing else', async () => {
      const side = fc.constantFrom(0 as const, 1 as const);
      const acts = fc.array(
        fc.tuple(
          side,
          fc.constantFrom('claim', 'reserve', 'reserve', 'copy', 'cut and claim', 'cut and reserve'),
        ),
        {
          maxLength: 8,
        },
      );
      await fc.assert(
        fc.asyncProperty(acts, side, async (all: readonly Act[], publisher) => {
          const world = await begun(engine);
          for (const each of all) await act(world, each);
          const published = await publish(world, publisher);
          await copy(world.sides[publisher], world.sides[publisher === 0 ? 1 : 0]);
          await copy(world.sides[publisher === 0 ? 1 : 0], world.sides[publisher]);
          for (const ledger of world.ledgers) {
            expect(await ledger.verify()).toStrictEqual([]);
            expect(await ledger.batches()).toMatchObject([{ state: 'done', recorded: published.length }]);
            const holders = await ledger.find('issued', keyTexts(published));
            expect(holders.every((holder) => holder?.current === true)).toBe(true);
          }
          for (const ledger of world.ledgers) await ledger.close();
        }),
        {
          numRuns: engine.engine === 'PostgreSQL' ? runs(3, 2) : runs(8, 4),
          // A copy in the midst of a batch, and another one of more of it.
          examples: [
            [
              [
                [0, 'reserve'],
                [0, 'cut and reserve'],
              ],
              0,
            ],
          ],
        },
      );
    }, 300_000);
  },
);
