import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Artifacts, Runner, type StartedJob } from './steps.js';

type Variables = Readonly<Record<string, string>>;

interface Job {
  readonly parallel?: {
    readonly matrix: readonly Readonly<Record<string, string | readonly string[]>>[];
  };
  readonly before_script?: readonly string[];
  readonly script: readonly string[];
  readonly artifacts?: { readonly paths: readonly string[] };
}

/** What the artifacts of a job are called here: one with more keys than the others has the name that they have. */
export function nameOf({ PRODUCT, SHARD }: Variables): string {
  return `${PRODUCT}-${SHARD}`;
}

/** A pipeline of GitLab. Scripts of its jobs run as they stand. */
export class GitlabPipeline {
  readonly artifacts = new Artifacts();
  readonly #jobs: Readonly<Record<string, Job>>;
  readonly #repository: string;
  readonly #variables: Variables;
  #started = 0;

  constructor(path: string, repository: string, variables: Variables) {
    this.#jobs = parse(readFileSync(path, 'utf8'));
    this.#repository = repository;
    this.#variables = variables;
  }

  /** What the matrix of a job comes to. */
  matrixOf(job: string): readonly Variables[] {
    return (this.#jobs[job]?.parallel?.matrix ?? []).flatMap((row) => {
      let all: readonly Variables[] = [{}];
      for (const [name, value] of Object.entries(row))
        all = all.flatMap((one) => [value].flat().map((each) => ({ ...one, [name]: each })));
      return all;
    });
  }

  /** Runs a job on a new runner. Its artifacts are those of the last job of its name. */
  start(job: string, matrix: Variables = {}): StartedJob {
    this.#started++;
    const runner = new Runner({ ...this.#variables, ...matrix, CI_JOB_ID: String(1000 + this.#started) });
    cpSync(this.#repository, runner.folder, { recursive: true });
    return { runner, ended: this.#run(runner, job, nameOf(matrix)).finally(() => runner.clear()) };
  }

  async #run(runner: Runner, name: string, part: string): Promise<boolean> {
    const { before_script: before = [], script = [], artifacts } = this.#jobs[name] ?? {};
    if (name === 'settle') this.artifacts.download(join(runner.folder, 'encrypted'), '');
    const text = [...before, ...script].join('\n');
    if (!(await runner.run(text, ['bash', '-eo', 'pipefail'], {}))) return false;
    const [path] = artifacts?.paths ?? [];
    return path === undefined || this.artifacts.upload(join(runner.folder, path), part);
  }
}
