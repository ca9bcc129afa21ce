import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CHAPTERS } from '../../src/cli/chapters.js';
import type { Command } from '../../src/cli/command/command.js';
import { tableOf } from '../../src/cli/command/find-command.js';
import { valueName } from '../../src/cli/command/value-name.js';
import { newFolder } from '../new-folder.js';
import { runArguments } from './run-here.js';

/** Files that commands read, by what they are called here; the ledger's journal is among what it makes. */
const LISTS = ['--against', 'against.txt'];
const LEDGER = ['--ledger', 'l.db', '--secret-file', 's.hex'];
const SIGNING = ['--private-key', 'p.pem'];
const PROGRAM = [
  '--signer',
  'openssl pkeyutl -sign -rawin -inkey p.pem -in {}',
  '--public-key',
  'p.public.pem',
];
const ORIGIN = ['--origin', 'acme.example/keywright/seal/v1/7'];
const SEAL_SECRET = ['--seal-secret-file', 's.hex'];
const UPDATE = ['--name', 'acme.example/keyring', '--number', '2'];
const CREATE = ['product_id=1', 'activation_limit=0', 'validity=0', 'status=available'].flatMap((set) => [
  '--set',
  set,
]);

const PRODUCT = '0b7e2a4c-5d3f-4a61-9c8e-7f1d2b3a4c5d';

/** A line for each command that writes what it is told to, with every option that names what is read. */
const LINES: readonly (readonly string[])[] = [
  [
    'generate',
    '-n',
    '2',
    '--as',
    'text',
    ...LISTS,
    ...LEDGER,
    '--reject-file',
    'reject.txt',
    '--batch-id',
    'b',
  ],
  [
    'generate',
    '--rows',
    'orders.csv',
    '--as',
    'csv',
    '-f',
    'lukittu',
    ...LISTS,
    ...LEDGER,
    '--batch-id',
    'o',
  ],
  ['dedupe', 'list.txt', '--as', 'text', ...LISTS, ...LEDGER],
  ['audit', 'list.txt', ...LISTS, ...LEDGER],
  ['prepare', 'list.txt', '--for', 'cryptlex', '--set', `productId=${PRODUCT}`],
  ['send', 'requests.jsonl'],
  ['bulk-create', 'list.txt', ...LISTS, ...LEDGER, ...SIGNING, ...CREATE, '--batch-id', 'c'],
  ['bulk-create', '--request', 'request.json', ...LISTS, ...LEDGER, ...SIGNING, '--batch-id', 'r'],
  ['sign', 'payload.json', ...SIGNING],
  ['sign', 'payload.json', ...PROGRAM],
  ['license', 'list.txt', '--product', 'x', '--perpetual', ...LEDGER, ...SIGNING],
  ['license', 'list.txt', '--product', 'x', '--perpetual', ...PROGRAM],
  ['seal', 'create', 'list.txt', ...ORIGIN, ...SIGNING, ...SEAL_SECRET],
  ['seal', 'create', 'list.txt', ...ORIGIN, ...PROGRAM, ...SEAL_SECRET],
  ['seal', 'prove', 'list.txt', '--seal', 'old.seal', ...SEAL_SECRET],
  ['keyring', 'sign', 'ring.json', ...UPDATE, ...SIGNING],
  ['keyring', 'sign', 'ring.json', ...UPDATE, ...PROGRAM],
  ['keyring', 'apply', 'ring.json', 'old.update', '--state', 'state.json'],
];

/** Nothing is sent: outputs are judged first. */
const SECRETS = { CRYPTLEX_TOKEN: 'token' };

/** What commands make before. */
const MADE = [
  'p.pem',
  'p.public.pem',
  'ring.json',
  'old.update',
  'state.json',
  'l.db',
  'requests.jsonl',
  'old.seal',
  'old.seal.manifest.json',
];
const JOURNALS = ['l.db-journal', 'l.db-wal', 'l.db-shm'];
const FILES: Readonly<Record<string, string>> = {
  'against.txt': 'AAAA-1111\n',
  'list.txt': 'BBBB-2222-CCCC-3333-DDDD\n',
  'reject.txt': 'XYZZY\n',
  'orders.csv': 'order,email\n1,a@x.de\n',
  'payload.json': '{"a":1}\n',
  'request.json':
    '{"license_keys":["BBBB-2222-CCCC-3333-DDDD"],"product_id":1,"activation_limit":0,"validity":0,"status":"available"}\n',
  's.hex': `${'0123456789abcdef'.repeat(4)}\n`,
};

let folder = '';
const home = process.cwd();
beforeAll(async () => {
  folder = newFolder();
  process.chdir(folder);
  for (const [name, content] of Object.entries(FILES)) fs.writeFileSync(name, content, { mode: 0o600 });
  const { stderr } = await runArguments(['ledger', 'init', 'l.db', '--secret-file', 's.hex']);
  expect(stderr).toBe('');
  await runArguments(['keypair', 'create', 'p']);
  fs.renameSync('p.private.pem', 'p.pem');
  await runArguments(['keyring', 'add', 'ring.json', '--public-key', 'p.public.pem', '--purpose', 'keyring']);
  await runArguments(['keyring', 'sign', 'ring.json', ...UPDATE, ...SIGNING, '-o', 'old.update']);
  await runArguments(['keyring', 'apply', 'ring.json', 'old.update', '--state', 'state.json']);
  const preparing = ['prepare', 'list.txt', '--for', 'cryptlex', '--set', `productId=${PRODUCT}`];
  await runArguments([...preparing, '-o', 'requests.jsonl']);
  const sealing = ['seal', 'create', 'list.txt', ...ORIGIN, ...SIGNING, ...SEAL_SECRET];
  await runArguments([...sealing, '-o', 'old.seal']);
  fs.mkdirSync('other');
  fs.symlinkSync(folder, join('other', 'round'));
});
afterAll(() => process.chdir(home));

const before = new Map<string, string>();
const listing = () => {
  for (const name of JOURNALS) if (fs.existsSync(name) && fs.statSync(name).size === 0) fs.rmSync(name);
  return fs.readdirSync(folder).toSorted();
};
beforeEach(() => {
  before.clear();
  for (const name of listing())
    if (fs.statSync(name).isFile()) before.set(name, fs.readFileSync(name).toString('hex'));
});

/** Ways to write the name of a file, and what has to be made for it. */
const SPELLINGS: readonly (readonly [name: string, make: (file: string) => string])[] = [
  ['as it is', (file) => file],
  ['whole', (file) => join(folder, file)],
  ['roundabout', (file) => `./other/../${file}`],
  ['through a folder that is a link', (file) => `other/round/${file}`],
  [
    'a link',
    (file) => {
      fs.symlinkSync(join(folder, file), 'other/soft');
      return 'other/soft';
    },
  ],
  [
    'a second name',
    (file) => {
      fs.linkSync(file, 'other/hard');
      return 'other/hard';
    },
  ],
];

const commands = await Promise.all(
  Object.values(tableOf(CHAPTERS)).flatMap((entry) =>
    typeof entry === 'function' ? [entry()] : Object.values(entry.commands).map((load) => load()),
  ),
);
const optionsThat = ({ options }: Command, ...kinds: readonly string[]) =>
  Object.entries(options)
    .filter(([, { names }]) => names !== undefined && kinds.includes(names))
    .map(([name]) => name);
const writing = commands.filter((command) => optionsThat(command, 'output').length > 0);
const linesOf = ({ name }: Command) => LINES.filter((line) => line.join(' ').startsWith(`${name} `));

describe('the table', () => {
  it('has a line for each command that writes, with each option that reads', () => {
    for (const command of writing) {
      const words = linesOf(command).flat();
      expect([command.name, words.length > 0]).toEqual([command.name, true]);
      const missing = optionsThat(command, 'input', 'ledger').filter((name) => !words.includes(`--${name}`));
      expect([command.name, missing]).toEqual([command.name, []]);
    }
  });

  it('knows of each option whose value is a file whether it is read or written', () => {
    const unsaid = commands.flatMap(({ name, options }) =>
      Object.entries(options)
        .filter(
          ([option, each]) =>
            each.takes !== 'nothing' && /FILE|PATH|KEY$|LEDGER/.test(valueName(option, each)),
        )
        .filter(([option, each]) => each.names === undefined && option !== 'license-key')
        .map(([option]) => `${name} --${option}`),
    );
    expect(unsaid).toEqual([]);
  });
});

const cases = writing.flatMap((command) =>
  linesOf(command).flatMap((line) =>
    optionsThat(command, 'output').map(
      (option) => [line.slice(0, 2).join(' '), option, line, 'force' in command.options] as const,
    ),
  ),
);

describe.each(cases)('%s --%s', (_, option, line, canForce) => {
  // Also what the words of a program name.
  const inputs = [...Object.keys(FILES), ...MADE].filter((name) => line.join(' ').split(' ').includes(name));
  // What it writes beside that one.
  const beside =
    ['prepare', 'seal'].includes(line[0] ?? '') && option !== 'out' ? ['--out', 'new.jsonl'] : [];
  const all = line.includes('l.db') ? [...inputs, ...JOURNALS] : inputs;

  it.each(all)('is never %s', async (input) => {
    for (const [spelling, spell] of SPELLINGS) {
      if (!fs.existsSync(input) && spelling.startsWith('a ')) continue;
      for (const force of canForce ? [[], ['--force']] : [[]]) {
        const written = spell(input);
        const { status, stderr, stdout } = await runArguments(
          [...line, ...beside, `--${option}`, written, ...force],
          SECRETS,
        );
        for (const link of ['other/soft', 'other/hard']) fs.rmSync(link, { force: true });
        const told = `${spelling} ${force.join('')}: ${status} ${stderr}`;
        expect(told).toMatch(
          /: 2 keywright: (.* is also an input, which is never replaced|the journal .* is a file that is read)/,
        );
        expect(stdout).toBe('');
      }
    }
    expect(listing().filter((name) => fs.statSync(name).isFile())).toEqual([...before.keys()]);
    for (const [name, content] of before)
      expect([name, fs.readFileSync(name).toString('hex') === content]).toEqual([name, true]);
  });
});

it('a ledger that an environment variable names is one all the same', async () => {
  const line = [
    'generate',
    '-n',
    '2',
    '--as',
    'text',
    '--ledger',
    'env:L',
    '--secret-file',
    's.hex',
    '--force',
    '-o',
  ];
  for (const name of ['l.db', ...JOURNALS]) {
    const { status, stderr } = await runArguments([...line, name], { L: join(folder, 'l.db') });
    expect([status, stderr]).toEqual([2, expect.stringContaining(`${basename(name)} is also an input`)]);
  }
});

it('what is written beside an output is none of them either', async () => {
  fs.writeFileSync('new.txt.manifest.json', 'CCCC-3333\n');
  fs.writeFileSync('new-0002.txt', 'DDDD-4444\n');
  const line = ['generate', '-n', '2', '--force', '-o', 'new.txt', '--against'];
  for (const rest of [['new.txt.manifest.json'], ['new-0002.txt', '--split', '1']]) {
    const { status, stderr } = await runArguments([...line, ...rest]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`${rest[0]} is also an input`)]);
  }
  expect(fs.readdirSync('.').filter((name) => name.includes('new'))).toEqual([
    'new-0002.txt',
    'new.txt.manifest.json',
  ]);
  for (const name of ['new-0002.txt', 'new.txt.manifest.json']) fs.rmSync(name);
});

it('an output that is none of them is written, whatever lies beside it', async () => {
  // Neither audit nor send writes -o.
  const others = LINES.filter(
    (line) => !['audit', 'send'].includes(line[0] ?? '') && line[1] !== '--request',
  );
  for (const line of others) {
    const { status, stderr } = await runArguments([...line, '-o', 'other/fresh', '--force']);
    expect([line[0], status === 0 || stderr]).toEqual([line[0], true]);
    for (const name of fs.readdirSync('other').filter((each) => each.startsWith('fresh')))
      fs.rmSync(join('other', name));
  }
});
