import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { newFolder } from '../new-folder.js';

const FOLDER = '.github/workflows';
const names = readdirSync(FOLDER);

const RECIPES = ['samples/ci/github-actions.yml', 'samples/ci/gitlab-ci.yml', 'action.yml'];

it.each([...names.map((name) => `${FOLDER}/${name}`), ...RECIPES.slice(0, 1)])(
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

/** What shells run there: texts, wherever they stand. */
function shellTexts(value: unknown, name = ''): readonly string[] {
  if (typeof value === 'string') return ['run', 'script', 'before_script'].includes(name) ? [value] : [];
  const members = Object.entries(value ?? {});
  return members.flatMap(([member, each]) => shellTexts(each, Array.isArray(value) ? name : member));
}

it.each([...names.map((name) => `${FOLDER}/${name}`), ...RECIPES])(
  'what %s runs is what stands there, with no secret in a command',
  (path) => {
    const texts = shellTexts(parse(readFileSync(path, 'utf8')));
    expect(texts.length).toBeGreaterThan(1);
    const secret = /\$\{?(?:LEDGER_URL|LEDGER_SECRET|KEYWRIGHT_LEDGER_SECRET|INPUT_LEDGER)\}?(?!\w)/;
    for (const text of texts) {
      // GitHub would put a value into the text, which is then run.
      expect(text).not.toContain('${{');
      for (const line of text.split('\n').filter((each) => secret.test(each)))
        expect(line).toMatch(/^if \[ -n "\$INPUT_LEDGER" \]; then$|case \$INPUT_LEDGER in env:\*\) /);
    }
  },
);

it('the recipes take keywright from a tarball that is checked in', () => {
  for (const path of RECIPES.slice(0, 2)) {
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('npm install --save-exact ./keywright-');
    expect(text).toMatch(/^ +- (?:run: )?npm ci --ignore-scripts$/m);
  }
});

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

describe('a release', () => {
  const release = readFileSync(`${FOLDER}/release.yml`, 'utf8');
  const [packing = '', publishing = ''] = release.split(/^ {2}(?=package:|publish:)/m).slice(1);
  const stepsOf = (job: string) => [...job.matchAll(/^ {6}- (?:run|uses): (.*)$/gm)].map(([, step]) => step);

  it('holds the tag against package.json and the changelog, packs, and lists what it is made of', () => {
    expect(stepsOf(packing).slice(2)).toEqual([
      `test "$GITHUB_REF_NAME" = "v$(node -p "require('./package.json').version")"`,
      `grep -qF "## [$\{GITHUB_REF_NAME#v}] - " CHANGELOG.md`,
      'node .ci/repository.js',
      'npm ci --ignore-scripts',
      'npm pack',
      '.ci/sbom > keywright.cdx.json',
      'sha256sum *.tgz keywright.cdx.json > SHA256SUMS',
      expect.stringMatching(/^actions\/upload-artifact@/),
    ]);
  });

  it('may publish in one job alone, which takes what was packed and checks it', () => {
    expect(release.match(/^.*: write$/gm)).toEqual(['      id-token: write']);
    expect(publishing).toContain('\n    needs: [package]\n');
    expect(publishing).toContain('\n      id-token: write\n');
    expect(stepsOf(publishing)).toEqual([
      expect.stringMatching(/^actions\/setup-node@/),
      expect.stringMatching(/^actions\/download-artifact@/),
      'sha256sum --check --strict SHA256SUMS',
      'npm publish ./*.tgz --provenance --access public',
    ]);
  });

  it.each([
    ['v1.2.3', '1.2.3', '## [1.2.3] - 2026-12-01', 0],
    ['v1.2.4', '1.2.3', '## [1.2.4] - 2026-12-01', 1],
    ['1.2.3', '1.2.3', '## [1.2.3] - 2026-12-01', 1],
    ['v1.2.3', '1.2.3', '## [Unreleased]', 1],
  ])('of the tag %s of version %s, where the changelog says %s', (tag, version, heading, status) => {
    const cwd = newFolder();
    mkdirSync(cwd, { recursive: true });
    writeFileSync(join(cwd, 'package.json'), JSON.stringify({ version }));
    writeFileSync(join(cwd, 'CHANGELOG.md'), `${heading}\n`);
    const checks = stepsOf(packing).slice(2, 4).join(' && ');
    const env = { PATH: process.env['PATH'], GITHUB_REF_NAME: tag };
    expect(spawnSync('sh', ['-c', checks], { cwd, env }).status).toBe(status);
  });

  it.each([
    [undefined, 'package.json names no repository: run npm pkg set '],
    [
      'git+https://github.com/acme/other.git',
      'package.json names the repository https://github.com/acme/other: run ',
    ],
    ['git+https://github.com/acme/keys.git', ''],
    ['https://github.com/Acme/Keys', ''],
  ])('of a package that names the repository %s', (url, said) => {
    const cwd = newFolder();
    writeFileSync(
      join(cwd, 'package.json'),
      JSON.stringify({ ...(url !== undefined && { repository: { url } }) }),
    );
    const env = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'acme/keys' };
    const run = () =>
      spawnSync(process.execPath, [resolve('.ci/repository.js')], { cwd, env, encoding: 'utf8' });
    const { status, stdout, stderr } = run();
    expect([status, stdout.slice(0, said.length), stderr]).toEqual([said === '' ? 0 : 1, said, '']);
    if (said === '') return;
    // What it says to run mends it.
    const [, command = ''] = /: run (npm pkg set .*) and commit it\n$/.exec(stdout) ?? [];
    expect(spawnSync('sh', ['-c', command], { cwd, env: { PATH: process.env['PATH'] } }).status).toBe(0);
    expect(run().status).toBe(0);
  });
});

it('the container runs the command, as a user who is not root', () => {
  const lines = readFileSync('Containerfile', 'utf8').split('\n');
  const copied = lines.flatMap((line) => /^COPY (?!--from)(.*) \S+$/.exec(line)?.[1]?.split(' ') ?? []);
  expect(copied.filter((path) => !existsSync(path))).toEqual([]);
  expect(lines.filter((line) => /^FROM /.test(line)).every((line) => line.includes('node:24-slim'))).toBe(
    true,
  );
  expect(lines.indexOf('USER node')).toBeLessThan(lines.indexOf('ENTRYPOINT ["keywright"]'));
  expect(lines).toContain('USER node');
});

it('the workflow runs what .ci/run runs', () => {
  const commands = /npm (?:ci && npm start|test|run [\w:-]+)/g;
  const gate = readFileSync('.ci/run', 'utf8').replace(/^#.*$/gm, '').match(commands) ?? [];
  const workflow = readFileSync(`${FOLDER}/ci.yml`, 'utf8').match(commands);
  expect(gate.length).toBeGreaterThan(2);
  expect(workflow).toEqual(expect.arrayContaining([...gate]));
});
