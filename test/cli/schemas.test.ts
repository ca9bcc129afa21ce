import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { newFolder } from '../new-folder.js';
import { runArguments } from './run-here.js';
import { holdToSchemas, SCHEMAS, schemaFaults } from './schemas.js';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** Names in texts that are no JSON: notes, bytes that are hashed, and what a ledger derives its secrets from. */
const NO_JSON = [
  'id',
  'key',
  'key-exact',
  'ledger',
  'ledger-record',
  'list',
  'salt',
  'salt-check',
  'seal',
  'stream',
];

it('there is a schema for every name that the sources give a report or a file, and for no other', () => {
  const text = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(SRC, path), 'utf8'))
    .join('\n');
  const said =
    /keywright\/([a-z-]+)\/v1|jsonReport\(\s*'([a-z-]+)'|SEALED_BATCH = '([a-z-]+)'|schemaOf\('([a-z-]+)'\)/g;
  const names = [...text.matchAll(said)].map(
    (match) => match.slice(1).find((name) => name !== undefined) ?? '',
  );
  const wanted = [...new Set(names)].filter((name) => !NO_JSON.includes(name)).toSorted();
  expect(wanted.length).toBeGreaterThan(30);
  // The cases for verifiers are a sample's, and no command's.
  const all = [...wanted, 'vectors'].map((name) => `${name}/v1`);
  expect([...SCHEMAS.keys()].toSorted()).toEqual(all.toSorted());
});

it.each([...SCHEMAS])(
  'schemas/%s.json is of draft 2020-12 and named as what it describes',
  (path, schema) => {
    const name = `keywright/${path}`;
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: name });
    expect(schema['title']).toMatch(/^[A-Z]/);
    const forms: readonly unknown[] = schema['oneOf'] ?? [schema];
    for (const form of forms) expect(form).toMatchObject({ properties: { schema: { const: name } } });
    // Compiles, and refuses what has nothing but its name.
    expect(schemaFaults({ schema: name })).not.toEqual([]);
  },
);

it('what is not described is found: a member too many, one too few, a name without a schema', () => {
  const error = { schema: 'keywright/error/v1', code: 'usage', message: 'no', exit: 2 };
  expect(schemaFaults(error)).toEqual([]);
  expect(schemaFaults({ ...error, more: 1 })).toEqual([expect.stringContaining('additional')]);
  expect(schemaFaults({ ...error, exit: undefined })).not.toEqual([]);
  expect(schemaFaults({ ok: true, payload: { ...error, exit: '2' } })).toHaveLength(1);
  expect(schemaFaults({ schema: 'keywright/none/v1' })).toEqual([
    'keywright/none/v1 has no file below schemas',
  ]);
  expect(() => holdToSchemas('text\n{"schema":"keywright/none/v1"}\n', 'it')).toThrow(
    'no file below schemas',
  );
  holdToSchemas('"keywright/ no JSON', 'it');
});

it('what no script prints as JSON has a schema that holds as well', async () => {
  const folder = newFolder();
  const at = (name: string) => join(folder, name);
  const seen: string[] = [];
  const run = async (...argv: readonly string[]) => {
    const { stdout, stderr, status } = await runArguments(argv);
    expect(
      [status, stderr.replaceAll(/^(note|warning|keywright: (note|warning)).*\n/gm, '')],
      argv.join(' '),
    ).toEqual([0, '']);
    if (stdout.startsWith('{')) seen.push(JSON.parse(stdout).schema);
  };
  writeFileSync(at('secret'), '5a'.repeat(32), { mode: 0o600 });
  const ledger = at('issued.db');
  await run('ledger', 'init', ledger);
  const batch = ['-n', '20', '--ledger', ledger, '--batch-id', 'night', '--quiet'];
  await run('generate', ...batch, '-o', at('keys.txt'));
  await run('ledger', 'void', ledger, 'night', '--reason', 'a test', '--json');
  await run('ledger', 'batches', ledger, '--json');
  await run('ledger', 'rotate', ledger, '--new-secret-file', at('secret'), '--json');
  await run('keypair', 'create', at('pair'), '--json');
  const signed = ['--private-key', at('pair.private.pem')];
  const seal = at('keys.seal');
  const origin = ['--origin', 'acme.example/keywright/seal/v1/night'];
  await run(
    'seal',
    'create',
    at('keys.txt'),
    '--format',
    'lukittu',
    ...origin,
    '--unsigned',
    '-o',
    seal,
    '--json',
  );
  await run('seal', 'endorse', seal, '--keys', at('keys.txt'), ...signed, '--json');
  await run('seal', 'prove', at('keys.txt'), '--seal', seal, '-o', at('proofs.jsonl'), '--json');
  expect(seen).toEqual(
    expect.arrayContaining(['void', 'rotate'].map((name) => `keywright/ledger-${name}/v1`)),
  );
  expect(seen).toEqual(
    expect.arrayContaining(['endorse', 'prove'].map((name) => `keywright/seal-${name}/v1`)),
  );
  holdToSchemas(readFileSync(at('keys.txt.manifest.json'), 'utf8'), 'the manifest');
});
