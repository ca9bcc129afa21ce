import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
// The built package: a thread cannot load TypeScript on every Node that is supported.
import * as core from '../../dist/index.js';
import * as node from '../../dist/node.js';
import { commentsOf, type Example, examplesIn, runExample, sourcesOf } from '../doc-example.js';
import { newFolder } from '../new-folder.js';

const home = process.cwd();
let folder = '';

beforeEach(() => {
  folder = newFolder();
  process.chdir(folder);
});

afterEach(() => process.chdir(home));

const privateKey = await core.generateKeyPair();
const { kid } = privateKey.publicKey;
const purposes = ['response', 'license', 'seal'] as const;
const keyring = core.addPublicKey(undefined, privateKey.publicKey, { purposes });
const THREE = [
  'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE',
  'FFFFF-GGGGG-HHHHH-IIIII-JJJJJ',
  'KKKKK-LLLLL-MMMMM-NNNNN-OOOOO',
];
const REQUEST = {
  license_keys: THREE.slice(0, 2),
  product_id: 7,
  activation_limit: 1,
  validity: 365,
  status: 'available',
};

/** What lies in the folder of an example, unless it writes it. */
const FILES: Readonly<Record<string, string>> = {
  'keys.txt': `${THREE.join('\n')}\n`,
  'old.txt': `${THREE.join('\n')}\n`,
  'issued.txt': `${THREE[2]}\n`,
  'new.csv': `id,key\n1,${THREE[0]}\n2,PPPPP-QQQQQ-RRRRR-SSSSS-TTTTT\n`,
  'orders.csv': 'order,quantity\n1,2\n2,1\n',
  'request.json': JSON.stringify(REQUEST),
  'keyring.json': core.formatKeyring(keyring),
  'product.private.pem': privateKey.exportPem(),
};

/** A license server that takes everything. */
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(201).end(JSON.stringify({ id: '1', key: THREE[0] }));
});
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
afterAll(() => void server.close());

function requestToServer(): string {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const url = `http://127.0.0.1:${port}/v3/licenses`;
  const request = { method: 'POST', url, headers: {}, body: {}, idempotencyKey: 'a', keys: [THREE[0]] };
  return `${JSON.stringify(request)}\n`;
}

const envelope = await core.signResponse(
  { code: 200, timestamp: Math.floor(Date.now() / 1000) },
  core.ed25519Signer(privateKey),
);

const SEAL = {
  origin: 'acme.example/keywright/seal/v1/1',
  format: core.parseFormat('XXXXX-XXXXX-XXXXX-XXXXX-XXXXX'),
  signer: core.ed25519Signer(privateKey),
  now: new Date(),
  out: 'keys.seal',
};

/** What examples may use: the public exports, and what the sentence around them names. */
const scope = {
  ...core,
  ...node,
  privateKey,
  signer: core.ed25519Signer(privateKey),
  kid,
  keyring,
  text: JSON.stringify(envelope),
  envelopes: [JSON.stringify(envelope)],
  report() {
    throw new Error('the example was refused');
  },
  payload: { code: 200, timestamp: 1_767_225_600 },
  payloads: ['{"code":200,"timestamp":1767225600}'],
  bytes: new TextEncoder().encode('AAAA\n'),
  sink: { write: async () => {} },
  out: { write() {} },
};

async function run(example: Example): Promise<void> {
  const text = example.lines.join('\n');
  mkdirSync('keys');
  for (const [name, content] of Object.entries(FILES)) {
    if (!text.includes(`out: '${name}'`) && !text.includes(`create('${name}')`)) {
      writeFileSync(name, content, { mode: 0o600 });
    }
  }
  if (/(send|preview)Requests\('/.test(text)) writeFileSync('requests.jsonl', requestToServer());
  if (/((open|rotate|copy)Ledger|confirmRestored|dropCopy)\('issued.db'/.test(text))
    await node.createLedger('issued.db', { now: new Date() });
  if (text.includes("seal: 'keys.seal'")) await node.createSealFile(['keys.txt'], SEAL);
  await runExample(example, scope);
}

const sources = sourcesOf('src/node');

describe('every example in a doc comment of the files', () => {
  const all = sources.flatMap(examplesIn);

  it('was found', () => {
    expect(all.length).toBe(sources.flatMap(({ text }) => text.match(/@example/g) ?? []).length);
    expect(all.length).toBeGreaterThan(20);
  });

  it.each(all.map((example) => [example.title, example] as const))(
    'runs and comes to the values it names: %s',
    async (_, example) => {
      expect(example.lines.length).toBeGreaterThan(0);
      await run(example);
    },
  );
});

describe('every public function and class of keywright/node', () => {
  const every = [...sources, ...sourcesOf('src/core')];
  const names = Object.entries(node).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));

  it.each(names)('%s has a doc comment with an example', (name) => {
    const comments = commentsOf(name, every);
    expect(comments, `${name} should be declared once`).toHaveLength(1);
    expect(comments[0], `${name} lacks an example`).toContain('@example');
  });
});
