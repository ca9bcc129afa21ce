import { expect, it } from 'vitest';
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
