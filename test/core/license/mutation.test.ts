import { expect, it } from 'vitest';
import { judgeMutants, SUBJECTS } from './mutation-run.js';

it.each(SUBJECTS)(
  '700 mutants of a %s: none is taken for what nobody signed, none throws',
  async (subject) => {
    const seed = Number(process.env.KEYWRIGHT_SEED ?? Date.now() % 2 ** 31);
    const { judged, reasons } = await judgeMutants(subject, 700, seed);
    expect(judged, `seed ${seed}`).toBe(700);
    expect(reasons.size, `seed ${seed}`).toBeGreaterThanOrEqual(3);
  },
);
