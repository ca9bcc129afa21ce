import { expect, it } from 'vitest';
import { judgeMutants, SUBJECTS } from './mutation-run.js';

it.each(SUBJECTS)('500 mutants (%s): none is taken for what nobody sealed, none throws', async (subject) => {
  const seed = Number(process.env.KEYWRIGHT_SEED ?? Date.now() % 2 ** 31);
  const { judged, reasons } = await judgeMutants(subject, 500, seed);
  expect(judged, `seed ${seed}`).toBe(500);
  expect(reasons.size, `seed ${seed}`).toBeGreaterThanOrEqual(2);
});
