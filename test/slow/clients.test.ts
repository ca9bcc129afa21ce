import { describe, expect, it } from 'vitest';
import { compare } from '../clients/differential-run.js';
import { LANGUAGES, sourceOf } from '../clients/languages.js';
import { newFolder } from '../new-folder.js';

const COUNT = Number(process.env.KEYWRIGHT_MUTANTS ?? 100_000);

// What judges some cases alone, as the shell does, is lax about the others.
describe.each(LANGUAGES.filter(({ judges }) => judges === undefined))('$name', (language) => {
  const programs = language.build(sourceOf(language), newFolder());
  const title = programs === undefined ? ` (SKIPPED: no tools for ${language.name} on this machine)` : '';

  it.skipIf(programs === undefined)(`judges ${COUNT} mutants as this library does${title}`, async () => {
    const seed = Number(process.env.KEYWRIGHT_SEED ?? Date.now() % 2 ** 31);
    const program = { ...language, command: programs?.runner ?? [] };
    const { judged, verdicts, differences } = await compare(program, COUNT, seed);
    const told = JSON.stringify(Object.fromEntries(verdicts));
    process.stdout.write(`${language.name}, seed ${seed}: ${judged} judged, ${told}\n`);
    expect(differences.slice(0, 10), `seed ${seed}`).toEqual([]);
    // The others are misuse here, or need what the platform lacks.
    expect(judged).toBeGreaterThan(COUNT / 2);
  });
});
