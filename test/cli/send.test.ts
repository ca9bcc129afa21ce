import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { newFolder } from '../new-folder.js';
import { listeningServer } from '../node/send/listening.js';
import { CALM, prepareArguments, SECRETS } from '../node/send/rehearsal.js';
import { runArguments } from './run-here.js';

let folder = '';
let url = '';
let keys: () => Promise<readonly string[]> = async () => [];
const at = (name: string) => join(folder, name);
const files = () => readdirSync(folder).sort();

beforeEach(async () => {
  folder = newFolder();
  ({ url, keys } = await listeningServer('cryptlex', CALM));
  await runArguments(['generate', '-f', 'cryptlex', '-n', '12', '-o', at('keys.txt'), '--quiet']);
  const product = 'productId=b1d5c0a2-3f4e-4a6b-8c7d-9e0f1a2b3c4d';
  const prepare = ['prepare', at('keys.txt'), '--for', 'cryptlex', '--set', product, '--base-url', url];
  await runArguments([...prepare, '-o', at('r.jsonl'), '--quiet']);
});

const send = (...argv: readonly string[]) => runArguments(['send', at('r.jsonl'), ...argv], SECRETS);
const FAST = ['--rate', '1000'];
const BEFORE = ['keys.txt', 'keys.txt.manifest.json', 'r.jsonl', 'r.jsonl.manifest.json'];

describe('keywright send', () => {
  it('sends so many, then the rest, then nothing, and writes what came of each', async () => {
    const first = await send(...FAST, '--limit', '5');
    expect(first).toMatchObject({ status: 0, stderr: `keywright: to ${url} with CRYPTLEX_TOKEN\n` });
    expect(first.stdout).toBe(
      [
        `to        ${url}`,
        'done      5 of 12 requests',
        'this run  5 created, 0 found, 5 HTTP requests',
        'to do     7 requests',
        `journal   ${at('r.jsonl.journal')}`,
        '',
      ].join('\n'),
    );
    const rest = await send(...FAST, '--results', at('results.csv'), '--with-keys', '--quiet');
    expect(rest).toEqual({ status: 0, stdout: '', stderr: '' });
    const generated = readFileSync(at('keys.txt'), 'utf8').trim().split('\n');
    expect(await keys()).toEqual(generated.toSorted());
    const rows = readFileSync(at('results.csv'), 'utf8').trim().split('\n').slice(1);
    expect(rows.map((row) => row.split(',').at(-1))).toEqual(generated);
    const again = await send('--json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      schema: 'keywright/send/v1',
      done: 12,
      calls: 0,
      stopped: null,
    });
    expect(files()).toEqual([...BEFORE, 'r.jsonl.journal', 'results.csv'].sort());
  });

  it('shows what it would send, without secrets and whole keys, and sends nothing', async () => {
    const { status, stdout } = await send('--dry-run', '--limit', '2');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^# line 1\nPOST http:\/\/127.*\/v3\/licenses\nAuthorization: Bearer \*\*\*$/m);
    expect(stdout).toMatch(/^\{"productId":"[0-9a-f-]+","key":"[0-9A-F]{6}…"\}$/m);
    expect(stdout).toContain('12 requests, 10 of them not shown\n');
    for (const key of readFileSync(at('keys.txt'), 'utf8').trim().split('\n'))
      expect(stdout).not.toContain(key);
    const bare = await runArguments(['send', at('r.jsonl'), '--dry-run', '--with-keys', '--json']);
    expect(JSON.parse(bare.stdout)).toMatchObject({
      schema: 'keywright/send-preview/v1',
      secrets: [{ name: 'CRYPTLEX_TOKEN', present: false }],
      shown: { length: 5 },
    });
    expect([await keys(), files()]).toEqual([[], BEFORE]);
  });

  it('tells how many are done and when the rest will be, on a terminal', async () => {
    const outcome = await runArguments(['send', at('r.jsonl'), '--rate', '8'], SECRETS, '', true);
    expect(outcome.status).toBe(0);
    expect(outcome.stderr).toMatch(/\d+ of 12 requests, \d\.\d a second, \d+ s left/);
  });

  it.each([
    [[], {}, 2, 'CRYPTLEX_TOKEN is missing in the environment'],
    [['--rate', '0'], SECRETS, 2, '--rate takes requests a second'],
    [['--concurrency', '100'], SECRETS, 2, 'use 1 to 64 (--concurrency)'],
    [['--limit', 'five'], SECRETS, 2, '--limit takes a whole number'],
    [['--base-url', 'http://keys.example.com'], SECRETS, 2, '(--insecure-http)'],
    [['--base-url', 'keys.example.com'], SECRETS, 2, '(--base-url)'],
    [['--journal', '-'], SECRETS, 2, '--journal cannot be standard output'],
    [['more.jsonl'], SECRETS, 2, 'send takes one file of requests'],
  ])('refuses %j, and leaves nothing behind', async (argv, env, status, message) => {
    const outcome = await runArguments(['send', at('r.jsonl'), ...argv], env);
    expect(outcome).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(message) });
    expect([await keys(), files()]).toEqual([[], BEFORE]);
  });

  it('stops with 3 for a wrong secret, in the words of the server, and goes on with the right one', async () => {
    const wrong = await runArguments(['send', at('r.jsonl'), ...FAST], { CRYPTLEX_TOKEN: 'wrong-secret' });
    expect(wrong.status).toBe(3);
    expect(wrong.stderr).toMatch(/stopped: the server answers 401 the access token is missing or not valid/);
    expect(wrong.stderr + wrong.stdout).not.toContain('wrong-secret');
    expect((await send(...FAST)).status).toBe(0);
    expect(await keys()).toHaveLength(12);
  });

  it('stops before it sends when the journal cannot grow, and goes on when it can', async (context) => {
    if (process.platform === 'win32') return context.skip('needs ulimit');
    const more = Array.from({ length: 60 }, (_, index) => index);
    const [line = ''] = readFileSync(at('r.jsonl'), 'utf8').split('\n');
    const requests = more.map((index) => {
      const key = `A1B2C3-D4E5F6-${String(index).padStart(6, '0')}`;
      return line
        .replace(/"key":"[^"]*"/, `"key":"${key}"`)
        .replace(/\["[^"]*"\]/, `["${key}"]`)
        .replace(/"idempotencyKey":"[^"]*"/, `"idempotencyKey":"id-${index}"`)
        .replace(/eq%5D=[^"]*/, `eq%5D=${key}`);
    });
    const own = at('own.jsonl');
    writeFileSync(own, requests.map((each) => `${each}\n`).join(''));
    const command = `ulimit -f 4; exec "$0" "$1" send "$2" --rate 1000 --concurrency 1 --quiet`;
    const bin = fileURLToPath(new URL('../../bin/keywright.js', import.meta.url));
    const child = spawn('sh', ['-c', command, process.execPath, bin, own], {
      env: { ...process.env, ...SECRETS },
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const [status] = await once(child, 'close');
    expect([status, stderr]).toEqual([3, expect.stringContaining('cannot write')]);
    const journal = readFileSync(`${own}.journal`, 'utf8');
    const begun = journal.match(/^\{"begun":\d+,"at":\d+\}$/gm)?.length ?? 0;
    expect(begun).toBeGreaterThan(5);
    expect((await keys()).length).toBeLessThanOrEqual(begun);
    const rest = await runArguments(['send', own, ...FAST, '--settle', '0'], SECRETS);
    expect(rest).toMatchObject({ status: 0, stdout: expect.stringContaining('60 of 60 requests') });
    expect(new Set(await keys()).size).toBe(60);
    expect(await keys()).toHaveLength(60);
  });

  it('tells what is refused with file and line, and ends with 1', async () => {
    const [first = '', ...rest] = readFileSync(at('r.jsonl'), 'utf8').split('\n');
    writeFileSync(at('r.jsonl'), [first.replace('"productId"', '"product"'), ...rest].join('\n'));
    expect(await send(...FAST)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('was changed since it was prepared'),
    });
    expect(files()).toEqual(BEFORE);
    const own = at('own.jsonl');
    writeFileSync(own, readFileSync(at('r.jsonl')));
    const outcome = await runArguments(['send', own, ...FAST], SECRETS);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(`${own}:1: refused: 400 `);
    expect(outcome.stdout).toMatch(/^refused {3}1 request: tried again by the next run$/m);
  });

  it('names the option that decides where a list does not say whether it is whole', async () => {
    const server = await listeningServer('solifyn', { ...CALM, pageSize: 0 });
    await runArguments(['generate', '-f', 'solifyn', '-n', '2', '-o', at('s.txt'), '--quiet']);
    const prepare = ['prepare', at('s.txt'), ...prepareArguments('solifyn'), '--base-url', server.url];
    await runArguments([...prepare, '-o', at('s.jsonl'), '--quiet']);
    const own = ['send', at('s.jsonl'), ...FAST, '--settle', '0'];
    await runArguments([...own, '--limit', '1'], SECRETS);
    appendFileSync(at('s.jsonl.journal'), '{"begun":2,"at":1}\n');
    const doubtful = await runArguments(own, SECRETS);
    expect(doubtful).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/ it is not sent again \(--unpaged\)$/m),
    });
    expect(await runArguments([...own, '--unpaged'], SECRETS)).toMatchObject({ status: 0 });
    expect(await server.keys()).toHaveLength(2);
  });
});
