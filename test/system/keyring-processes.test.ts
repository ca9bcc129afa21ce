import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { addPublicKey, generateKeyPair, type Keyring, parseKeyring } from '../../src/index.js';
import { changeKeyringFile, createKeyPairFiles } from '../../src/node.js';
import { newFolder } from '../new-folder.js';

const folder = newFolder();

const COMMAND = resolve('bin/keywright.js');
const run = promisify(execFile);
const keywright = (...args: readonly string[]) => run(process.execPath, [COMMAND, ...args]);

const RUNS = 40;

it(`loses no change when commands meet: ${RUNS} keyrings, three processes each`, {
  timeout: 300_000,
}, async () => {
  for (let time = 0; time < RUNS; time++) {
    const path = join(folder, `ring-${time}.json`);
    const [one, two, three] = await Promise.all([generateKeyPair(), generateKeyPair(), generateKeyPair()]);
    const both = () => addPublicKey(addPublicKey(undefined, one.publicKey), two.publicKey);
    await changeKeyringFile(path, (keyring: Keyring) => keyring, { create: both });
    const pem = join(folder, `${time}.public.pem`);
    await createKeyPairFiles(pem.replace('.public.pem', ''), three);
    await Promise.all([
      keywright('keyring', 'compromise', path, `--kid=${one.kid}`),
      keywright('keyring', 'retire', path, `--kid=${two.kid}`),
      keywright('keyring', 'add', path, '--public-key', pem),
    ]);
    const { keys } = parseKeyring(readFileSync(path, 'utf8'));
    expect(Object.fromEntries(keys.map(({ kid, status }) => [kid, status]))).toEqual({
      [one.kid]: 'compromised',
      [two.kid]: 'retired',
      [three.kid]: 'active',
    });
  }
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
});

it('makes one keyring of a new file that two commands begin', { timeout: 120_000 }, async () => {
  for (let time = 0; time < 10; time++) {
    const path = join(folder, `new-${time}.json`);
    await Promise.all([
      keywright('keyring', 'add', path, '--public-key', 'keys/demo-ed25519.public.pem'),
      keywright('keyring', 'add', path, '--public-key', 'keys/demo-rsa.public.pem'),
    ]);
    expect(parseKeyring(readFileSync(path, 'utf8')).keys.length).toBe(2);
  }
});
