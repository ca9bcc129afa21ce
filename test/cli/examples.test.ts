import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from '../new-folder.js';
import { QUICK, run, start } from './script.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = newFolder();

/** In an order in which each example finds what it needs. */
const COMMANDS = [
  'keypair create',
  'keypair show',
  'sign',
  'verify',
  'keyring add',
  'keyring show',
  'keyring retire',
  'keyring compromise',
  'keyring sign',
  'keyring apply',
  'revocations create',
  'revocations show',
  'revocations verify',
  'revocations add',
  'revocations remove',
  'bulk-create',
  'dedupe',
  'audit',
  'prepare',
  'ledger init',
  'ledger import',
  'ledger status',
  'ledger batches',
  'ledger verify',
  'seal create',
  'seal endorse',
  'seal prove',
  'seal verify',
  'seal audit',
  'seal show',
];

/** The examples of a command's help, as they stand there. */
async function examplesOf(command: string): Promise<readonly string[]> {
  const { stdout, status } = await start(`keywright ${command} --help`, folder, QUICK);
  expect(status).toBe(0);
  const examples = stdout.split('Examples:\n')[1]?.split('\n\n')[0] ?? '';
  return examples
    .split(/(?<!\\)\n/)
    .map((line) => line.trim())
    .filter((line) => line.startsWith('keywright '));
}

describe('the examples of --help work as pasted', () => {
  const env = { PASSPHRASE: 'correct horse', LEDGER_URL: 'stand-in.db' };
  const prepare = (command: string) => expect(run(command, folder, env).stderr).toBe('');

  beforeAll(() => {
    for (const name of ['demo-ed25519', 'demo-rsa']) {
      copyFileSync(join(ROOT, `keys/${name}.public.pem`), join(folder, `${name}.public.pem`));
    }
    const payload = '{"code":200,"nonce":"6f0c1b7e"}\n';
    writeFileSync(join(folder, 'payload.json'), payload);
    writeFileSync(join(folder, 'payloads.jsonl'), payload.repeat(3));
    writeFileSync(join(folder, 'keys.txt'), 'AAAAA-BBBBB\nCCCCC-DDDDD\n');
    writeFileSync(join(folder, 'issued.txt'), 'aaaaa bbbbb\n');
    writeFileSync(join(folder, 'batch.txt'), 'AAAA-0001\nBBBB-0002\n');
    writeFileSync(join(folder, 'more.txt'), 'bbbb 0002\nCCCC-0003\n');
    writeFileSync(join(folder, 'delivery.csv'), 'key,customer\nDDDD-0004,"=1+1"\n');
    const parameters = { product_id: 1, activation_limit: 0, validity: 0, status: 'available' };
    const request = { license_keys: ['AAAAA-BBBBB', 'CCCCC-DDDDD'], ...parameters };
    writeFileSync(join(folder, 'request.json'), JSON.stringify(request));
  });

  /** What is no complaint. */
  const TOLD: Readonly<Record<string, RegExp>> = {
    'ledger batches': /^keywright: total: .*\n/gm,
    prepare: /^keywright: (pace:|time:|a request to) .*\n/gm,
  };

  /** What stands around an example: other commands write it. */
  const BEFORE: Readonly<Record<string, string>> = {
    'keypair show': `openssl pkcs8 -topk8 -scrypt -in product.private.pem -passout env:PASSPHRASE -out product.locked.pem && chmod 600 product.locked.pem`,
    verify: `keywright sign payload.json --private-key product.private.pem -o answer.json && keywright keyring add keyring.json --public-key product.public.pem --product acme > acme.txt && keywright keypair create app > app.txt && echo 7QX4M-9K2TD | keywright license - --product app --perpetual --private-key app.private.pem -o license.json --quiet`,
    'keyring add': `rm keyring.json && keywright keypair create next > next.txt && keywright keypair create acme > acme.txt`,
    'keyring retire': `keywright keyring add keyring.json --public-key demo-rsa.public.pem --public-key demo-ed25519.public.pem > demo.txt 2>&1`,
    'keyring sign': `keywright keypair create updates > up.txt && keywright keypair create spare > up.txt && keywright keyring add embedded.json --public-key updates.public.pem --public-key spare.public.pem --purpose keyring > up.txt`,
    'revocations create': `echo EEEE-0005 > leaked.txt && printf 'order,key\\n1,CCCC-0003\\n' > refunds.csv`,
    'revocations verify': `keywright keyring add keyring.json --public-key app.public.pem --purpose list > app.txt`,
    'revocations add': `echo DDDD-0004 > refunded.txt && keywright keypair create spring > app.txt && keywright keyring add trusted.json --public-key app.public.pem --public-key spring.public.pem --purpose list > app.txt`,
    'revocations remove': `keywright revocations add revoked.list batch.txt --private-key app.private.pem > app.txt`,
    'bulk-create': `rm answer.json`,
    generate: `printf 'order,email,quantity\\n1,a@b.c,2\\n' > orders.csv`,
    prepare: `keywright generate -f cryptlex -n 2 -o keys.txt --force --no-manifest --quiet && echo 'key,email' > owners.csv && echo 'K-1,a@b.c' >> owners.csv`,
    'seal create': `keywright generate -f lukittu -n 9 -o keys.txt --force --no-manifest --quiet && echo AAAAA-BBBBB-CCCCC-DDDDD-EEEEE >> keys.txt && printf 'key,end\\n7QX4M-9K2TD,2099-01-01\\n' > orders.csv && openssl rand -hex 32 > seal.hex && chmod 600 seal.hex`,
    'seal endorse': `keywright seal create keys.txt -f lukittu --origin acme.example/keywright/seal/v1/u --set product=app --set valid_until=null --unsigned -o unsigned.seal --quiet && openssl pkeyutl -sign -rawin -inkey app.private.pem -in unsigned.seal -out unsigned.sig`,
    'seal prove': `echo AAAAA-BBBBB-CCCCC-DDDDD-EEEEE > sold.txt`,
    'seal verify': `cp proof.jsonl november.proof && rm keyring.json && keywright keyring add keyring.json --public-key app.public.pem --purpose seal > app.txt && echo 'aaaaa bbbbb ccccc ddddd eeeee' > typed.txt`,
    'ledger init': `openssl rand -hex 32 > ledger.secret && chmod 600 ledger.secret`,
    'ledger import': `printf 'license_key\\n7QX4M-9K2TD-0Z8YB-XXXXX\\n' > export.csv && keywright generate -n 10 -o old.txt --quiet`,
  };

  it.each(COMMANDS)('%s', async (command) => {
    const before = BEFORE[command];
    if (before !== undefined) prepare(before);
    const examples = await examplesOf(command);
    expect(examples).toHaveLength(3);
    for (const example of examples) {
      const { status, stderr } = await start(example, folder, QUICK, env);
      expect(stderr.replace(TOLD[command] ?? '', ''), example).toBe('');
      expect(status, example).toBe(0);
    }
  });

  it('left what they promise', () => {
    expect(readFileSync(join(folder, 'report.csv'), 'utf8')).toBe(
      'key,outcome,first_seen,expires_at\nAAAAA-BBBBB,duplicate,issued.txt:1,\nCCCCC-DDDDD,created,,\n',
    );
    expect(readFileSync(join(folder, 'unique.txt'), 'utf8')).toBe('AAAA-0001\nBBBB-0002\nCCCC-0003\n');
    expect(readFileSync(join(folder, 'new.csv'), 'utf8')).toBe('key,customer\nDDDD-0004,"\'=1+1"\n');
    expect(readFileSync(join(folder, 'signed.jsonl'), 'utf8').split('\n')).toHaveLength(4);
  });
});
