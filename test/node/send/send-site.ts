import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { grouped } from '../../../src/cli/command/progress.js';
import { seededRandom } from '../../../src/index.js';
import { newFolder } from '../../new-folder.js';
import { type Name, prepareArguments, SECRETS } from './rehearsal.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const COMMAND = join(ROOT, 'bin/keywright.js');
const SERVER = join(ROOT, 'samples/day-import/server.js');
const DYING = new URL('dying-write.js', import.meta.url).href;
const env = { ...process.env, ...SECRETS };

/** One request that is under way when its run is killed may be carried out at any time: here, at once. */
const SETTLE = ['--settle', '1'];

/** `keywright send`, as a process of its own, to the sample's servers. */
export class SendSite {
  readonly name: Name;
  readonly folder = newFolder();
  readonly #server: ChildProcess;

  private constructor(name: Name, argv: readonly string[]) {
    this.name = name;
    this.#server = spawn(process.execPath, [SERVER, '.', ...argv], {
      cwd: this.folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  /** Lets the servers listen, and prepares so many keys of one of them as `r.jsonl`. */
  static async open(name: Name, keys: number, ...argv: readonly string[]): Promise<SendSite> {
    const site = new SendSite(name, argv);
    if (site.#server.stdout === null) throw new Error('it has an output');
    const [url] = await once(createInterface(site.#server.stdout), 'line');
    site.#keywright('generate', '-f', name, '-n', String(keys), '-o', `${name}.txt`);
    site.#keywright(
      'prepare',
      `${name}.txt`,
      '--base-url',
      String(url),
      '-o',
      'r.jsonl',
      ...prepareArguments(name),
    );
    return site;
  }

  close(): void {
    this.#server.kill('SIGKILL');
  }

  /** What there is in the end, as the server tells it. */
  async told(): Promise<string> {
    let text = '';
    this.#server.stdout?.on('data', (chunk) => {
      text += String(chunk);
    });
    this.#server.kill('SIGTERM');
    await once(this.#server, 'close');
    return text;
  }

  linesIn(name: string): number {
    return existsSync(join(this.folder, name)) ? this.read(name).split('\n').length - 1 : 0;
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** Starts `keywright send`, by another program where one is given. */
  start(argv: readonly string[], by: readonly string[] = []) {
    const [program = '', ...given] = [...by, process.execPath, COMMAND, 'send', ...argv];
    const child = spawn(program, given, { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        text += String(chunk);
      });
    }
    const end = once(child, 'close').then(([code, signal]) => ({ status: code ?? signal, text }));
    return { child, end };
  }

  /** Kills runs at ten moments, ends them with a whole one, and expects each key once, and a row for each. */
  async expectSurvivedTenKills(keys: number, rate: number): Promise<void> {
    const requests = this.linesIn('r.jsonl');
    const argv = ['r.jsonl', '--rate', String(rate), ...SETTLE, '--results', 'results.csv'];
    const random = seededRandom(this.name);
    const bytes = new Uint8Array(2);
    for (let kill = 0; kill < 10; kill++) {
      random.fill(bytes);
      // Journal lines between two kills, then some milliseconds: before a request, with it under way, after its reply.
      const lines = 1 + Math.floor(((bytes[0] ?? 0) / 256) * (requests / 6));
      const until = this.linesIn('r.jsonl.journal') + lines;
      const { child, end } = this.start(argv);
      while (child.exitCode === null && this.linesIn('r.jsonl.journal') < until) await setTimeout(2);
      await setTimeout((bytes[1] ?? 0) % 10);
      child.kill('SIGKILL');
      expect([0, 'SIGKILL']).toContain((await end).status);
    }
    const { status, text } = await this.start(argv).end;
    const all = `done      ${grouped(requests)} of ${grouped(requests)} requests`;
    expect([status, text]).toEqual([0, expect.stringContaining(all)]);
    this.expectWhole('results.csv', keys);
    expect(await this.told()).toContain(`${this.name}: ${keys} keys, 0 twice, 0 not at all; `);
    for (const secret of Object.values(SECRETS))
      expect(this.read('results.csv') + this.read('r.jsonl.journal') + text).not.toContain(secret);
    expect(readdirSync(this.folder).filter((file) => file.startsWith('.'))).toEqual([]);
  }

  /**
   * Kills a run as it writes to its journal, and the next one as it writes there what no run died at before, until one is
   * whole: `dying-write.js` says where. Expects each key once, and a row for each.
   */
  async expectSurvivedEachWrite(keys: number, of = 1, shift = 0): Promise<void> {
    const requests = this.linesIn('r.jsonl');
    const argv = ['r.jsonl', '--rate', '1000', '--settle', '0', '--results', 'results.csv'];
    const by = ['env', `NODE_OPTIONS=--import=${DYING}`, 'DEATHS=deaths', `OF=${of}`, `SHIFT=${shift}`];
    let runs = 0;
    for (let status: unknown = 'SIGKILL'; status === 'SIGKILL'; runs++) {
      const { end } = this.start(argv, by);
      const { text, ...ended } = await end;
      ({ status } = ended);
      if (status !== 'SIGKILL') expect([status, text]).toEqual([0, expect.stringContaining('done ')]);
    }
    const deaths = this.read('deaths').trimEnd().split('\n');
    expect(new Set(deaths).size).toBe(runs - 1);
    expect(deaths).toEqual(expect.arrayContaining([...this.#expectedDeaths(requests, of, shift)]));
    this.expectWhole('results.csv', keys);
    const told = await this.told();
    expect(told).toContain(`${this.name}: ${keys} keys, 0 twice, 0 not at all; `);
    process.stdout.write(`${deaths.length} kills at writes; ${told}`);
  }

  /** Of each request; what is begun, and never sent, is open again. GetKeyManager is sent again without a look. */
  #expectedDeaths(requests: number, of: number, shift: number): readonly string[] {
    const lines = Array.from({ length: requests }, (_, index) => index + 1);
    const due = (place: number) => lines.filter((line) => (line + place + shift) % of === 0);
    const opens = this.name === 'getkeymanager' ? [] : due(1);
    return [
      ...['half', 'whole'].map((how) => `schema:keywright/journal/v1 ${how}`),
      ...due(0).map((line) => `begun:${line} half`),
      ...due(1).map((line) => `begun:${line} whole`),
      ...due(2).map((line) => `done:${line} half`),
      ...due(3).map((line) => `done:${line} whole`),
      ...opens.flatMap((line) => [`open:${line} half`, `open:${line} whole`]),
    ];
  }

  /** Expects a row for each key, each once, and all of them there. */
  expectWhole(results: string, keys: number): void {
    const rows = this.read(results).trimEnd().split('\n').slice(1);
    expect(rows.filter((row) => !/^,[^,]+…,(created|found),20[01],/.test(row))).toEqual([]);
    expect(rows).toHaveLength(keys);
  }

  #keywright(...argv: readonly string[]): void {
    execFileSync(process.execPath, [COMMAND, ...argv, '--quiet'], { cwd: this.folder, env, stdio: 'ignore' });
  }
}
