import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  Artifacts,
  type Context,
  filled,
  filledAll,
  Runner,
  type StartedJob,
  type Step,
  shellOf,
} from './steps.js';

interface Job {
  readonly needs?: string;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly env?: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
}

/** What GitHub has for a workflow. */
export interface GithubSettings {
  /** A folder that holds what was checked in. */
  readonly repository: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  /** What every step has in its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** A run of a workflow. Its `run:` steps run as they stand; of actions it knows what the recipe needs. */
export class GithubRun {
  readonly artifacts = new Artifacts();
  attempt = 1;
  readonly #jobs: Readonly<Record<string, Job>>;
  readonly #settings: GithubSettings;
  readonly #id: string;

  constructor(workflow: string, id: string, settings: GithubSettings) {
    const { jobs }: { readonly jobs: Readonly<Record<string, Job>> } = parse(readFileSync(workflow, 'utf8'));
    this.#jobs = jobs;
    this.#settings = settings;
    this.#id = id;
  }

  /** What the matrix of a job comes to. */
  matrixOf(job: string): readonly Context[] {
    let all: readonly Context[] = [{}];
    for (const [name, values] of Object.entries(this.#jobs[job]?.strategy?.matrix ?? {}))
      all = all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
    return all;
  }

  /** Runs a job on a new runner. */
  start(job: string, matrix: Context = {}): StartedJob {
    const { secrets, vars, env } = this.#settings;
    const { env: texts, steps = [] } = this.#jobs[job] ?? {};
    const github = { token: 'a token', run_id: this.#id };
    const context = { matrix, secrets, vars, github };
    const runner = new Runner({
      ...env,
      GITHUB_RUN_ID: this.#id,
      GITHUB_RUN_ATTEMPT: String(this.attempt),
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_REPOSITORY: 'acme/keys',
      ...filledAll(texts, context),
    });
    return { runner, ended: this.#run(runner, steps, context).finally(() => runner.clear()) };
  }

  async #run(runner: Runner, steps: readonly Step[], context: Context): Promise<boolean> {
    for (const step of steps) {
      const done =
        step.run === undefined
          ? this.#use(runner, step, filledAll(step.with, context))
          : await runner.run(step.run, shellOf(step), filledAll(step.env, context));
      if (!done) return false;
    }
    return true;
  }

  #use(runner: Runner, { uses = '' }: Step, inputs: Readonly<Record<string, string>>): boolean {
    const [action] = uses.split('@');
    if (action === 'actions/setup-node') return true;
    if (action === 'actions/checkout') {
      cpSync(this.#settings.repository, runner.folder, { recursive: true });
      return true;
    }
    const path = join(runner.folder, inputs['path'] ?? '');
    if (action === 'actions/upload-artifact') return this.artifacts.upload(path, inputs['name'] ?? '');
    if (action !== 'actions/download-artifact') throw new Error(`no such action here: ${uses}`);
    this.artifacts.download(path, inputs['pattern']?.replace('*', '') ?? '');
    return true;
  }
}

/** Runs the steps of a composite action, as a step of a job, the one at `index` of its matrix; returns what it gives out, undefined where it failed. */
export async function runAction(
  folder: string,
  runner: Runner,
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  index = 0,
): Promise<Readonly<Record<string, string>> | undefined> {
  const action: {
    readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
    readonly outputs: Readonly<Record<string, { readonly value: string }>>;
    readonly runs: { readonly steps: readonly Step[] };
  } = parse(readFileSync(join(folder, 'action.yml'), 'utf8'));
  const unknown = Object.keys(given).filter((name) => action.inputs[name] === undefined);
  if (unknown.length > 0) throw new Error(`it has no input ${unknown.join(', ')}`);
  const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? '']);
  const inputs = { ...Object.fromEntries(defaults), ...given };
  const strategy = { 'job-index': String(index) };
  for (const step of action.runs.steps) {
    const all = { ...env, GITHUB_ACTION_PATH: folder, ...filledAll(step.env, { inputs, strategy }) };
    if (!(await runner.run(step.run ?? '', shellOf(step), all))) return undefined;
  }
  const context = { steps: { issue: { outputs: runner.outputs } } };
  return Object.fromEntries(
    Object.entries(action.outputs).map(([name, { value }]) => [name, filled(value, context)]),
  );
}
