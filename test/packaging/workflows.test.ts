import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const FOLDER = '.github/workflows';
const names = readdirSync(FOLDER);

it.each([...names.map((name) => `${FOLDER}/${name}`), 'samples/ci/matrix.yml'])(
  '%s pins every action by its commit',
  (path) => {
    const actions = [...readFileSync(path, 'utf8').matchAll(/uses: (.*)$/gm)].map(
      ([, action = '']) => action,
    );
    expect(actions.length).toBeGreaterThan(0);
    // Workflows of this repository are of the same commit.
    const pinned = /^(?:[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\.\/\.github\/workflows\/\w+\.yml)$/;
    expect(actions.filter((action) => !pinned.test(action))).toStrictEqual([]);
  },
);

it.each(names)('%s may read the repository, and nothing else', (name) => {
  expect(readFileSync(`${FOLDER}/${name}`, 'utf8')).toMatch(/^permissions:\n {2}contents: read\n\n/m);
});

describe('the audit of dependencies', () => {
  const audit = readFileSync(`${FOLDER}/audit.yml`, 'utf8');
  const release = readFileSync(`${FOLDER}/release.yml`, 'utf8');

  it('looks for what is known of them and for their signatures, every week', () => {
    expect(audit).toMatch(/^ {6}- run: npm audit\n {6}- run: npm audit signatures$/m);
    expect(audit).toMatch(/^ {2}schedule:$/m);
  });

  it('is part of a release, which waits for it', () => {
    expect(audit).toMatch(/^ {2}workflow_call:$/m);
    expect(release).toMatch(/^ {4}uses: \.\/\.github\/workflows\/audit\.yml$/m);
    expect(release).toMatch(/^ {4}needs: \[audit, gate\]$/m);
  });

  it('is never skipped, and no failure of it is passed over', () => {
    expect(audit + release).not.toMatch(/continue-on-error|\|\||^ *if:/m);
  });
});

it('the workflow runs what .ci/run runs', () => {
  const commands = /npm (?:ci && npm start|test|run [\w:-]+)/g;
  const gate = readFileSync('.ci/run', 'utf8').replace(/^#.*$/gm, '').match(commands) ?? [];
  const workflow = readFileSync(`${FOLDER}/ci.yml`, 'utf8').match(commands);
  expect(gate.length).toBeGreaterThan(2);
  expect(workflow).toEqual(expect.arrayContaining([...gate]));
});
