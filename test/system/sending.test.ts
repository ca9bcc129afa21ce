import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/index.js';
import { newFolder } from '../new-folder.js';
import { NAMES, prepareArguments, SECRETS } from '../node/send/rehearsal.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND = join(ROOT, 'bin/keywright.js');
const SERVER = join(ROOT, 'samples/day-import/server.js');
const env = { ...process.env, ...SECRETS };

let folder = '';
let server: ChildProcess;
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => server.kill('SIGKILL'));

/** Lets the sample's servers listen; their URL. */
async function rehearse(...argv: readonly string[]): Promise<string> {
  server = spawn(process.execPath, [SERVER, '.', ...argv], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (server.stdout === null) throw new Error('it has an output');
  const [line] = await once(createInterface(server.stdout), 'line');
  return String(line);
}

/** What there is in the end, as the server tells it. */
async function told(): Promise<string> {
  let text = '';
  server.stdout?.on('data', (chunk) => {
    text += String(chunk);
  });
  server.kill('SIGTERM');
  await once(server, 'close');
  return text;
}

const keywright = (...argv: readonly string[]) =>
  execFileSync(process.execPath, [COMMAND, ...argv], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });

function start(...argv: readonly string[]) {
  const child = spawn(process.execPath, [COMMAND, 'send', ...argv], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += String(chunk);
    });
  }
  const end = once(child, 'close').then(([code, signal]) => ({ status: code ?? signal, text }));
  return { child, end };
}

const linesIn = (name: string) =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').split('\n').length - 1 : 0;

describe.each(NAMES)('keywright send to %s, killed at ten moments', (name) => {
  it('creates each key once, and has a row for each', async () => {
    const url = await rehearse(
      '--failures',
      '5%',
      '--lost-replies',
      '2%',
      '--page-size',
      '30',
      '--latency',
      '3ms',
    );
    keywright('generate', '-f', name, '-n', '100', '-o', `${name}.txt`, '--quiet');
    keywright(
      'prepare',
      `${name}.txt`,
      '--base-url',
      url,
      '-o',
      'r.jsonl',
      '--quiet',
      ...prepareArguments(name),
    );
    const requests = linesIn('r.jsonl');
    const argv = ['r.jsonl', '--rate', '100', '--settle', '1', '--results', 'results.csv'];
    const random = seededRandom(name);
    const bytes = new Uint8Array(2);
    for (let kill = 0; kill < 10; kill++) {
      random.fill(bytes);
      // Journal lines between two kills, then some milliseconds: before a request, with it under way, after its reply.
      const until = linesIn('r.jsonl.journal') + 1 + ((bytes[0] ?? 0) % Math.ceil(requests / 6));
      const { child, end } = start(...argv);
      while (child.exitCode === null && linesIn('r.jsonl.journal') < until) await setTimeout(2);
      await setTimeout((bytes[1] ?? 0) % 10);
      child.kill('SIGKILL');
      expect([0, 'SIGKILL']).toContain((await end).status);
    }
    const { status, text } = await start(...argv).end;
    expect([status, text]).toEqual([
      0,
      expect.stringContaining(`done      ${requests} of ${requests} requests`),
    ]);
    const results = readFileSync(join(folder, 'results.csv'), 'utf8');
    expect(results.match(/^,[^,]*,(created|found),200|^,[^,]*,created,201/gm)).toHaveLength(100);
    expect(await told()).toContain(`${name}: 100 keys, 0 twice, 0 not at all; `);
    const text2 = readFileSync(join(folder, 'r.jsonl.journal'), 'utf8');
    for (const secret of Object.values(SECRETS)) expect(results + text2 + text).not.toContain(secret);
    const left = readdirSync(folder).filter((file) => file.startsWith('.'));
    expect(left).toEqual([]);
  });
});

describe('keywright send, interrupted', () => {
  it('ends with 130 and says how to go on; what the server never answered stays in doubt', async () => {
    const url = await rehearse('--failures', '0%', '--lost-replies', '0%', '--latency', '20000ms');
    keywright('generate', '-f', 'cryptlex', '-n', '20', '-o', 'cryptlex.txt', '--quiet');
    keywright(
      'prepare',
      'cryptlex.txt',
      '--base-url',
      url,
      '-o',
      'r.jsonl',
      '--quiet',
      ...prepareArguments('cryptlex'),
    );
    const { child, end } = start('r.jsonl', '--results', 'results.csv');
    while (linesIn('r.jsonl.journal') < 3) await setTimeout(5);
    const second = await start('r.jsonl').end;
    expect(second).toEqual({ status: 3, text: expect.stringContaining('is being sent by another process') });
    child.kill('SIGINT');
    const stuck = AbortSignal.timeout(20_000);
    stuck.addEventListener('abort', () => child.kill('SIGKILL'));
    const { status, text } = await end;
    expect([status, text]).toEqual([130, expect.stringContaining('run the same command again')]);
    expect(readFileSync(join(folder, 'results.csv'), 'utf8')).toMatch(/,doubtful,,\n/);
    expect(readFileSync(join(folder, 'r.jsonl.journal'), 'utf8')).not.toContain('"done"');
    expect(readdirSync(folder).filter((file) => file.startsWith('.'))).toEqual([]);
  });
});
