import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/node/ledger/sqlite/sqlite-driver.js';
import { newFolder } from '../new-folder.js';
import { inSchema, inServer, postgresServer } from '../node/ledger/postgres/postgres-server.js';
import { type FakeServer, fakeServer } from './fake-postgres.js';
import { runArguments } from './run-here.js';

/** Ledgers lie in `in`, with what commands read; they run in `work`, where they may write and must not. */
const folder = newFolder();
const work = join(folder, 'work');
const home = process.cwd();
const place = (name: string) => join(folder, 'in', name);
mkdirSync(join(folder, 'in'));
afterAll(() => {
  process.chdir(home);
});
beforeEach(() => {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  process.chdir(work);
});

const hex = () => randomBytes(32).toString('hex');
const secret = { KEYWRIGHT_LEDGER_SECRET: hex() };
const SET = ['product_id=1', 'activation_limit=0', 'validity=0', 'status=available'];

/** Every command that takes a ledger, on one named `ledger`. */
const COMMANDS: Readonly<Record<string, (ledger: string) => readonly string[]>> = {
  generate: (ledger) => ['generate', '-n', '5', '-o', 'keys.txt', '--ledger', ledger, '--json'],
  'bulk-create': (ledger) => [
    ...['bulk-create', place('keys.txt'), ...SET.flatMap((pair) => ['--set', pair])],
    ...['--private-key', place('pair.private.pem'), '--report', 'r.csv', '-o', 'a.json', '--ledger', ledger],
  ],
  check: (ledger) => ['check', 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE', '-f', 'lukittu', '--ledger', ledger],
  dedupe: (ledger) => ['dedupe', place('keys.txt'), '-o', 'new.txt', '--ledger', ledger],
  audit: (ledger) => ['audit', place('keys.txt'), '--report', 'r.csv', '--ledger', ledger, '--json'],
  'ledger import': (ledger) => ['ledger', 'import', ledger, place('keys.txt')],
  'ledger status': (ledger) => ['ledger', 'status', ledger, '--json'],
  'ledger batches': (ledger) => ['ledger', 'batches', ledger],
  'ledger find': (ledger) => ['ledger', 'find', ledger, 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE'],
  'ledger verify': (ledger) => ['ledger', 'verify', ledger],
  'ledger rotate': (ledger) => ['ledger', 'rotate', ledger, '--new-secret-file', place('next.secret')],
  'ledger copy': (ledger) => ['ledger', 'copy', place('source.db'), ledger],
  'ledger void': (ledger) => ['ledger', 'void', ledger, 'night', '--reason', 'r'],
};

/** Names and contents of everything in `in`. */
function everything(): readonly string[] {
  return readdirSync(join(folder, 'in'), { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const content = statSync(place(name)).isFile() ? readFileSync(place(name)) : '';
      return `${name} ${createHash('sha256').update(content).digest('hex')}`;
    });
}

/** That each command ends as it should: one line, nothing written. */
async function expectRefused(
  ledger: string,
  env: Readonly<Record<string, string>>,
  status: number,
  line: RegExp,
): Promise<void> {
  const before = everything();
  for (const [name, argv] of Object.entries(COMMANDS)) {
    const outcome = await runArguments(argv(ledger), env);
    expect({ name, ...outcome }).toMatchObject({ name, status, stdout: '' });
    expect(outcome.stderr, name).toMatch(/^(keywright: [^\n]+|\{"schema":"keywright\/error\/v1"[^\n]+)\n$/);
    expect(outcome.stderr, name).toMatch(line);
    expect(outcome.stderr, name).not.toMatch(/hunter2/);
    expect(readdirSync(work), name).toStrictEqual([]);
  }
  expect(everything()).toStrictEqual(before);
}

beforeAll(async () => {
  const at = async (...argv: readonly string[]) => {
    const { status, stderr } = await runArguments(argv, secret);
    expect([status, stderr]).toStrictEqual([0, '']);
  };
  writeFileSync(place('keys.txt'), 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\n');
  await at('keypair', 'create', place('pair'));
  await at('ledger', 'init', place('outside.db'), '--quiet');
  await at('ledger', 'import', place('outside.db'), place('keys.txt'), '--quiet');
  rmSync(place('outside.db-journal'), { force: true });
  await runArguments(['ledger', 'init', place('inside.db'), '--quiet']);
  await runArguments(['ledger', 'init', place('source.db'), '--quiet']);
  mkdirSync(place('folder'));
  writeFileSync(place('text'), 'AAAAA-BBBBB\n'.repeat(40));
  writeFileSync(place('empty'), '');
  for (const name of ['newer.db', 'cut.db', 'torn.db']) cpSync(place('outside.db'), place(name));
  truncateSync(place('cut.db'), 8192);
  truncateSync(place('torn.db'), 100);
  const newer = await openSqlite(place('newer.db'));
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  const foreign = await openSqlite(place('foreign.db'));
  foreign.exec('CREATE TABLE t (a)');
  foreign.close();
  writeFileSync(place('next.secret'), hex(), { mode: 0o600 });
  writeFileSync(place('short.secret'), 'ab'.repeat(31), { mode: 0o600 });
});

describe('every command refuses, in one line and with nothing written', () => {
  it.each([
    [
      'a ledger that is not there',
      'absent.db',
      /there is no ledger at .*: create it once \(keywright ledger init/,
    ],
    ['one in a folder that is not there', 'no/absent.db', /there is no ledger at /],
    ['one in what is no folder', 'text/absent.db', /there is no ledger at /],
    ['a directory', 'folder', /is a directory: name a file in it/],
    ['a text', 'text', /is no ledger: name another file/],
    ['an empty file', 'empty', /is no ledger: name the file/],
    ['another database', 'foreign.db', /is no ledger: name the file of one/],
    ['one of a newer version', 'newer.db', /is a ledger of version 99, .* update keywright/],
    ['one that was cut off', 'cut.db', /is damaged: restore it from a backup/],
    ['one of which hardly anything is left', 'torn.db', /is damaged|is no ledger/],
  ])('%s', async (_, name, line) => {
    await expectRefused(place(name), secret, 3, line);
  });

  it.each([
    ['no secret', 'outside.db', {}, /keeps its secret outside, and none is given/],
    [
      'an empty one',
      'outside.db',
      { KEYWRIGHT_LEDGER_SECRET: '' },
      /keeps its secret outside, and none is given/,
    ],
    [
      'another one',
      'outside.db',
      { KEYWRIGHT_LEDGER_SECRET: hex() },
      /the secret is not the one of the ledger/,
    ],
    ['one of 31 bytes', 'outside.db', { KEYWRIGHT_LEDGER_SECRET: 'ab'.repeat(31) }, /does not hold 32 bytes/],
    ['one where it stores its own', 'inside.db', secret, /was made without a secret, and one is given/],
  ])('%s', async (_, name, env, line) => {
    await expectRefused(place(name), env, 3, line);
  });

  it.each([
    ['an empty name', '', {}, /the name of the ledger is empty/],
    ['a variable that is not set', 'env:LEDGER', {}, /the environment variable LEDGER is not set/],
    ['one that is empty', 'env:LEDGER', { LEDGER: '' }, /the environment variable LEDGER is not set/],
    ['no variable', 'env:', {}, /env: names no environment variable/],
    ['another kind of URL', 'mysql://u:hunter2@host/d', {}, /a ledger is a file or a PostgreSQL database/],
    ['half a URL', 'postgres:/u:hunter2@host/d', {}, /a ledger is a file or a PostgreSQL database/],
    ['no URL', 'postgres://u:hunter2@[host/d', {}, /is no PostgreSQL URL/],
    ['no port', 'postgres://u:hunter2@host:99999/d', {}, /is no PostgreSQL URL/],
  ])('%s', async (_, ledger, env, line) => {
    await expectRefused(ledger, env, 2, line);
  });

  it('two ledgers', async () => {
    for (const option of ['--ledger', '--batch-id', '--secret-file']) {
      const argv = ['generate', '-n', '5', '-o', 'keys.txt', '--ledger', place('outside.db')];
      const twice = option === '--ledger' ? [option, 'x'] : [option, 'x', option, 'x'];
      const outcome = await runArguments([...argv, ...twice], secret);
      const stderr = `keywright: ${option} is given twice: give it once\n`;
      expect(outcome).toStrictEqual({ status: 2, stdout: '', stderr });
    }
    const { status, stderr } = await runArguments([
      'ledger',
      'status',
      place('outside.db'),
      'postgres://u:hunter2@h/d',
    ]);
    expect([status, stderr]).toStrictEqual([
      2,
      'keywright: ledger status takes one ledger: leave out the rest\n',
    ]);
    expect(readdirSync(work)).toStrictEqual([]);
  });

  it.each(['--batch-id', '--secret-file'])('%s without a ledger', async (option) => {
    const commands = [
      ['generate', '-n', '5'],
      ['generate', '-n', '5', '-o', 'keys.txt'],
      (COMMANDS['bulk-create'] ?? (() => []))('').slice(0, -2),
      ...(option === '--batch-id' ? [] : [(COMMANDS['check'] ?? (() => []))('').slice(0, -2)]),
    ];
    for (const argv of commands) {
      const stderr = `keywright: ${option} goes with a ledger: give --ledger\n`;
      expect(await runArguments([...argv, option, 'x'])).toStrictEqual({ status: 2, stdout: '', stderr });
      expect(readdirSync(work)).toStrictEqual([]);
    }
  });

  it('the URL of a ledger where a file belongs, without its password', async () => {
    const url = 'postgres://u:hunter2@host/d';
    const cases = [
      ['ledger', 'import', place('outside.db'), url],
      ['ledger', 'verify', place('outside.db'), url],
      ['generate', '-n', '5', '--against', url],
      ['generate', '-n', '5', '-o', url],
      ['generate', '-n', '5', '-o', 'keys.txt', '--ledger', place('outside.db'), '--secret-file', url],
      ['dedupe', url],
      ...[
        'u:hunter2@host/d',
        '//u:hunter2@host/d',
        'postgres:u:hunter2@host/d',
        'postgres://hunter2@host/d',
        ' postgres://u:hunter2@host/d',
        'postgres://u:hunter2\n@host/d',
        'postgres://host/d?password=hunter2',
        'host=h dbname=d password = hunter2',
      ].map((meant) => ['dedupe', meant]),
    ];
    for (const argv of cases) {
      const { status, stdout, stderr } = await runArguments(argv, secret);
      expect([status, stdout], argv[0]).toStrictEqual([3, '']);
      expect(stderr).toMatch(/^keywright: .*unsaid, for it may hold a password[^\n]*\n$/);
      expect(stderr).not.toContain('hunter2');
    }
  });
});

describe('every command refuses a PostgreSQL server that cannot be had', () => {
  let fake: FakeServer;
  beforeAll(async () => {
    fake = await fakeServer();
  });
  afterAll(() => fake.close());
  const url = () => `postgres://u:hunter2@127.0.0.1:${fake.port}/d`;

  it('where nobody listens', async () => {
    const line = /the ledger (env:LEDGER|postgres:\/\/…) cannot be reached/;
    await expectRefused('postgres://u:hunter2@127.0.0.1:1/d', {}, 3, line);
    await expectRefused('env:LEDGER', { LEDGER: 'postgres://u:hunter2@127.0.0.1:1/d' }, 3, line);
    await expectRefused(
      'postgres://u:12/hunter2@127.0.0.1:1/d',
      {},
      3,
      /the ledger postgres:\/\/… cannot be/,
    );
  });

  it.each([
    ['error 28P01', /refuses this user or password/],
    ['error 28000', /refuses this user or password/],
    ['error 3D000', /names a database that is not there/],
    ['error 42501', /does not permit this user to do that/],
    ['error 53300', /has too little left of something/],
    ['error 57P03', /cannot be reached/],
    ['error 0A000', /refuses \(0A000\): look at the server/],
    ['close', /cannot be reached/],
  ] as const)('that answers: %s', async (answer, line) => {
    fake.answer(answer);
    await expectRefused(url(), {}, 3, line);
  });

  it('that asks for a password, and none is given', async () => {
    fake.answer('password');
    await expectRefused(url().replace(':hunter2', ''), {}, 3, /refuses this user or password/);
  });

  it('that says nothing more, and ends at once all the same', async () => {
    fake.answer('password');
    const bin = fileURLToPath(new URL('../../bin/keywright.js', import.meta.url));
    const argv = [bin, 'ledger', 'status', url().replace(':hunter2', '')];
    const child = spawn(process.execPath, argv, { timeout: 20_000, stdio: 'ignore' });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code).toBe(3);
  });

  it('that has no TLS, and the URL asks for it', async () => {
    const warnings: unknown[] = [];
    const listen = (warning: unknown) => warnings.push(warning);
    process.on('warning', listen);
    const line = /has no TLS, and the URL asks for it/;
    for (const mode of ['require', 'verify-full'])
      await expectRefused(`${url()}?sslmode=${mode}`, {}, 3, line);
    process.off('warning', listen);
    expect(warnings).toStrictEqual([]);
  });
});

const server = await postgresServer();

describe.skipIf(server === undefined)('every command, on a PostgreSQL server', () => {
  const schema = `keywright_test_refusals_${process.pid}`;
  const inside = inSchema(server ?? '', schema);
  // A server that asks for no password takes any.
  const given = /:\/\/[^/@]*:([^@]+)@/.exec(server ?? '')?.[1];
  const password = given ?? 'hunter2-never-shown';
  const ledger = given === undefined ? `${inside}&password=${password}` : inside;
  const env = { ...secret, LEDGER: ledger };
  const sql = (statement: string) => inServer(server ?? '', statement);

  beforeAll(() => sql(`CREATE SCHEMA ${schema}`));
  afterAll(() => sql(`DROP SCHEMA ${schema} CASCADE`));

  it('refuses one that was never made', async () => {
    await expectRefused(ledger, env, 3, /there is no ledger at .*: create it once \(keywright ledger init\)/);
  });

  it('never shows the password: not on the way, not in --json, a manifest or a report', async () => {
    const path = place('issued.txt');
    const written: string[] = [];
    for (const name of [ledger, 'env:LEDGER']) {
      const commands = [
        ['ledger', 'init', name, '--json'],
        ['generate', '-n', '5', '-o', path, '--ledger', name, '--batch-id', 'spring', '--json'],
        (COMMANDS['bulk-create'] ?? (() => []))(name),
        ['ledger', 'import', name, path, '--json'],
        ['ledger', 'status', name],
        ['ledger', 'status', name, '--json'],
        ['ledger', 'batches', name, '--json'],
        ['ledger', 'verify', name, `${path}.manifest.json`, '--json'],
        ['check', 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE', '-f', 'lukittu', '--ledger', name, '--json'],
        ['audit', path, '--ledger', name, '--json'],
        ['dedupe', path, '--ledger', name, '--json', '-o', 'new.txt', '--force'],
      ];
      for (const argv of commands) {
        const { status, stdout, stderr } = await runArguments(argv, env);
        const again = name === 'env:LEDGER' && /init|bulk/.test(argv.slice(0, 2).join(' '));
        expect([0, 1, ...(again ? [3] : [])], `${argv[0]} ${argv[1]}: ${stderr}`).toContain(status);
        written.push(stdout, stderr);
      }
    }
    for (const name of readdirSync(work)) written.push(readFileSync(join(work, name), 'utf8'));
    written.push(readFileSync(`${path}.manifest.json`, 'utf8'));
    for (const name of ['issued.txt', 'issued.txt.manifest.json']) rmSync(place(name));
    expect(written.join('\n')).toContain('"batch": "spring"');
    expect(written.join('\n')).not.toContain(password);
  });

  it('refuses another secret, and none, and holds what it held', async () => {
    const held = () => sql(`SELECT count(*) FROM ${schema}.keywright_keys`);
    const batches = () => sql(`SELECT id, state, attempt FROM ${schema}.keywright_batches ORDER BY number`);
    const before = [await held(), await batches()];
    const other = { KEYWRIGHT_LEDGER_SECRET: hex() };
    await expectRefused(ledger, other, 3, /the secret is not the one of the ledger postgres:/);
    await expectRefused(ledger, {}, 3, /keeps its secret outside, and none is given/);
    expect([await held(), await batches()]).toStrictEqual(before);
  });

  it('refuses one of a newer version, and one that lacks a table', async () => {
    await sql(`INSERT INTO ${schema}.keywright_migrations (version, at) VALUES (99, 0)`);
    await expectRefused(ledger, env, 3, /is a ledger of version 99, .* update keywright/);
    await sql(`DELETE FROM ${schema}.keywright_migrations WHERE version = 99`);
    await sql(`ALTER TABLE ${schema}.keywright_ledger RENAME TO elsewhere`);
    await expectRefused(
      ledger,
      env,
      3,
      /there is no ledger at |is damaged \(one of its tables is not there\)/,
    );
  });
});
