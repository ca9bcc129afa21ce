import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { type Place, QUICK, readScript, runCase } from './script.js';

const folder = fileURLToPath(new URL('./scripts/', import.meta.url));
const seen = new Set<string>();

/** Each command of ours runs once as users run it, in a process, and then in the quickest place. */
function placeOf(command: string): Place {
  const names = command.match(/\bkeywright [a-z-]+(?: [a-z]+\b(?![.-]))?/g) ?? [];
  const place = names.every((name) => seen.has(name)) ? QUICK : 'process';
  for (const name of names) seen.add(name);
  return place;
}

for (const name of readdirSync(folder)) {
  describe.concurrent(`test/cli/scripts/${name}`, () => {
    for (const scriptCase of readScript(folder + name))
      it(scriptCase.title, { timeout: 120_000 }, () => runCase(name, scriptCase, placeOf));
  });
}
