import { Readable } from 'node:stream';
// The built package: a thread cannot load TypeScript on every Node that is supported.
import { main } from '../../dist/cli/main.js';

/** What became of a command. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process and its current folder, which is quicker by far than another process. */
export async function runHere(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin = '',
): Promise<Outcome> {
  const output = ['', ''];
  const stream = (index: 0 | 1) => ({
    isTTY: false,
    write(chunk: string | Uint8Array, done: () => void) {
      output[index] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      done();
      return true;
    },
    on() {},
  });
  const input = Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]);
  const io = { stdin: input, stdout: stream(0), stderr: stream(1), env, on() {}, off() {} };
  const exitCode = await main(argv, io);
  const [stdout = '', stderr = ''] = output;
  return { exitCode, stdout, stderr };
}
