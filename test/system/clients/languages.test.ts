import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { ask, casesFor, LANGUAGES, type Language, sourceOf, versionOf } from '../../clients/languages.js';
import { type Answer, readVectors, type VectorCase } from '../../clients/vector-case.js';
import { newFolder } from '../../new-folder.js';
import { sectionsOf } from '../../samples/pages.js';

const CASES = readVectors();
const PAGE = fileURLToPath(new URL('../../../docs/other-languages.md', import.meta.url));
const LICENSE_FOLDER = fileURLToPath(new URL('../../../samples/node-client', import.meta.url));
/** The table is written anew where this is set to `write`. */
const TABLE = process.env['CLIENTS_TABLE'];

/** The row of each language that ran: what it was asked, all of which it judged as it should be. */
const rows = new Map<string, string>();

describe.each(LANGUAGES)('$name', (language) => {
  const programs = language.build(sourceOf(language), newFolder());
  const asked = casesFor(language, CASES);
  const title = programs === undefined ? ` (SKIPPED: no tools for ${language.name} on this machine)` : '';

  it.skipIf(programs === undefined)(`judges all ${asked.length} cases as they should be${title}`, () => {
    const answers = ask(programs?.runner ?? [], asked);
    expect(answers).toHaveLength(asked.length);
    expect(asked.flatMap((each, index) => differs(each, answers[index]))).toEqual([]);
    rows.set(language.name, rowOf(language, versionOf(language) ?? '', asked.length));
  });

  it.skipIf(programs === undefined)(`stands in the table of docs/other-languages.md${title}`, () => {
    const [name, , ...rest] = (rows.get(language.name) ?? '').split(' | ');
    const row =
      readFileSync(PAGE, 'utf8')
        .split('\n')
        .find((line) => line.startsWith(`${name} | `)) ?? '';
    if (TABLE !== 'write') expect(row.split(' | ').toSpliced(1, 1)).toEqual([name, ...rest]);
  });
});

describe.each(LANGUAGES)('the example of $name', (language) => {
  const programs = language.build(sourceOf(language), newFolder());
  const title = programs === undefined ? ` (SKIPPED: no tools for ${language.name} on this machine)` : '';
  const section = sectionsOf(readFileSync(PAGE, 'utf8')).find((each) => each.title === language.name);

  it('stands in docs/other-languages.md as it is run', () => {
    const folder = sourceOf(language);
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /example/i.test(name) && statSync(join(folder, name)).isFile())
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    const shown = section?.blocks.map(({ text }) => text) ?? [];
    expect(shown).not.toEqual([]);
    expect(shown.filter((text) => !sources.some((source) => source.includes(text)))).toEqual([]);
  });

  it.skipIf(programs === undefined)(
    `verifies the license of samples/node-client, for its key alone${title}`,
    () => {
      const [command = '', ...words] = programs?.example ?? [];
      const said = (key: string) =>
        spawnSync(command, [...words, key], { cwd: LICENSE_FOLDER, encoding: 'utf8' });
      const [good, bad] = [said('7qx4m 9k2td'), said('7QX4M-9K2TE')];
      expect([good.status, good.stdout, good.stderr]).toEqual([0, 'licensed: team\n', '']);
      expect([bad.status, bad.stdout, bad.stderr]).toEqual([1, 'no license: wrong_key\n', '']);
    },
  );
});

afterAll(() => {
  if (TABLE !== 'write') return;
  const page = readFileSync(PAGE, 'utf8');
  const head = '| language | version | kinds | cases |\n|---|---|---|---|\n';
  writeFileSync(
    PAGE,
    page.replace(/\| language \|[\s\S]*?\n\n/, `${head}${[...rows.values()].join('\n')}\n\n`),
  );
});

function rowOf({ name, kinds }: Language, version: string, count: number): string {
  const all = new Set(CASES.map(({ kind }) => kind)).size === kinds.length;
  return `| ${name} | ${version} | ${all ? 'all' : kinds.join(', ')} | ${count} of ${CASES.length} |`;
}

/** What a program says of a case, where it is not what it should say. */
function differs({ kind, name, expect: wanted }: VectorCase, said: Answer | undefined): readonly string[] {
  const same = isDeepStrictEqual(said, wanted);
  return same ? [] : [`${kind}: ${name}: ${JSON.stringify(said)}, not ${JSON.stringify(wanted)}`];
}
