import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from '../../new-folder.js';
import { readPage, sectionsOf } from '../../samples/pages.js';

const COMMAND = resolve('bin/keywright.js');
const PROGRAM = resolve('test/system/seal/open-seal.go');
const HSM = '/usr/lib/softhsm/libsofthsm2.so';
const ORIGIN = 'acme.example/keywright/seal/v1/7';
const folder = newFolder();
const at = (name: string) => join(folder, name);

/** Debian's packages of Go, without the network. */
const GO = {
  GO111MODULE: 'off',
  GOFLAGS: '',
  GOPATH: '/usr/share/gocode',
  GOCACHE: at('cache'),
  GOPROXY: 'off',
};

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** What a command of ours prints. */
function keywright(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr } = run(process.execPath, [COMMAND, ...args], env);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const skipped = (isThere: boolean, what: string) => (isThere ? '' : ` (SKIPPED: no ${what} on this machine)`);
const hasGo = has('go') && existsSync('/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog');
const hasSignify = has('signify-openbsd');
const hasHsm = existsSync(HSM) && has('pkcs11-tool') && has('softhsm2-util');
const hasOpenssl = has('openssl');

const SEALING = ['-f', 'lukittu', '--set', 'product=app', '--set', 'valid_until=null'];
let keys: readonly string[] = [];

/** The key at `index`, as it is compared. */
const compared = (index: number) => (keys[index] ?? '').replaceAll('-', '');

beforeAll(() => {
  keywright(['keypair', 'create', 'app']);
  keywright(['generate', '-f', 'lukittu', '-n', '5000', '-o', 'keys.txt', '--quiet', '--no-manifest']);
  keys = readFileSync(at('keys.txt'), 'utf8').trimEnd().split('\n');
  const signing = ['--private-key', 'app.private.pem', '-o', 's.seal', '--quiet'];
  keywright(['seal', 'create', 'keys.txt', '--origin', ORIGIN, ...SEALING, ...signing]);
  keywright(['seal', 'prove', 'keys.txt', '--seal', 's.seal', '-o', 'proofs.jsonl', '--quiet']);
  const lines = readFileSync(at('proofs.jsonl'), 'utf8').split('\n');
  for (const index of INDEXES) writeFileSync(at(`${index}.proof`), JSON.parse(lines[index] ?? '').proof);
});

/** In the first block of the tree, at its end, in the second one, the last of all. */
const INDEXES = [0, 4095, 4096, 4999];

describe.skipIf(!hasGo)(`Go, as its checksum database does${skipped(hasGo, 'Go with x/mod')}`, () => {
  it('opens the seal by its vkey, and finds keys in it, and no others', () => {
    const { keys: shown } = JSON.parse(
      keywright(['seal', 'show', 's.seal', '--public-key', 'app.public.pem', '--json']),
    );
    const built = run('go', ['build', '-o', 'open-seal', PROGRAM], GO);
    expect(built).toEqual({ status: 0, stdout: '', stderr: '' });
    const open = (index: number, key: string, vkey: string = shown[0].vkey) =>
      run('./open-seal', [vkey, `${index}.proof`, key]);
    for (const index of INDEXES) {
      expect(open(index, compared(index)).stdout).toBe(`${ORIGIN} ${index}\n`);
      expect(open(index, compared(index + 1)).stderr).toBe('invalid transparency proof\n');
    }
    const other = `${shown[0].vkey.slice(0, -4)}AAAA`;
    expect(open(0, compared(0), other).status).toBe(1);
  });
});

describe.skipIf(!hasSignify)(`signify${skipped(hasSignify, 'signify-openbsd')}`, () => {
  it('verifies the signature over the text of the seal', () => {
    const [text = '', line = ''] = readFileSync(at('s.seal'), 'utf8').split('\n\n');
    const signature = Buffer.from(line.trimEnd().split(' ')[2] ?? '', 'base64').subarray(4);
    const pem = readFileSync(at('app.public.pem'), 'utf8').split('\n')[1] ?? '';
    const name = Buffer.from('Ed12345678');
    const file = (bytes: Uint8Array) =>
      `untrusted comment: a seal\n${Buffer.concat([name, bytes]).toString('base64')}\n`;
    writeFileSync(at('app.pub'), file(Buffer.from(pem, 'base64').subarray(-32)));
    writeFileSync(at('text.sig'), file(signature));
    const verify = () =>
      run('signify-openbsd', ['-V', '-p', 'app.pub', '-x', 'text.sig', '-m', 'text']).status;
    writeFileSync(at('text'), `${text}\n`);
    expect(verify()).toBe(0);
    writeFileSync(at('text'), `${text}\n\n`);
    expect(verify()).not.toBe(0);
  });
});

describe.skipIf(!hasOpenssl)(`the script of docs/seal.md${skipped(hasOpenssl, 'openssl')}`, () => {
  it('has at most twenty lines, finds keys, and no others, nor a seal that was changed', () => {
    const blocks = sectionsOf(readPage('docs/seal.md')).flatMap((section) => section.blocks);
    const script = blocks
      .map((block) => /<<'EOF'\n([\s\S]*?)EOF\n/.exec(block.text)?.[1])
      .find((each) => each);
    expect(script?.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
    writeFileSync(at('check.sh'), script ?? '');
    const check = (key: string, proof: string) => run('sh', ['check.sh', key, proof, 'app.public.pem']);
    for (const index of INDEXES) {
      expect(check(compared(index), `${index}.proof`)).toEqual({
        status: 0,
        stdout: `${ORIGIN}\n`,
        stderr: '',
      });
      expect(check(compared(index + 1), `${index}.proof`).status).not.toBe(0);
    }
    const changed = (from: string | RegExp, to: string) => {
      writeFileSync(at('changed'), readFileSync(at('0.proof'), 'utf8').replace(from, to));
      return check(compared(0), 'changed');
    };
    expect(changed('\n5000\n', '\n5001\n').status).not.toBe(0);
    // Whoever types a key, or hands in a proof, makes the shell do nothing else, and one key no second one.
    for (const index of ['8192', '00', '-0', '', '0 ', 'x[$(touch ran)]', '9'.repeat(30)])
      expect(changed(/(?<=^index ).*/m, index), index).toMatchObject({ stdout: '' });
    const key = compared(0);
    const typed = [
      `${key}&`,
      `&${key}`,
      `${key}/;s/x/y`,
      `${key}/;1e touch ran #`,
      `${key}\n`,
      `$(touch ran)${key}`,
    ];
    for (const each of [...typed, '', key.toLowerCase(), `-n ${key}`, `${key}\\c`])
      expect(check(each, '0.proof'), each).toMatchObject({ stdout: '' });
    expect(existsSync(at('ran'))).toBe(false);
  });
});

describe.skipIf(!hasHsm)(`SoftHSM, by pkcs11-tool${skipped(hasHsm, 'softhsm2 and opensc')}`, () => {
  it('signs a seal by a key that never leaves it', () => {
    mkdirSync(at('tokens'));
    writeFileSync(
      at('softhsm2.conf'),
      `directories.tokendir = ${at('tokens')}\nobjectstore.backend = file\n`,
    );
    const env = { SOFTHSM2_CONF: at('softhsm2.conf'), PIN: '1234' };
    const token = ['--init-token', '--free', '--label', 'seal', '--so-pin', '0000', '--pin', '1234'];
    expect(run('softhsm2-util', token, env).status).toBe(0);
    const tool = ['--module', HSM, '--login', '--pin', 'env:PIN'];
    const pair = ['--keypairgen', '--key-type', 'EC:edwards25519', '--label', 'seal', '--id', '01'];
    expect(run('pkcs11-tool', [...tool, ...pair], env).status).toBe(0);
    const object = ['--read-object', '--type', 'pubkey', '--label', 'seal', '-o', 'hsm.pem'];
    expect(run('pkcs11-tool', [...tool, ...object], env).status).toBe(0);
    const signer = `pkcs11-tool ${tool.join(' ')} --sign --mechanism EDDSA --label seal -i {}`;
    const sealing = ['--signer', signer, '--public-key', 'hsm.pem', '-o', 'hsm.seal', '--quiet'];
    keywright(['seal', 'create', 'keys.txt', '--origin', `${ORIGIN}-hsm`, ...SEALING, ...sealing], env);
    const audit = ['seal', 'audit', 'keys.txt', '--seal', 'hsm.seal', '--public-key', 'hsm.pem'];
    expect(keywright(audit)).toMatch(/^the same rows\n/);
  });
});
