import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { readScript, runCase } from './script.js';

const folder = fileURLToPath(new URL('./scripts/', import.meta.url));

for (const name of readdirSync(folder)) {
  describe.concurrent(`test/cli/scripts/${name}`, () => {
    for (const scriptCase of readScript(folder + name)) {
      it(scriptCase.title, () => runCase(name, scriptCase));
    }
  });
}
