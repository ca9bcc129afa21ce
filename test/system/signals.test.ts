import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runArguments } from '../cli/run-here.js';
import { newFolder } from '../new-folder.js';

const CLAIMS = ['--set', 'product=x', '--set', 'valid_until=null'];
const SEALED = ['--origin', 'a.example/keywright/seal/v1/1', ...CLAIMS, '--seal-secret-file', 'secret.hex'];
const LIST = ['--name', 'a.example/app', '--product', 'app'];
const COMMAND = join(process.cwd(), 'bin/keywright.js');
const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof CODES;

/** How soon a command ends. */
const SOON = 2000;
/** When a command that has work for minutes is surely at it. */
const AT_IT = 1200;

let folder = '';
let port = 0;
const sockets: Socket[] = [];
// It accepts, and says nothing.
const server: Server = createServer((socket) => sockets.push(socket.on('error', () => {})));

beforeAll(async () => {
  folder = newFolder();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  execFileSync('mkfifo', ['pipe'], { cwd: folder });
  fs.chmodSync(join(folder, 'pipe'), 0o600);
  const keys = Array.from({ length: 600_000 }, (_, index) => `KEYS-${index.toString(36).padStart(12, '0')}`);
  fs.writeFileSync(join(folder, 'keys.txt'), `${keys.join('\n')}\n`.repeat(4));
  fs.writeFileSync(join(folder, 'once.txt'), `${keys.slice(0, 200_000).join('\n')}\n`);
  fs.writeFileSync(join(folder, 'few.txt'), `${keys[0]}\n`);
  fs.writeFileSync(join(folder, 'secret.hex'), `${'5a'.repeat(32)}\n`, { mode: 0o600 });
  const create = { product_id: 1, activation_limit: 0, validity: 0, status: 'available' };
  fs.writeFileSync(join(folder, 'request.json'), JSON.stringify({ license_keys: keys, ...create }));
  fs.writeFileSync(join(folder, 'payload.json'), '{"a":1}');
  fs.writeFileSync(join(folder, 'payloads.jsonl'), '{"a":1,"timestamp":1}\n'.repeat(400_000));
  const at = (name: string) => join(folder, name);
  await runArguments(['keypair', 'create', at('p')]);
  await runArguments(['keypair', 'create', at('rsa'), '--alg', 'RS256']);
  for (const name of ['a', 'b', 'c', 'd']) {
    await runArguments(['keypair', 'create', at(name)]);
    await runArguments(['keyring', 'add', at('four.json'), '--public-key', at(`${name}.public.pem`)]);
  }
  const payload = Buffer.from(JSON.stringify({ timestamp: 1, text: 'x'.repeat(780_000) })).toString('base64');
  const forged = {
    response: {},
    response_base64: payload,
    signature: Buffer.alloc(64, 1).toString('base64'),
  };
  fs.writeFileSync(join(folder, 'forged.json'), JSON.stringify(forged));
  await runArguments(['ledger', 'init', at('l.db')]);
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly after: number;
  readonly stderr: string;
}

/** Starts a command, whose output nobody reads, and signals it. Undefined when it was over before. */
async function interrupted(
  argv: readonly string[],
  signal: Signal,
  stdout: 'pipe' | 'ignore',
  atIt: () => Promise<unknown>,
): Promise<End | undefined> {
  const child: ChildProcess = spawn(process.execPath, [COMMAND, ...argv], {
    cwd: folder,
    stdio: ['pipe', stdout, 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (text) => {
    stderr += String(text);
  });
  const end = once(child, 'exit');
  await atIt();
  if (child.exitCode !== null) return undefined;
  const sent = performance.now();
  child.kill(signal);
  const stuck = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const [code, by] = await end;
  clearTimeout(stuck);
  return { code, signal: by, after: performance.now() - sent, stderr };
}

const journals = (name: string) => !/^l\.db-journal$/.test(name);
const names = () => fs.readdirSync(folder).filter(journals).toSorted();

const sleep = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

/** A machine that does much else may be late once. */
async function expectSoon(
  argv: readonly string[],
  signal: Signal,
  stdout: 'pipe' | 'ignore' = 'ignore',
  atIt: () => Promise<unknown> = () => sleep(AT_IT),
) {
  const before = names();
  for (let left = 2; ; left--) {
    const end = await interrupted(argv, signal, stdout, atIt);
    expect(end, 'it was over before: give it more to do').toBeDefined();
    // Where a thread waits in the system, the signal itself has ended the process: shells tell the same code.
    const ending = end?.code ?? (end?.signal === signal ? CODES[signal] : end?.signal);
    expect([ending, end?.stderr]).toEqual([CODES[signal], expect.not.stringContaining('bug')]);
    expect(names()).toEqual(before);
    if (left > 0 && (end?.after ?? 0) >= SOON) continue;
    expect(end?.after).toBeLessThan(SOON);
    return;
  }
}

describe('a pipe without a writer', () => {
  it.each<[Signal, readonly string[]]>([
    ['SIGTERM', ['dedupe', 'pipe', '-o', 'out']],
    ['SIGINT', ['audit', 'few.txt', '--against', 'pipe', '--report', 'out']],
    ['SIGHUP', ['generate', '-n', '5', '--against', 'pipe', '-o', 'out']],
    ['SIGTERM', ['generate', '-n', '5', '--reject-file', 'pipe', '-o', 'out']],
    ['SIGINT', ['prepare', 'pipe', '--for', 'wc-key-manager', '--set', 'product_id=1', '-o', 'out']],
    ['SIGHUP', ['bulk-create', '--request', 'pipe', '--private-key', 'p.private.pem', '-o', 'out']],
    ['SIGTERM', ['sign', 'pipe', '--private-key', 'p.private.pem', '-o', 'out']],
    ['SIGINT', ['sign', 'request.json', '--private-key', 'pipe', '-o', 'out']],
    ['SIGHUP', ['verify', 'pipe', '--public-key', 'p.public.pem']],
    ['SIGTERM', ['verify', 'few.txt', '--keyring', 'pipe']],
    ['SIGINT', ['verify', 'few.txt', '--public-key', 'pipe']],
    ['SIGHUP', ['keyring', 'show', 'pipe']],
    ['SIGTERM', ['keyring', 'add', 'ring.json', '--public-key', 'pipe']],
    ['SIGINT', ['keypair', 'show', 'pipe']],
    ['SIGHUP', ['revocations', 'create', 'out', 'pipe', ...LIST, '--private-key', 'p.private.pem']],
    ['SIGTERM', ['revocations', 'add', 'pipe', 'few.txt', '--private-key', 'p.private.pem']],
    ['SIGINT', ['revocations', 'verify', 'pipe', ...LIST, '--public-key', 'p.public.pem']],
    ['SIGHUP', ['keyring', 'apply', 'pipe', 'few.txt', '--state', 'state.json']],
    ['SIGTERM', ['seal', 'create', 'pipe', ...SEALED, '--private-key', 'p.private.pem', '-o', 'out']],
    ['SIGINT', ['seal', 'show', 'pipe']],
    ['SIGHUP', ['ledger', 'import', 'l.db', 'pipe']],
    ['SIGTERM', ['ledger', 'status', 'l.db', '--secret-file', 'pipe']],
    ['SIGINT', ['ledger', 'verify', 'l.db', 'pipe']],
    ['SIGHUP', ['check', '-', '-f', 'XXXX-XXXX']],
  ])('%s ends %j', (signal, argv) => expectSoon(argv, signal));
});

describe('a command that computes', () => {
  it.each<[Signal, readonly string[]]>([
    ['SIGTERM', ['generate', '-n', '900000000', '--jobs', '1']],
    ['SIGINT', ['generate', '-n', '900000000', '--jobs', '2']],
    ['SIGHUP', ['generate', '-n', '900000000', '-o', 'out', '--split', '1000000']],
    ['SIGTERM', ['generate', '-n', '90000000', '-o', 'out', '--ledger', 'l.db']],
    ['SIGINT', ['dedupe', 'keys.txt', 'keys.txt', '-o', 'out', '--memory', '1M', '--report', 'report']],
    ['SIGINT', ['verify', 'forged.json', '--keyring', 'four.json']],
    ['SIGTERM', ['verify', 'forged.json', '--license', '--product', 'x', '--keyring', 'four.json']],
    ['SIGHUP', ['audit', 'keys.txt', 'keys.txt', 'keys.txt', '--report', 'out']],
    ['SIGTERM', ['prepare', 'keys.txt', '--for', 'wc-key-manager', '--set', 'product_id=1', '-o', 'out']],
    [
      'SIGINT',
      [
        'license',
        'keys.txt',
        '--product',
        'x',
        '--perpetual',
        '--private-key',
        'p.private.pem',
        '--out-dir',
        'out',
      ],
    ],
    [
      'SIGINT',
      ['seal', 'create', 'keys.txt', ...SEALED, '--unsigned', '-o', 'out', '--leaves', 'leaves', '--quiet'],
    ],
    ['SIGINT', ['sign', 'payloads.jsonl', '--jsonl', '--private-key', 'rsa.private.pem', '-o', 'out']],
    [
      'SIGHUP',
      [
        'bulk-create',
        '--request',
        'request.json',
        '--private-key',
        'p.private.pem',
        '-o',
        'out',
        '--ledger',
        'l.db',
      ],
    ],
  ])('%s ends %j', (signal, argv) => expectSoon(argv, signal));
});

it('SIGINT ends seal prove while it writes, and no half file is left', async () => {
  const create = ['seal', 'create', 'once.txt', ...SEALED, '--private-key', 'p.private.pem', '-o', 'seal'];
  execFileSync(process.execPath, [COMMAND, ...create, '--quiet'], { cwd: folder });
  const prove = ['seal', 'prove', 'once.txt', '--seal', 'seal', '--seal-secret-file', 'secret.hex'];
  const isWriting = () => fs.readdirSync(folder).some((name) => name.startsWith('.proofs.jsonl.'));
  const writes = () => expect.poll(isWriting, { interval: 20 }).toBe(true);
  await expectSoon([...prove, '-o', 'proofs.jsonl'], 'SIGINT', 'ignore', writes);
});

describe('what others keep waiting', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends a program that signs', async (signal) => {
    const program = `"${process.execPath}" -e "setInterval(() => 0, 1000)" {}`;
    const messages = () =>
      fs
        .readdirSync(tmpdir())
        .filter((name) => name.startsWith('keywright-message-'))
        .toSorted();
    const before = messages();
    await expectSoon(
      ['sign', 'payload.json', '--signer', program, '--public-key', 'p.public.pem', '-o', 'out'],
      signal,
    );
    expect(messages()).toEqual(before);
  });

  it('a program that signs, and ignores what it is told, ends with the command', async () => {
    const deaf = "process.on('SIGTERM', () => 0); require('fs').writeFileSync('pid', String(process.pid));";
    fs.writeFileSync(join(folder, 'pid'), '');
    fs.writeFileSync(join(folder, 'deaf.cjs'), `${deaf} setInterval(() => 0, 1000)`);
    const program = `"${process.execPath}" deaf.cjs`;
    await expectSoon(
      ['sign', 'payload.json', '--signer', program, '--public-key', 'p.public.pem', '-o', 'out'],
      'SIGTERM',
    );
    const pid = Number(fs.readFileSync(join(folder, 'pid'), 'utf8'));
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it.each<[Signal, string]>([
    ['SIGTERM', 'status'],
    ['SIGINT', 'verify'],
    ['SIGHUP', 'init'],
  ])('%s ends ledger %s at a server that says nothing', (signal, name) =>
    expectSoon(['ledger', name, `postgres://u@127.0.0.1:${port}/d?sslmode=disable`], signal),
  );

  it('SIGTERM ends generate, which has its plan and waits for such a server', () =>
    expectSoon(
      ['generate', '-n', '5', '-o', 'out', '--ledger', `postgres://u@127.0.0.1:${port}/d?sslmode=disable`],
      'SIGTERM',
    ));

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends what nobody reads', (signal) =>
    expectSoon(['generate', '-n', '900000000'], signal, 'pipe'),
  );

  it('SIGINT ends the wait for the lock of a keyring, and leaves the lock', async () => {
    await runArguments([
      'keyring',
      'add',
      join(folder, 'ring.json'),
      '--public-key',
      join(folder, 'p.public.pem'),
    ]);
    const lock = join(folder, '.ring.json.lock');
    fs.writeFileSync(lock, '');
    await expectSoon(['keyring', 'add', 'ring.json', '--public-key', 'rsa.public.pem'], 'SIGINT');
    fs.rmSync(lock);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
