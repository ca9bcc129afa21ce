import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nativeSha256 } from '../../src/node/seal/leaf-rows.js';
import { expectTextbook } from '../core/seal/grown-tree.js';
import { judgeMutants, SUBJECTS } from '../core/seal/mutation-run.js';

it.each(SUBJECTS)(
  '25,000 mutants (%s): none is taken for what nobody sealed, none throws',
  async (subject) => {
    const seed = Number(process.env.KEYWRIGHT_SEED ?? Date.now() % 2 ** 31);
    const { judged, reasons } = await judgeMutants(subject, 25_000, seed);
    process.stdout.write(`${subject}, seed ${seed}: ${JSON.stringify(Object.fromEntries(reasons))}\n`);
    expect(judged).toBe(25_000);
  },
);

it('trees of up to a million leaves have the root and the paths of the textbook', () => {
  const seed = Number(process.env.KEYWRIGHT_SEED ?? Date.now() % 2 ** 31);
  process.stdout.write(`seed ${seed}\n`);
  const sizes = fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.nat());
  const trial = fc.property(sizes, ([size, at]) => expectTextbook(size, at % size, nativeSha256));
  fc.assert(trial, { numRuns: 8, seed, endOnFailure: true });
});
