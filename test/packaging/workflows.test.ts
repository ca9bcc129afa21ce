import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const FOLDER = '.github/workflows';
const names = readdirSync(FOLDER);

it.each([...names.map((name) => `${FOLDER}/${name}`), 'samples/ci/matrix.yml'])(
  '%s pins every action by its commit',
  (path) => {
    const actions = [...readFileSync(path, 'utf8').matchAll(/uses: (.*)$/gm)].map(
      ([, action = '']) => action,
    );
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toStrictEqual(
      [],
    );
  },
);

it.each(names)('%s may read the repository, and nothing else', (name) => {
  expect(readFileSync(`${FOLDER}/${name}`, 'utf8')).toMatch(/^permissions:\n {2}contents: read\n\n/m);
});

it('the workflow runs what .ci/run runs', () => {
  const commands = /npm (?:ci && npm start|test|run [\w:-]+)/g;
  const gate = readFileSync('.ci/run', 'utf8').replace(/^#.*$/gm, '').match(commands) ?? [];
  const workflow = readFileSync(`${FOLDER}/ci.yml`, 'utf8').match(commands);
  expect(gate.length).toBeGreaterThan(2);
  expect(workflow).toEqual(expect.arrayContaining([...gate]));
});
