import { expect, it } from 'vitest';
import { judgeMutants } from '../core/sign/mutation-run.js';

it('100,000 mutated envelopes: none verifies, none throws', async () => {
  const seed = Number(process.env.KEYWRIGHT_SEED ?? Date.now() % 2 ** 31);
  const { judged, reasons } = await judgeMutants(100_000, seed);
  process.stdout.write(`seed ${seed}: ${JSON.stringify(Object.fromEntries(reasons))}\n`);
  expect(judged).toBe(100_000);
});
