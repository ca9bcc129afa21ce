import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { generateKeyPair, parsePublicKey } from '../../../src/index.js';
import { createKeyPairFiles, isDemoKey, readPrivateKey } from '../../../src/node.js';
import { demoEd25519, demoRsa } from '../../core/sign/demo-keys.js';
import { failureOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { hasOpenssl, NEEDS_OPENSSL } from '../../openssl.js';

let folder = '';
beforeEach(() => {
  folder = newFolder();
});

describe('writing', () => {
  it('writes PKCS#8 with mode 0600 and SPKI beside it, whatever the umask', async () => {
    const before = process.umask(0);
    const pair = await generateKeyPair();
    const files = await createKeyPairFiles(join(folder, 'product'), pair);
    process.umask(before);
    expect(readdirSync(folder).sort()).toEqual(['product.private.pem', 'product.public.pem']);
    expect(statSync(files.privatePath).mode & 0o777).toBe(0o600);
    expect((await readPrivateKey(files.privatePath)).kid).toBe(pair.kid);
    expect(parsePublicKey(readFileSync(files.publicPath, 'utf8')).kid).toBe(pair.kid);
  });

  it.each(['private', 'public'])('never overwrites a %s file, and leaves no half', async (half) => {
    const path = join(folder, `product.${half}.pem`);
    writeFileSync(path, 'mine');
    const error = await failureOf(async () =>
      createKeyPairFiles(join(folder, 'product'), await generateKeyPair()),
    );
    expect(error.code).toBe('file_exists');
    expect(readdirSync(folder)).toEqual([`product.${half}.pem`]);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('says so when the directory is not there', async () => {
    const write = async () => createKeyPairFiles(join(folder, 'no', 'product'), await generateKeyPair());
    expect(await failureOf(write)).toMatchObject({ code: 'unwritable_file', details: { errno: 'ENOENT' } });
  });
});

describe('reading', () => {
  it('refuses a file that others may read, and names the chmod', async () => {
    const { privatePath } = await createKeyPairFiles(join(folder, 'product'), await generateKeyPair());
    for (const mode of [0o644, 0o640, 0o604, 0o660]) {
      chmodSync(privatePath, mode);
      const error = await failureOf(() => readPrivateKey(privatePath));
      expect(error).toMatchObject({
        code: 'exposed_file',
        details: { path: privatePath, mode: `0${mode.toString(8)}` },
      });
      expect(error.message).toContain(`chmod 600 ${privatePath}`);
    }
    chmodSync(privatePath, 0o400);
    expect((await readPrivateKey(privatePath)).alg).toBe('Ed25519');
  });

  it('exempts the demo keys, and no other, by their kid', async () => {
    for (const [name, pair] of [
      ['ed25519', demoEd25519],
      ['rsa', demoRsa],
    ] as const) {
      const path = join(folder, `${name}.pem`);
      copyFileSync(`keys/demo-${name}.private.pem`, path);
      chmodSync(path, 0o644);
      expect((await readPrivateKey(path)).kid).toBe(pair.kid);
      expect(isDemoKey(pair.kid)).toBe(true);
    }
    expect(isDemoKey((await generateKeyPair()).kid)).toBe(false);
  });

  it('reads standard input and the environment', async () => {
    const pem = demoEd25519.exportPem();
    expect((await readPrivateKey('-', { stdin: async () => pem })).kid).toBe(demoEd25519.kid);
    const env = { SIGNING_KEY: pem.replaceAll('\n', '\\n'), EMPTY: '' };
    expect((await readPrivateKey('env:SIGNING_KEY', { env })).kid).toBe(demoEd25519.kid);
    for (const source of ['env:EMPTY', 'env:ABSENT', '-']) {
      expect((await failureOf(() => readPrivateKey(source, { env }))).code).toBe('invalid_option');
    }
  });

  it.skipIf(!hasOpenssl)(
    `opens what "openssl pkcs8 -topk8 -scrypt" locks, with the right passphrase only${NEEDS_OPENSSL}`,
    async () => {
      const secret = 'correct horse battery';
      for (const pair of [demoEd25519, demoRsa]) {
        const path = join(folder, `${pair.alg}.pem`);
        const args = ['pkcs8', '-topk8', '-scrypt', '-passout', 'env:PASS', '-out', path];
        execFileSync('openssl', args, { input: pair.exportPem(), env: { ...process.env, PASS: secret } });
        chmodSync(path, 0o600);
        expect((await readPrivateKey(path, { passphrase: async () => secret })).exportPem()).toBe(
          pair.exportPem(),
        );
        for (const sources of [
          {},
          { passphrase: async () => 'wrong staple' },
          { passphrase: async () => '' },
        ]) {
          const error = await failureOf(() => readPrivateKey(path, sources));
          expect(error.code).toBe('locked_key');
          expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toMatch(
            /wrong staple|correct horse/,
          );
        }
      }
    },
  );

  it('does not ask for a passphrase that is not needed', async () => {
    const passphrase = () => Promise.reject(new Error('asked'));
    expect((await readPrivateKey('-', { stdin: async () => demoRsa.exportPem(), passphrase })).kid).toBe(
      demoRsa.kid,
    );
  });

  it('refuses what is no private key file', async () => {
    expect((await failureOf(() => readPrivateKey(join(folder, 'absent.pem')))).code).toBe('missing_file');
    expect((await failureOf(() => readPrivateKey(folder))).code).toBe('missing_file');
    const path = join(folder, 'long.pem');
    writeFileSync(path, 'x'.repeat(1_000_000), { mode: 0o600 });
    expect((await failureOf(() => readPrivateKey(path))).code).toBe('invalid_key');
    expect((await failureOf(() => readPrivateKey('keys/demo-rsa.public.pem'))).code).toBe('invalid_key');
    expect(existsSync(path)).toBe(true);
  });
});
