import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const CORE = fileURLToPath(new URL('../../src/core', import.meta.url));

/**
 * What neither the compiler nor the linter keeps out of core: language built-ins that read clock or chance.
 * (Messages may tell a caller to "pass new Date()".)
 */
const AMBIENT =
  /Math\.random\(|(?<!JavaScript Math\.floor\()Date\.now\(|(?<!pass )new Date\(\)|performance\.|setTimeout|globalThis/;

it('src/core reads no ambient clock and no ambient randomness', () => {
  const files = readdirSync(CORE, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const found = files.filter((name) => {
    const code = readFileSync(join(CORE, name), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    return AMBIENT.test(code);
  });
  expect(files.length).toBeGreaterThan(10);
  expect(found).toEqual([]);
});
