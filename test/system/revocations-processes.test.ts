import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { addPublicKey, generateKeyPair, openRevocations } from '../../src/index.js';
import { createKeyPairFiles } from '../../src/node.js';
import { newFolder } from '../new-folder.js';

const folder = newFolder();
const COMMAND = resolve('bin/keywright.js');
const run = promisify(execFile);
const keywright = (...args: readonly string[]) =>
  run(process.execPath, [COMMAND, 'revocations', ...args], { cwd: folder });

it('loses no revocation when commands meet: 8 rounds of three processes', { timeout: 300_000 }, async () => {
  const pair = await generateKeyPair();
  await createKeyPairFiles(join(folder, 'lists'), pair);
  const signing = ['--private-key', 'lists.private.pem'];
  await keywright('create', 'revoked.list', '--name', 'a.example/app', '--product', 'app', ...signing);
  for (let round = 0; round < 8; round++) {
    const lists = [0, 1, 2].map((index) => {
      writeFileSync(join(folder, `${round}-${index}.txt`), `KEY0-${round}${index}00\n`);
      return `${round}-${index}.txt`;
    });
    await Promise.all(lists.map((list) => keywright('add', 'revoked.list', list, ...signing)));
  }
  const keyring = addPublicKey(undefined, pair.publicKey, { purposes: ['list'] });
  const policy = { name: 'a.example/app', product: 'app', now: new Date() };
  const opened = await openRevocations(readFileSync(join(folder, 'revoked.list')), keyring, policy);
  expect(opened).toMatchObject({ ok: true, number: 25, count: 24 });
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
});
