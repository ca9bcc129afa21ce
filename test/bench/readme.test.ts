import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { README, readResults, withFigures } from './readme.js';

it("the README's figures are those of test/bench/results.json", () => {
  const readme = readFileSync(README, 'utf8');
  expect(readme).toMatch(/<!-- headline -->\n[0-9]/);
  expect(readme).toBe(withFigures(readme, readResults()));
});
