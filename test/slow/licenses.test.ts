import { expect, it } from 'vitest';
import { judgeMutants, SUBJECTS } from '../core/license/mutation-run.js';

it.each(SUBJECTS)(
  '100,000 mutants of a %s: none is taken for what nobody signed, none throws',
  async (subject) => {
    const seed = Number(process.env.KEYWRIGHT_SEED ?? Date.now() % 2 ** 31);
    const { judged, reasons } = await judgeMutants(subject, 100_000, seed);
    process.stdout.write(`${subject}, seed ${seed}: ${JSON.stringify(Object.fromEntries(reasons))}\n`);
    expect(judged).toBe(100_000);
  },
);
