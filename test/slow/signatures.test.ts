import { expect, it } from 'vitest';
import { judgeMutants, VERIFIERS } from '../core/vendors/mutation-run.js';

it.each(VERIFIERS)('%s: of 100,000 mutants none passes, none throws', async (verifier) => {
  const seed = Number(process.env.KEYWRIGHT_SEED ?? Date.now() % 2 ** 31);
  const { judged, reasons } = await judgeMutants(verifier, 100_000, seed);
  process.stdout.write(`${verifier}, seed ${seed}: ${JSON.stringify(Object.fromEntries(reasons))}\n`);
  expect(judged).toBe(100_000);
});
