import { expect, it } from 'vitest';
import { judgeMutants, VERIFIERS } from './mutation-run.js';

it.each(VERIFIERS)('%s: of 500 mutants none passes, none throws', async (verifier) => {
  const seed = Number(process.env.KEYWRIGHT_SEED ?? Date.now() % 2 ** 31);
  const { judged, reasons } = await judgeMutants(verifier, 500, seed);
  expect(judged, `seed ${seed}`).toBe(500);
  expect(reasons.size, `seed ${seed}`).toBeGreaterThanOrEqual(verifier === 'activation token' ? 1 : 2);
});
