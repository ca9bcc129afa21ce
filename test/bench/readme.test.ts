import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { README, readResults, withFigures } from './readme.js';

it("the README's figures are those of test/bench/results.json", () => {
  const readme = readFileSync(README, 'utf8');
  expect(readme).toMatch(/<!-- headline -->\n[0-9]/);
  expect(readme).toBe(withFigures(readme, readResults()));
});

it('puts each table between its own marks, and leaves a page without marks alone', () => {
  const results = { signing: readResults().signing };
  const page = 'a\n<!-- signing -->\nold\n<!-- /signing -->\nb';
  const filled = withFigures(page, results);
  expect(filled).toMatch(
    /^a\n<!-- signing -->\n\| 100,000 payloads \|[\s\S]*\| sign: keywright \|[\s\S]*\n<!-- \/signing -->\nb$/,
  );
  expect(withFigures(filled, results)).toBe(filled);
  expect(withFigures('no marks', results)).toBe('no marks');
  expect(withFigures(page, {})).toBe(page);
});
