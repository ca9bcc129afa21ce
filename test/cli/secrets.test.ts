import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatPublicKey, parsePrivateKey, privateKeyFromSeed } from '../../src/index.js';
import { demoRsa } from '../core/sign/demo-keys.js';
import { newFolder } from '../new-folder.js';
import { plainCommand } from './plain-command.js';
import { type Outcome, runHere } from './run-here.js';
import { run } from './script.js';

/** Commands run in `work`; what they may read and must not repeat lies in `in`. */
const folder = newFolder();
const work = join(folder, 'work');
mkdirSync(join(folder, 'in'));
beforeEach(() => {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
});

const SEED = Buffer.from('Marked-Secret-Seed-of-a-Private!');
const PASSPHRASE = 'Marked-Passphrase-nobody-may-see';
const WRONG = 'Marked-wrong-Passphrase-of-a-typo';
const API_KEY = 'Marked-api-key-2964c3c9-0b5d-4d89';

const pair = privateKeyFromSeed(SEED);
const pem = pair.exportPem();
const native = createPrivateKey(pem);
const rsa = createPrivateKey(demoRsa.exportPem());
const jwk = native.export({ format: 'jwk' });
const rsaJwk = rsa.export({ format: 'jwk' });

function put(name: string, content: string | object, mode = 0o600): void {
  writeFileSync(join(folder, 'in', name), typeof content === 'string' ? content : JSON.stringify(content), {
    mode,
  });
}

function locked(key: KeyObject): string {
  const lock = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE } as const;
  return key.export(lock).toString();
}

put('good.pem', pem);
put('good.public.pem', formatPublicKey(pair.publicKey));
put('rsa.pem', demoRsa.exportPem());
put('locked.pem', locked(native));
put('locked-rsa.pem', locked(rsa));
put('exposed.pem', pem, 0o644);
put('cut.pem', pem.slice(0, -40));
put('no-end.pem', `${pem.split('\n').slice(0, 2).join('\n')}\n`);
put('pkcs1.pem', rsa.export({ type: 'pkcs1', format: 'pem' }).toString());
put('twice.pem', pem + pem);
put('garbled.pem', pem.replace('MC4C', 'MC5C'));
put('key.jwk', jwk);
put('rsa.jwk', rsaJwk);
put('halves.jwk', { ...jwk, x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' });
put('halves-rsa.jwk', { ...rsaJwk, p: rsaJwk.q });
put('broken.jwk', JSON.stringify(jwk).slice(0, -1));
put('private.jwks', { keys: [jwk] });
put('private-rsa.jwks', { keys: [rsaJwk] });
put('hex.txt', SEED.toString('hex'));
put('base64.txt', SEED.toString('base64'));
put('raw.bin', SEED.toString('latin1'));
put('seed-as.public.pem', formatPublicKey({ ...pair.publicKey, bytes: SEED }));
put('ring.json', { keys: [{ ...native.export({ format: 'jwk' }), d: undefined }] });
put('payload.json', '{"code":200}');
put('payloads.jsonl', '{"code":1}\n{"code":2}\n');
put('mixed.jsonl', '{"code":1}\nno\n');
put('keys.txt', 'AAAAA-BBBBB\n');
put('request.json', {
  api_key: API_KEY,
  license_keys: ['AAAAA-BBBBB'],
  product_id: 1,
  activation_limit: 0,
  validity: 0,
  status: 'available',
});
put('refused.json', {
  api_key: API_KEY,
  license_keys: [API_KEY, ' '],
  status: API_KEY,
  owner_email: API_KEY,
});
writeFileSync(
  join(folder, 'in/answer.json'),
  run('keywright sign ../in/payload.json --private-key ../in/good.pem --now 1', join(folder, 'in')).stdout,
);

/** Every spelling of secret bytes in which someone might print them. */
function spellings(bytes: Buffer): readonly string[] {
  const shifted = [0, 1, 2].map((shift) =>
    bytes.subarray(shift, bytes.length - ((bytes.length - shift) % 3)),
  );
  return [
    bytes.toString('latin1'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...shifted.map((part) => part.toString('base64')),
    ...shifted.map((part) => part.toString('base64url')),
    bytes.join(),
    bytes.join(', '),
  ];
}

const SECRETS = [
  SEED,
  ...[PASSPHRASE, WRONG, API_KEY].map((text) => Buffer.from(text)),
  ...[rsaJwk.d, rsaJwk.p, rsaJwk.q, rsaJwk.dp, rsaJwk.dq, rsaJwk.qi].map((part) =>
    Buffer.from(part ?? '', 'base64url'),
  ),
].flatMap(spellings);

/** Sixteen characters in a row are enough to tell. */
const WINDOWS = new Set(
  SECRETS.flatMap((text) => Array.from({ length: text.length - 15 }, (_, at) => text.slice(at, at + 16))),
);

/** The first piece of a secret in a text, or undefined. */
function leakIn(text: string): string | undefined {
  const bare = text.replace(/\r?\n|\\n/g, '');
  for (const candidate of [text, bare]) {
    for (let at = 0; at + 16 <= candidate.length; at++) {
      const window = candidate.slice(at, at + 16);
      if (WINDOWS.has(window)) return window;
    }
  }
  return undefined;
}

function writtenText(): string {
  return readdirSync(work, { recursive: true, encoding: 'utf8' })
    .map((name) => join(work, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}

const env = {
  KEY: pem,
  ONE_LINE: pem.replaceAll('\n', '\\n'),
  LOCKED: locked(native),
  HEX: SEED.toString('hex'),
  CUT: pem.slice(0, -40),
  PASS: PASSPHRASE,
  WRONG,
  EMPTY: '',
};

/** Everything someone may give for a private key, right and wrong. */
const PRIVATE = [
  ...readdirSync(join(folder, 'in')).map((name) => `../in/${name}`),
  '../in',
  '../in/absent.pem',
  ...Object.keys(env).map((name) => `env:${name}`),
  'env:UNSET',
  'env:"$HEX"',
  '"$KEY"',
  '"$ONE_LINE"',
  '"$LOCKED"',
  '"$HEX"',
  `"${SEED.toString('base64')}"`,
  `'${JSON.stringify(jwk)}'`,
];
const LOCKED_BY = [
  'env:PASS',
  'env:WRONG',
  'env:UNSET',
  'env:EMPTY',
  '"$PASS"',
  'env:"$PASS"',
  '- < ../in/good.pem',
];

const SET = '--set product_id=1 --set activation_limit=0 --set validity=0 --set status=available';
const LIST = '--name a.example/app --product app';
const commands: readonly string[] = [
  ...PRIVATE.flatMap((key) => [
    `sign ../in/payload.json --private-key=${key}`,
    `keypair show ${key}`,
    `verify ../in/answer.json --public-key=${key}`,
    `verify ../in/answer.json --keyring=${key} --json`,
    `keyring add ring.json --public-key=${key}`,
    `keyring show ${key}`,
    `keyring show -- ${key}`,
    `bulk-create ../in/keys.txt ${SET} --against ../in/keys.txt --private-key=${key} --report report.csv -o a.json`,
  ]),
  ...LOCKED_BY.flatMap((passphrase) => [
    `sign ../in/payload.json --private-key ../in/locked.pem -o a.json --passphrase ${passphrase}`,
    `sign ../in/payloads.jsonl --jsonl --private-key ../in/locked-rsa.pem --passphrase ${passphrase}`,
    `keypair show ../in/locked.pem --json --passphrase ${passphrase}`,
    `keypair show env:LOCKED --passphrase ${passphrase}`,
    `bulk-create ../in/keys.txt ${SET} --private-key env:LOCKED --passphrase ${passphrase}`,
  ]),
  'sign ../in/payload.json --private-key - < ../in/good.pem',
  'sign ../in/payload.json --private-key - --passphrase env:PASS < ../in/locked.pem',
  'sign --private-key - < ../in/good.pem',
  'sign - --private-key ../in/rsa.pem < ../in/good.pem',
  'sign ../in/good.pem --private-key ../in/good.pem',
  'sign ../in/good.pem --jsonl --private-key ../in/good.pem -o a.jsonl',
  'sign ../in/mixed.jsonl --jsonl --private-key ../in/good.pem -o a.jsonl',
  'sign ../in/payloads.jsonl --jsonl --private-key ../in/good.pem -o a.jsonl',
  'sign ../in/payload.json --private-key ../in/good.pem -o no/such.json',
  'sign ../in/payload.json --private-key ../in/good.pem -o ../in/good.pem --force',
  'sign ../in/payload.json --private-key ../in/good.pem --no-such-option',
  'sign ../in/payload.json --private-key ../in/good.pem --private-key ../in/rsa.pem',
  'sign ../in/payload.json --private-key',
  'sign "$KEY" --private-key ../in/good.pem',
  'sign "$HEX" "$KEY" --private-key ../in/good.pem',
  '"$KEY"',
  '"$HEX" --private-key ../in/good.pem',
  '--private-key="$KEY"',
  'sign --"$HEX"',
  'sign --passphrase="$PASS" --private-key=../in/locked.pem --"$PASS"',
  'keypair "$KEY"',
  'keypair create "$HEX"/x',
  'keypair create no/such',
  'keyring "$HEX"',
  'keyring retire ../in/ring.json "$KEY"',
  'keyring retire ../in/private.jwks HsYVPMfJJ5jks6Fju7frWKfaenckY1yK5Xx1KyvZGF4',
  'keyring compromise ../in/good.pem HsYVPMfJJ5jks6Fju7frWKfaenckY1yK5Xx1KyvZGF4',
  'verify ../in/good.pem --public-key ../in/good.public.pem',
  'verify ../in/key.jwk --public-key ../in/good.public.pem --json',
  'verify ../in/good.pem --jsonl --public-key ../in/good.public.pem --json',
  'verify "$KEY" --public-key ../in/good.public.pem',
  'verify - --public-key ../in/seed-as.public.pem < ../in/answer.json',
  'verify ../in/answer.json --public-key - < ../in/good.pem',
  'verify ../in/answer.json --public-key ../in/good.public.pem',
  `bulk-create ../in/good.pem ${SET} --private-key ../in/good.pem --report report.csv`,
  `bulk-create ../in/keys.txt ${SET} --against ../in/good.pem --private-key ../in/good.pem --report report.csv`,
  'bulk-create --request ../in/good.pem --private-key ../in/good.pem --report report.csv',
  'bulk-create --request ../in/key.jwk --private-key ../in/good.pem --report report.csv',
  'bulk-create --request ../in/request.json --private-key ../in/good.pem --report report.csv -o a.json --json',
  'bulk-create --request ../in/refused.json --private-key ../in/good.pem --report report.csv',
  `bulk-create ../in/keys.txt ${SET} --set api_key=${API_KEY} --private-key ../in/good.pem --report report.csv`,
  'generate -n 3 --against ../in/good.pem -o keys.txt',
  'generate -n 3 --reject-file ../in/rsa.pem -o keys.txt',
  'generate -n 3 --against ../in/private.jwks ../in/key.jwk -o keys.txt',
  'generate -n 3 --against "$KEY" -o keys.txt',
  `generate -n 3 --seed "${SEED}" -o keys.txt --json`,
  `generate -n 3 --seed "${SEED}" --shard 1/2`,
  'format ABCD-EFGH --alphabet "$HEX"',
  'check - -f XXXX-XXXX < ../in/good.pem',
  'check - -f XXXX-XXXX --json < ../in/rsa.pem',
  'ledger init "$KEY"',
  'ledger init "$HEX"/x',
  'ledger init issued.db --secret-file ../in/good.pem',
  'ledger init issued.db --secret-file "$HEX"',
  'ledger init issued.db --secret-file ../in/key.jwk --json',
  'ledger status ../in/good.pem',
  'ledger status "postgres://user:$HEX@127.0.0.1:1/x?password=$HEX"',
  'ledger import "mysql://user:$HEX@127.0.0.1:1/x" ../in/good.pem',
  'ledger verify ../in/good.pem ../in/key.jwk',
  `revocations create ../in/keys.txt ../in/good.pem ${LIST} --private-key ../in/good.pem`,
  `revocations create r.list ../in/good.pem ${LIST} --private-key ../in/good.pem`,
  `revocations create r.list ../in/key.jwk ${LIST} --private-key ../in/good.pem`,
  `revocations create r.list ../in/keys.txt ${LIST} --private-key ../in/good.pem --reason "$HEX"`,
  `revocations create r.list - ${LIST} --private-key ../in/good.pem < ../in/rsa.pem`,
  `revocations create r.list ${LIST} --private-key ../in/locked.pem --passphrase env:WRONG`,
  `revocations create "$HEX"/x ${LIST} --private-key ../in/good.pem`,
  `revocations create r.list --name "$HEX" --product "$PASS" --private-key ../in/cut.pem`,
  'revocations add ../in/good.pem ../in/keys.txt --private-key ../in/good.pem',
  'revocations remove ../in/keys.txt ../in/good.pem --private-key ../in/good.pem --json',
  'revocations show ../in/good.pem',
  'revocations show "$KEY" --json',
  `revocations verify ../in/good.pem ${LIST} --public-key ../in/good.public.pem --json`,
  `revocations verify ../in/keys.txt ${LIST} --public-key ../in/good.pem`,
  `revocations verify ../in/keys.txt ${LIST} --keyring ../in/private.jwks`,
  'keyring sign ../in/good.pem -o up --name a.example/k --number 1 --private-key ../in/good.pem',
  'keyring sign ../in/ring.json -o up --name a.example/k --number 1 --private-key ../in/rsa.pem',
  'keyring apply ../in/ring.json ../in/good.pem',
  'keyring apply ../in/good.pem ../in/ring.json --json',
  'keyring apply ../in/ring.json ../in/keys.txt --state ../in/key.jwk',
  'sign ../in/payload.json --signer "cat ../in/good.pem" --public-key ../in/good.public.pem -o a.json',
  'sign ../in/payload.json --signer "cat ../in/good.pem" --public-key ../in/good.pem -o a.json',
  `sign ../in/payload.json --signer "node -e 'console.error(process.env.KEY,process.env.HEX,process.env.PASS);process.exit(1)'" --public-key ../in/good.public.pem -o a.json`,
  'sign ../in/payload.json --signer "$KEY" --public-key ../in/good.public.pem -o a.json',
  'sign ../in/payload.json --signer "$HEX" --public-key ../in/good.public.pem -o a.json',
  'completion bash',
  '--version',
];

/** A command line, run in this process. */
async function outcomeOf(command: string): Promise<Outcome> {
  const plain = plainCommand(`keywright ${command}`, env);
  if (plain === undefined) throw new Error(`only a shell can run this: ${command}`);
  return runHere(plain, work, env);
}

describe('no private key, passphrase or seed comes out', () => {
  it('would be noticed', () => {
    expect(leakIn(pem)).toBeDefined();
    expect(leakIn(demoRsa.exportPem())).toBeDefined();
    expect(leakIn(`the passphrase ${PASSPHRASE} is wrong`)).toBeDefined();
    expect(leakIn(`seed ${SEED.toString('hex')}`)).toBeDefined();
    expect(leakIn(JSON.stringify(jwk))).toBeDefined();
    expect(leakIn(formatPublicKey(pair.publicKey))).toBeUndefined();
  });

  it.each(commands)('keywright %s', async (command) => {
    const { status, stdout, stderr } = await outcomeOf(command);
    expect(leakIn(`${stdout}\n${stderr}`)).toBeUndefined();
    expect(leakIn(writtenText())).toBeUndefined();
    expect([0, 1, 2, 3]).toContain(status);
    if (status === 2 || status === 3) {
      const lines = stderr.split('\n').filter((line) => line !== '' && !/^keywright: warning/.test(line));
      expect(lines).toHaveLength(1);
      expect(readdirSync(work)).toEqual([]);
    }
  });

  it.each([
    [0, 'sign ../in/payload.json --private-key env:ONE_LINE'],
    [0, 'sign ../in/payload.json --private-key - --passphrase env:PASS < ../in/locked.pem'],
    [0, 'keypair show ../in/key.jwk'],
    [3, 'keypair show ../in/halves.jwk'],
    [0, 'bulk-create --request ../in/request.json --private-key ../in/good.pem --report report.csv'],
    [1, 'bulk-create --request ../in/refused.json --private-key ../in/good.pem --report report.csv'],
    [3, 'verify ../in/answer.json --public-key ../in/seed-as.public.pem'],
  ])('exits %i from %s', async (wanted, command) => {
    expect((await outcomeOf(command)).status).toBe(wanted);
  });

  it('keypair create writes its secret to one file and says nothing of it', () => {
    for (const alg of ['Ed25519', 'RS256']) {
      for (const json of ['', '--json']) {
        const base = `${alg}${json}`;
        const { stdout, stderr } = run(`keywright keypair create ${base} --alg ${alg} ${json}`, work);
        const text = readFileSync(join(work, `${base}.private.pem`), 'utf8');
        const secret = Buffer.from(parsePrivateKey(text).exportSecret());
        const output = stdout + stderr + readFileSync(join(work, `${base}.public.pem`), 'utf8');
        for (const spelling of spellings(secret)) expect(output).not.toContain(spelling.slice(-20));
        expect(output).not.toContain('PRIVATE KEY');
      }
    }
  });
});
