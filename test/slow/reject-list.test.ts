import { expect, it } from 'vitest';
import { parseFormat } from '../../src/core/format/parse-format.js';
import { generateBlocks } from '../../src/core/generate/generate.js';
import { seededRandom } from '../../src/core/random/seeded-random.js';

it('a reject list may reject far more than a million candidates, if not in a row', () => {
  const blocks = generateBlocks(parseFormat('[AB]{10}9{6}'), 1500, {
    reject: ['B'],
    random: seededRandom('patience'),
  });
  let step = blocks.next();
  while (step.done !== true) step = blocks.next();
  expect(step.value.count).toBe(1500);
  expect(step.value.fragmentsRejected).toBeGreaterThan(1_000_000);
});
