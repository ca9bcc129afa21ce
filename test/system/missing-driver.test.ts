import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeXlsx } from 'hucre/xlsx';
import { beforeAll, expect, it } from 'vitest';
import { newFolder } from '../new-folder.js';
import { inSchema, inServer, postgresServer } from '../node/ledger/postgres/postgres-server.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const server = await postgresServer();
const folder = newFolder();
const work = join(folder, 'work');

/** What npm installs with the package: its dependencies, and none of the optional peers. */
function install(to: string): void {
  const modules = join(to, 'node_modules');
  for (const path of [modules, join(modules, '@noble')]) mkdirSync(path, { recursive: true });
  for (const part of ['dist', 'bin', 'package.json'])
    cpSync(join(ROOT, part), join(to, part), { recursive: true });
  for (const name of [
    'yargs',
    'csv-parse',
    'csv-stringify',
    '@noble/ed25519',
    '@noble/hashes',
    'zod',
    'temporal-polyfill',
  ]) {
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
}

beforeAll(() => {
  install(folder);
  mkdirSync(work);
});

function keywright(argv: readonly string[], node = process.execPath) {
  return spawnSync(node, [join(folder, 'bin/keywright.js'), ...argv], { cwd: work, encoding: 'utf8' });
}

/** Commands that need a ledger's driver, on a ledger that is there. */
const commandsOn = (ledger: string): readonly (readonly string[])[] => [
  ['ledger', 'init', 'new.db'],
  ['ledger', 'import', ledger, 'package.json'],
  ['generate', '-n', '5', '-o', 'keys.txt', '--ledger', ledger],
];

const hasNative = process.getBuiltinModule?.('node:sqlite') !== undefined;
/** A Node.js that has `node:sqlite`, which NODE_WITH_SQLITE may name. */
const native = hasNative ? process.execPath : process.env['NODE_WITH_SQLITE'];

it.skipIf(hasNative)('a ledger in a file names the package that is missing, and makes nothing', () => {
  const made = spawnSync(process.execPath, [join(ROOT, 'bin/keywright.js'), 'ledger', 'init', 'issued.db'], {
    cwd: work,
  });
  expect(made.status).toBe(0);
  const before = readFileSync(join(work, 'issued.db'));
  for (const argv of commandsOn('issued.db')) {
    const { status, stdout, stderr } = keywright(argv);
    expect(stderr).toMatch(
      /^keywright: .*needs the package libsql on this Node.js: run "npm install libsql".*\n$/,
    );
    expect([status, stdout]).toStrictEqual([3, '']);
    expect(readdirSync(work)).toStrictEqual(['issued.db']);
  }
  expect(readFileSync(join(work, 'issued.db')).equals(before)).toBe(true);
});

it.skipIf(native === undefined)('a ledger in a file needs no package where Node.js has SQLite', () => {
  expect(keywright(['ledger', 'init', 'native.db'], native).stderr).toBe('');
  expect(readdirSync(work)).toContain('native.db');
  rmSync(join(work, 'native.db'));
});

it('an Excel workbook names the package that is missing, and makes nothing', async () => {
  const before = readdirSync(work);
  const path = join(folder, 'list.xlsx');
  writeFileSync(path, await writeXlsx({ sheets: [{ name: 'A', rows: [['key'], ['AAAA-0001']] }] }));
  for (const argv of [
    ['audit', path],
    ['dedupe', path, '-o', 'keys.csv'],
    ['generate', '-n', '5', '-o', 'keys.txt', '--against', path],
  ]) {
    const { status, stdout, stderr } = keywright(argv);
    expect(stderr).toBe(
      'keywright: an Excel workbook needs the package hucre: run "npm install hucre", or save it as CSV\n',
    );
    expect([status, stdout]).toStrictEqual([3, '']);
  }
  expect(readdirSync(work)).toStrictEqual(before);
});

it('a ledger in PostgreSQL names the package that is missing', () => {
  const before = readdirSync(work);
  const url = 'postgres://user:hunter2@127.0.0.1/test';
  for (const argv of [...commandsOn(url).slice(1), ['ledger', 'init', url]]) {
    const { status, stdout, stderr } = keywright(argv);
    expect(stderr).toBe(
      'keywright: a ledger in PostgreSQL needs the package pg: run "npm install pg pg-copy-streams"\n',
    );
    expect([status, stdout]).toStrictEqual([3, '']);
  }
  expect(readdirSync(work)).toStrictEqual(before);
});

it.each([
  ['for all projects', 'lib', '--global pg'],
  ['for one project', 'project', 'pg'],
])('where keywright is installed %s, so is what is missing', (_, name, packages) => {
  const prefix = join(folder, name);
  const installed = join(prefix, 'node_modules/keywright');
  install(installed);
  if (name === 'project') writeFileSync(join(prefix, 'package.json'), '{}');
  const command = [join(installed, 'bin/keywright.js'), 'ledger', 'init', 'postgres://127.0.0.1/test'];
  expect(spawnSync(process.execPath, command, { cwd: work, encoding: 'utf8' }).stderr).toBe(
    `keywright: a ledger in PostgreSQL needs the package pg: run "npm install ${packages} pg-copy-streams"\n`,
  );
});

it.skipIf(server === undefined)(
  'a ledger in PostgreSQL does without pg-copy-streams',
  async () => {
    const schema = `keywright_test_${process.pid}_no_copy`;
    await inServer(server ?? '', `CREATE SCHEMA ${schema}`);
    symlinkSync(join(ROOT, 'node_modules/pg'), join(folder, 'node_modules/pg'));
    try {
      const url = inSchema(server ?? '', schema);
      for (const argv of [
        ['ledger', 'init', url],
        ['generate', '-n', '500', '-o', 'keys.txt', '--ledger', url, '--quiet'],
        ['ledger', 'verify', url, 'keys.txt.manifest.json'],
      ]) {
        expect(keywright(argv)).toMatchObject({ status: 0, stderr: '' });
      }
      const rows = await inServer(server ?? '', `SELECT count(*) FROM ${schema}.keywright_keys`);
      expect(rows).toStrictEqual([{ count: '500' }]);
    } finally {
      rmSync(join(folder, 'node_modules/pg'));
      await inServer(server ?? '', `DROP SCHEMA ${schema} CASCADE`);
    }
  },
  60_000,
);
