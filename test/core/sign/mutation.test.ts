import { expect, it } from 'vitest';
import { judgeMutants } from './mutation-run.js';

it('2,000 mutated envelopes: none verifies, none throws', async () => {
  const seed = Number(process.env.KEYWRIGHT_SEED ?? Date.now() % 2 ** 31);
  const { judged, reasons } = await judgeMutants(2000, seed);
  expect(judged, `seed ${seed}`).toBe(2000);
  expect(reasons.size, `seed ${seed}`).toBeGreaterThanOrEqual(4);
});
