import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addPublicKey,
  generateKeyPair,
  isKeywrightError,
  type PrivateKey,
  signResponse,
  verifyResponse,
} from '../../../src/index.js';
import { type ExternalSignerOptions, externalSigner } from '../../../src/node.js';
import { demoEd25519, demoRsa, signers } from '../../core/sign/demo-keys.js';
import { newFolder } from '../../new-folder.js';
import { hasOpenssl, NEEDS_OPENSSL } from '../../openssl.js';

const folder = newFolder();

const message = new TextEncoder().encode('what is signed');
const signature = Buffer.from(await signers.Ed25519.sign(message));
writeFileSync(join(folder, 'signature'), signature);
const file = (name: string) => join(folder, name);

/** Messages are files here, so that what stays behind is seen. */
const messages = file('messages');
const before = process.env['TMPDIR'];
beforeEach(() => {
  mkdirSync(messages);
  process.env['TMPDIR'] = messages;
});
afterEach(() => {
  const left = readdirSync(messages);
  rmSync(messages, { recursive: true });
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  expect(left).toEqual([]);
});

/** A program of one line of JavaScript, with the signature at hand. */
function program(code: string): string {
  const path = file('program.cjs');
  writeFileSync(
    path,
    `const fs = require('node:fs'); const s = fs.readFileSync(${JSON.stringify(file('signature'))});\n${code}\n`,
  );
  return `"${process.execPath}" "${path}"`;
}

const sign = (command: string, options: ExternalSignerOptions = {}) =>
  externalSigner(command, demoEd25519.publicKey, options).sign(message);
const refusalOf = (command: string, options: ExternalSignerOptions = {}) =>
  sign(command, options).then(
    () => undefined,
    (error: unknown) => error,
  );

describe('takes a signature', () => {
  it.each([
    ['raw', 's'],
    ['base64', "s.toString('base64')"],
    ['base64 and a line end', "s.toString('base64') + '\\n'"],
    ['base64 and a line end of Windows', "s.toString('base64') + '\\r\\n'"],
    ['base64 in lines of 64, as of openssl', "s.toString('base64').replace(/.{64}/g, '$&\\n') + '\\n'"],
  ])('%s', async (_, output) => {
    expect(Buffer.from(await sign(program(`process.stdout.write(${output})`)))).toEqual(signature);
  });

  it('of a program that reads the message from standard input', async () => {
    const code = `if (fs.readFileSync(0, 'utf8') === 'what is signed') process.stdout.write(s)`;
    expect(Buffer.from(await sign(program(code)))).toEqual(signature);
  });

  it('of a program that reads the message from a file, which nobody else may read', async () => {
    const code = `const [, , plain, url] = process.argv;
      const { mode } = fs.statSync(plain);
      if (process.platform !== 'win32' && (mode & 0o777) !== 0o600) throw new Error('mode ' + mode.toString(8));
      if (url === 'fileb://' + plain && fs.readFileSync(plain, 'utf8') === 'what is signed') process.stdout.write(s);`;
    expect(Buffer.from(await sign(`${program(code)} {} fileb://{}`))).toEqual(signature);
  });

  it('and tells whose it is', () => {
    const { kid, alg, publicKey } = externalSigner('sign', demoEd25519.publicKey);
    expect({ kid, alg, publicKey }).toEqual({
      kid: demoEd25519.kid,
      alg: 'Ed25519',
      publicKey: demoEd25519.publicKey,
    });
  });

  it('with the environment that it is given', async () => {
    const code = `if (process.env.PIN === '1234' && process.env.HOME === undefined) process.stdout.write(s)`;
    const env = { PIN: '1234' };
    expect(Buffer.from(await sign(program(code), { env }))).toEqual(signature);
  });
});

describe('refuses', () => {
  it.each([
    ['nothing', ''],
    ['one byte less', 'process.stdout.write(s.subarray(1))'],
    ['base64 with a blank', "process.stdout.write(s.toString('base64') + ' ')"],
    ['hex', "process.stdout.write(s.toString('hex'))"],
    [
      'base64 of one byte more',
      "process.stdout.write(Buffer.concat([s, s.subarray(63)]).toString('base64'))",
    ],
    ['far too much', "process.stdout.write('x'.repeat(1e6))"],
  ])('%s', async (_, code) => {
    const error = await refusalOf(program(code));
    expect(isKeywrightError(error, 'failed_signer')).toBe(true);
    expect(String(error)).toMatch(/^KeywrightError: the signer wrote .*: have it write that alone$/);
  });

  it('a signature of another key, or of another message', async () => {
    for (const code of ['s[0] ^= 1; process.stdout.write(s)', 'process.stdout.write(Buffer.alloc(64))']) {
      const error = await refusalOf(program(code));
      expect(isKeywrightError(error, 'invalid_key')).toBe(true);
      expect(String(error)).toContain('does not verify with the public key: name the one of its private key');
    }
  });

  it('a program that fails, with one line of what it said and nothing that looks like a key', async () => {
    const pem = demoEd25519.exportPem().replaceAll('\n', '\\n');
    const code = `process.stderr.write('no\\u001b[31m slot\\n  for ${pem} and 7QX4M-9K2TD-0Z8YB-AAAAA ' + 'x '.repeat(9999)); process.exitCode = 7; process.stdout.write(s)`;
    const error = await refusalOf(program(code));
    expect(isKeywrightError(error, 'failed_signer') && error.message).toMatch(
      /^the signer exited with 7: look at it; it says: no\\u\{1b\}\[31m slot for … and … x x [x ]{100,}…$/,
    );
  });

  it('a program that is not there', async () => {
    const error = await refusalOf('/no/such/program {}');
    expect(isKeywrightError(error, 'failed_signer') && error.message).toBe(
      'the signer cannot be run (ENOENT): check /no/such/program',
    );
  });

  it('a program that is ended', async () => {
    const error = await refusalOf(program("process.kill(process.pid, 'SIGKILL')"));
    expect(isKeywrightError(error, 'failed_signer') && error.message).toContain('was ended by SIGKILL');
  });

  it('a program that takes too long, also where its children hold the pipe', async () => {
    const code = `require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 3000)'], { stdio: 'inherit' });
      setTimeout(() => {}, 3000)`;
    const error = await refusalOf(`${program(code)} {}`, { timeout: 500 });
    expect(isKeywrightError(error, 'failed_signer') && error.message).toBe(
      'the signer took longer than 0.5 s: look at it',
    );
  });

  it('to go on when it is told to stop', async () => {
    const reason = new Error('enough');
    const running = file('running');
    const code = `fs.writeFileSync(${JSON.stringify(running)}, ''); setTimeout(() => {}, 60_000)`;
    const abort = new AbortController();
    const outcome = refusalOf(`${program(code)} {}`, { signal: abort.signal });
    while (!existsSync(running)) await new Promise((resolve) => setTimeout(resolve, 10));
    abort.abort(reason);
    expect(await outcome).toBe(reason);
    expect(await refusalOf(program(code), { signal: abort.signal })).toBe(reason);
  });

  it('a folder for messages that cannot be written', async () => {
    chmodSync(messages, 0o500);
    process.env['TMPDIR'] = join(messages, 'none');
    const error = await refusalOf(`${program('process.stdout.write(s)')} {}`);
    expect(isKeywrightError(error, 'unwritable_file')).toBe(true);
  });

  it('a command that has no words, at once', () => {
    expect(() => externalSigner(' ', demoEd25519.publicKey)).toThrow('is empty');
  });
});

describe.skipIf(!hasOpenssl)(`openssl${NEEDS_OPENSSL}`, () => {
  const key = (pair: PrivateKey) => {
    writeFileSync(file('k.pem'), pair.exportPem(), { mode: 0o600 });
    return file('k.pem');
  };

  it('signs Ed25519', async () => {
    const pair = await generateKeyPair();
    const command = `openssl pkeyutl -sign -rawin -inkey ${key(pair)} -in {}`;
    const envelope = await signResponse({ code: 200, timestamp: 1 }, externalSigner(command, pair.publicKey));
    const verdict = await verifyResponse(envelope, addPublicKey(undefined, pair.publicKey));
    expect(verdict).toMatchObject({ ok: true, payload: { code: 200 } });
  });

  it('signs RS256', async () => {
    const command = `openssl dgst -sha256 -sign ${key(demoRsa)}`;
    const envelope = await signResponse(
      { code: 200, timestamp: 1 },
      externalSigner(command, demoRsa.publicKey),
    );
    expect(await verifyResponse(envelope, addPublicKey(undefined, demoRsa.publicKey))).toMatchObject({
      ok: true,
    });
  });

  it('is told to be wrong where it holds another key', async () => {
    const pair = await generateKeyPair();
    const error = await refusalOf(`openssl pkeyutl -sign -rawin -inkey ${key(pair)} -in {}`);
    expect(isKeywrightError(error, 'invalid_key')).toBe(true);
    const missing = await refusalOf(`openssl pkeyutl -sign -rawin -inkey ${file('none.pem')} -in {}`);
    expect(isKeywrightError(missing, 'failed_signer') && missing.message).toContain('it says: ');
    expect(readFileSync(file('k.pem'), 'utf8')).toBe(pair.exportPem());
  });
});
