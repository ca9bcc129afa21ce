import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { QUICK, readScript, runCase } from './script.js';

const folder = fileURLToPath(new URL('./scripts/', import.meta.url));

for (const name of readdirSync(folder)) {
  describe.concurrent(`test/cli/scripts/${name}`, () => {
    for (const [index, scriptCase] of readScript(folder + name).entries()) {
      it(scriptCase.title, { timeout: 120_000 }, () =>
        runCase(name, scriptCase, index === 0 ? 'process' : QUICK),
      );
    }
  });
}
