import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
// The built package: a thread cannot load TypeScript on every Node that is supported.
import { main } from '../../dist/cli/main.js';
import type { PlainCommand } from './plain-command.js';
import { holdToSchemas } from './schemas.js';

/** What became of a command. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let before: Promise<unknown> = Promise.resolve();

interface Process {
  readonly terminal?: boolean;
  readonly umask?: number;
}

/**
 * Runs a command in this process, which is quicker by far than to start one; one after the other, for they share
 * the working folder. On a terminal, or with another umask, if told so.
 */
export function runHere(
  command: PlainCommand,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  process: Process = {},
): Promise<Outcome> {
  const outcome = before.then(() => runIn(command, cwd, env, process));
  before = outcome.catch(() => {});
  return outcome;
}

/** Runs a command line in this process and its working folder. */
export async function runArguments(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  input: string | Uint8Array = '',
  terminal = false,
): Promise<Outcome> {
  const stdin = Readable.from(input.length === 0 ? [] : [Buffer.from(input)]);
  const [stdout, stderr] = [new Written(terminal), new Written(terminal)];
  const status = await main(argv, { stdin, stdout, stderr, env, on() {}, off() {} });
  for (const { text } of [stdout, stderr]) holdToSchemas(text, `what keywright ${argv.join(' ')} prints`);
  return { status, stdout: stdout.text, stderr: stderr.text };
}

/** The help of a command, or of the whole, so many characters wide. */
export async function helpOf(words: readonly string[], width: number): Promise<string> {
  const { stdout } = await runArguments([...words, '--help'], { COLUMNS: `${width}`, NO_COLOR: '1' });
  return stdout.trimEnd();
}

async function runIn(
  { argv, input, output }: PlainCommand,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  { terminal, umask = process.umask() }: Process,
): Promise<Outcome> {
  const given = input === undefined ? '' : readFileSync(resolve(cwd, input));
  const [home, mask] = [process.cwd(), process.umask(umask)];
  process.chdir(cwd);
  try {
    const { status, stdout, stderr } = await runArguments(argv, env, given, terminal);
    if (output !== undefined) writeFileSync(output, stdout);
    return { status, stdout: output === undefined ? stdout : '', stderr };
  } finally {
    process.chdir(home);
    process.umask(mask);
  }
}

/** An output that keeps what is written to it. */
class Written {
  readonly isTTY: boolean;
  readonly #chunks: Uint8Array[] = [];

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  write(chunk: string | Uint8Array, done: () => void): boolean {
    this.#chunks.push(Buffer.from(chunk));
    done();
    return true;
  }

  on(): void {}
}
