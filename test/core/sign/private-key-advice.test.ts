import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parsePrivateKey } from '../../../src/core/sign/private-key.js';
import { readPrivateKey } from '../../../src/node.js';
import { failureOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { hasOpenssl, NEEDS_OPENSSL } from '../../openssl.js';
import { demoEd25519, demoRsa } from './demo-keys.js';

const hasSsh = spawnSync('ssh-keygen', ['-?']).error === undefined;
const NEEDS_SSH = hasSsh ? '' : ' (SKIPPED: no ssh-keygen on this machine)';

let folder = '';
beforeEach(() => {
  folder = newFolder();
});

const path = (name: string) => join(folder, name);
const run = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });

function keep(text: string): void {
  writeFileSync(path('OLD.pem'), text, { mode: 0o600 });
}

/** The command that the refusal of OLD.pem gives, as it stands there. */
async function adviceFor(): Promise<string> {
  const text = readFileSync(path('OLD.pem'), 'utf8');
  const error = await failureOf(() => parsePrivateKey(text));
  expect(error.code).toBe('invalid_key');
  for (const line of text.split('\n'))
    if (line.length > 30) expect(error.message).not.toContain(line.slice(0, 20));
  const [, command = ''] = /"((?:[^"\\]|\\.)+)"/.exec(error.message) ?? [];
  return command;
}

/** Runs the advice in a session without a terminal, where what asks for a passphrase reads `answers`. */
async function obey(command: string, answers = ''): Promise<void> {
  const told = command.replace(/^keywright /, `"${process.execPath}" "${resolve('bin/keywright.js')}" `);
  const child = spawn('sh', ['-c', told], {
    cwd: folder,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.on('error', () => undefined); // most commands ask nothing
  child.stdin.end(answers);
  const [code] = await once(child, 'close');
  expect(code, command).toBe(0);
}

const pkcs1 = createPrivateKey(demoRsa.exportPem()).export({ type: 'pkcs1', format: 'pem' }).toString();

describe('the advice for a private key in another form works as it stands', () => {
  it.skipIf(!hasOpenssl)(`PKCS#1${NEEDS_OPENSSL}`, async () => {
    keep(pkcs1);
    await obey(await adviceFor());
    expect((await readPrivateKey(path('NEW.pem'))).kid).toBe(demoRsa.kid);
  });

  it.skipIf(!hasOpenssl)(`Proc-Type: 4,ENCRYPTED${NEEDS_OPENSSL}`, async () => {
    const locked = createPrivateKey(demoRsa.exportPem())
      .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'old one' })
      .toString();
    expect(locked).toContain('Proc-Type: 4,ENCRYPTED');
    keep(locked);
    await obey(await adviceFor(), 'old one\nnew one\nnew one\n');
    expect((await failureOf(() => readPrivateKey(path('NEW.pem')))).code).toBe('locked_key');
    const key = await readPrivateKey(path('NEW.pem'), { passphrase: async () => 'new one' });
    expect(key.kid).toBe(demoRsa.kid);
  });

  it.skipIf(!hasOpenssl)(`PKCS#1 on one line, its line ends written out${NEEDS_OPENSSL}`, async () => {
    const written = pkcs1.replaceAll('\n', '\\n');
    for (const text of [written, `"${written}"\n`]) {
      keep(text);
      await obey(await adviceFor());
      renameSync(path('NEW.pem'), path('OLD.pem'));
      await obey(await adviceFor());
      expect((await readPrivateKey(path('NEW.pem'))).kid).toBe(demoRsa.kid);
    }
  });

  it.each([
    ['without its line ends', pkcs1.replaceAll('\n', ' ')],
    ['behind blanks', pkcs1.replaceAll(/^/gm, '  ')],
  ])('PKCS#1 %s, which openssl does not read: no command', async (_, text) => {
    const { message } = await failureOf(() => parsePrivateKey(text));
    expect(message).toMatch(/has lost its line ends.*: copy it again/);
  });

  it.skipIf(!hasSsh)(`OpenSSH, RSA, in a file that others may read${NEEDS_SSH}`, async () => {
    run('ssh-keygen', '-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', path('OLD.pem'));
    chmodSync(path('OLD.pem'), 0o644);
    await obey(await adviceFor());
    expect((await readPrivateKey(path('NEW.pem'))).alg).toBe('RS256');
  });

  it('the base64 of a PEM', async () => {
    for (const text of [demoEd25519.exportPem(), `\n${demoEd25519.exportPem()}`.trim()]) {
      keep(Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n'));
      await obey(await adviceFor());
      expect((await readPrivateKey(path('NEW.pem'))).kid).toBe(demoEd25519.kid);
    }
  });

  it.skipIf(!hasSsh)(`OpenSSH, RSA${NEEDS_SSH}`, async () => {
    run('ssh-keygen', '-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', path('OLD.pem'));
    await obey(await adviceFor());
    expect((await readPrivateKey(path('NEW.pem'))).alg).toBe('RS256');
    expect(readFileSync(path('OLD.pem'), 'utf8')).toContain('OPENSSH');
  });

  it.skipIf(!hasSsh)(`OpenSSH, Ed25519: a pair of its own${NEEDS_SSH}`, async () => {
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path('OLD.pem'));
    await obey(await adviceFor());
    expect((await readPrivateKey(path('product.private.pem'))).alg).toBe('Ed25519');
  });

  it.each(['pkcs8', 'sec1'] as const)('EC in %s: a pair of its own', async (type) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    keep(privateKey.export({ type, format: 'pem' }).toString());
    await obey(await adviceFor());
    expect((await readPrivateKey(path('product.private.pem'))).alg).toBe('Ed25519');
  });

  it.skipIf(!hasOpenssl)(`EC as openssl writes it, behind its parameters${NEEDS_OPENSSL}`, async () => {
    run('openssl', 'ecparam', '-name', 'prime256v1', '-genkey', '-out', path('OLD.pem'));
    chmodSync(path('OLD.pem'), 0o600);
    await obey(await adviceFor());
    expect((await readPrivateKey(path('product.private.pem'))).alg).toBe('Ed25519');
  });
});

it.each([
  [
    'a certificate',
    '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----',
    /holds a public key only/,
  ],
  [
    'DSA',
    '-----BEGIN DSA PRIVATE KEY-----\nMAA=\n-----END DSA PRIVATE KEY-----',
    /DSA PRIVATE KEY: make a pair of its own/,
  ],
])('%s is named', async (_, text, message) => {
  expect((await failureOf(() => parsePrivateKey(text))).message).toMatch(message);
});

it.skipIf(!hasOpenssl)(`DER, by itself and in base64${NEEDS_OPENSSL}`, async () => {
  for (const pair of [demoEd25519, demoRsa]) {
    keep(Buffer.from(pair.exportPkcs8()).toString('base64'));
    await obey(await adviceFor());
    expect((await readPrivateKey(path('NEW.pem'))).kid).toBe(pair.kid);
    writeFileSync(path('OLD.pem'), pair.exportPkcs8(), { mode: 0o600 });
    const { message } = await failureOf(() => readPrivateKey(path('OLD.pem')));
    await obey(/"(.+?)"/.exec(message)?.[1] ?? '');
    expect((await readPrivateKey(path('NEW.pem'))).kid).toBe(pair.kid);
  }
});

it.skipIf(!hasOpenssl)(`encrypted DER, by itself and in base64${NEEDS_OPENSSL}`, async () => {
  const der = createPrivateKey(demoRsa.exportPem()).export({
    type: 'pkcs8',
    format: 'der',
    cipher: 'aes-256-cbc',
    passphrase: 'old one',
  });
  keep(der.toString('base64'));
  await obey(await adviceFor());
  renameSync(path('NEW.pem'), path('OLD.pem'));
  expect(readFileSync(path('OLD.pem'))).toEqual(der);
  const { message } = await failureOf(() => readPrivateKey(path('OLD.pem')));
  await obey(/"(.+?)"/.exec(message)?.[1] ?? '', 'old one\nnew one\nnew one\n');
  const key = await readPrivateKey(path('NEW.pem'), { passphrase: async () => 'new one' });
  expect(key.kid).toBe(demoRsa.kid);
});

it.each(['pkcs8', 'sec1'] as const)('EC in DER, as %s, is told for what it is', async (type) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = privateKey.export({ type, format: 'der' });
  writeFileSync(path('OLD.pem'), der, { mode: 0o600 });
  const { message } = await failureOf(() => readPrivateKey(path('OLD.pem')));
  keep(der.toString('base64'));
  expect(message).toMatch(/is an EC key/);
  expect((await failureOf(() => readPrivateKey(path('OLD.pem')))).message).toBe(message);
});

it.skipIf(!hasOpenssl)(`PKCS#12${NEEDS_OPENSSL}`, async () => {
  const pair = ['-keyout', 'key.pem', '-out', 'cert.pem'];
  run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=a', ...pair);
  const from = ['-inkey', 'key.pem', '-in', 'cert.pem'];
  run('openssl', 'pkcs12', '-export', ...from, '-passout', 'pass:secret', '-out', 'OLD.pem');
  chmodSync(path('OLD.pem'), 0o600);
  const { message } = await failureOf(() => readPrivateKey(path('OLD.pem')));
  await obey(/"(.+?)"/.exec(message)?.[1] ?? '', 'secret\n');
  chmodSync(path('key.pem'), 0o600);
  const { kid } = await readPrivateKey(path('key.pem'));
  expect((await readPrivateKey(path('NEW.pem'))).kid).toBe(kid);
});

describe('what is wrong with a private key', () => {
  it.each([
    [
      'RSA of 1024 bits',
      () =>
        generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
          type: 'pkcs8',
          format: 'pem',
        }),
    ],
    ['X25519', () => generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' })],
    [
      'a JWK of EC',
      () =>
        JSON.stringify(
          generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
        ),
    ],
    ['a JWK with a poor half', () => '{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}'],
    ['half a PEM', () => demoRsa.exportPem().slice(0, 400)],
    ['nothing', () => ''],
    ['UTF-16', () => Buffer.from(`\ufeff${demoEd25519.exportPem()}`, 'utf16le')],
    [
      'the DER of a public key',
      () => generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }),
    ],
    [
      'the DER of a public RSA key by itself',
      () =>
        generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
          type: 'pkcs1',
          format: 'der',
        }),
    ],
  ] satisfies [string, () => string | Buffer][])('is said of the private key: %s', async (_, make) => {
    writeFileSync(path('OLD.pem'), make(), { mode: 0o600 });
    const error = await failureOf(() => readPrivateKey(path('OLD.pem')));
    expect(error.code).toBe('invalid_key');
    expect(error.message).toMatch(/^the private key .+: .+/);
  });
});
