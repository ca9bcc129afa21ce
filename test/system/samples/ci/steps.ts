import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newFolder } from '../../../new-folder.js';

/** A step as it stands in a workflow, or in a composite action. */
export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** What `${{ … }}` may name: members of members. */
export interface Context {
  readonly [name: string]: unknown;
}

/** The text of a member, as `matrix.product.name`. */
function lookUp(context: Context, path: string): string {
  let value: unknown = context;
  for (const name of path.split('.'))
    value = Object.entries(value ?? {}).find(([member]) => member === name)?.[1];
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`there is no ${path}`);
  return String(value);
}

/** Puts values where expressions stand; of those, paths alone are known here. */
export function filled(text: unknown, context: Context): string {
  return String(text).replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, path: string) => lookUp(context, path));
}

/** As {@link filled}, each value of them. */
export function filledAll(texts: Readonly<Record<string, unknown>> | undefined, context: Context) {
  return Object.fromEntries(Object.entries(texts ?? {}).map(([name, text]) => [name, filled(text, context)]));
}

/** One runner, which goes when the tests of the file are over. */
export class Runner {
  /** Where its steps begin. */
  readonly folder = newFolder();
  /** What the steps said. */
  log = '';
  readonly #env: Readonly<Record<string, string>>;
  readonly #files: string;
  #child: ChildProcess | undefined;
  #killed = false;

  constructor(env: Readonly<Record<string, string>>) {
    this.#files = newFolder();
    for (const name of ['output', 'summary']) writeFileSync(join(this.#files, name), '');
    this.#env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.#files,
      RUNNER_TEMP: this.#files,
      GITHUB_WORKSPACE: this.folder,
      GITHUB_OUTPUT: join(this.#files, 'output'),
      GITHUB_STEP_SUMMARY: join(this.#files, 'summary'),
      ...env,
    };
  }

  /** What the page of the run shows. */
  get summary(): string {
    return readFileSync(join(this.#files, 'summary'), 'utf8');
  }

  /** What the last steps gave out. */
  get outputs(): Readonly<Record<string, string>> {
    const lines = readFileSync(join(this.#files, 'output'), 'utf8').trim().split('\n');
    return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s)));
  }

  /** Runs a text as it stands. Whether it came to its end. */
  async run(text: string, shell: readonly string[], env: Readonly<Record<string, string>>): Promise<boolean> {
    if (this.#killed) return false;
    const script = join(this.#files, 'step.sh');
    writeFileSync(script, text);
    const [command = '', ...options] = shell;
    const child = spawn(command, [...options, script], {
      cwd: this.folder,
      env: { ...this.#env, ...env },
      // A process group, so that nothing of it lives on.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        this.log += data;
      });
    const code = await new Promise((resolve) => child.on('close', resolve));
    this.#child = undefined;
    return code === 0;
  }

  /** Takes away what is large. */
  async clear(): Promise<void> {
    await rm(join(this.folder, 'node_modules'), { recursive: true, force: true });
  }

  /** The machine is gone. */
  kill(): void {
    this.#killed = true;
    if (this.#child?.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
  }
}

/** A job on its runner, and whether it came to its end. */
export interface StartedJob {
  readonly runner: Runner;
  readonly ended: Promise<boolean>;
}

/** How GitHub runs a step. */
export function shellOf({ shell }: Step): readonly string[] {
  if (shell === undefined) return ['bash', '-e'];
  if (shell !== 'bash') throw new Error(`no such shell here: ${shell}`);
  return ['bash', '--noprofile', '--norc', '-eo', 'pipefail'];
}

/** Artifacts of a run, kept in a folder each. */
export class Artifacts {
  readonly folder = newFolder();
  /** Those that cannot be uploaded at the moment. */
  readonly broken = new Set<string>();

  upload(from: string, name: string): boolean {
    if (this.broken.has(name)) return false;
    rmSync(join(this.folder, name), { recursive: true, force: true });
    cpSync(from, join(this.folder, name), { recursive: true });
    return true;
  }

  /** Puts all of them into one folder. */
  download(to: string, prefix: string): void {
    for (const name of readdirSync(this.folder).filter((each) => each.startsWith(prefix))) {
      mkdirSync(to, { recursive: true });
      cpSync(join(this.folder, name), to, { recursive: true });
    }
  }
}
