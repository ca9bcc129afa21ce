import { CHAPTERS } from './chapters.js';
import type { Context } from './command/command.js';
import { Interrupted, outcomeOf } from './command/exit-code.js';
import { type Io, PipeClosed, StreamSink } from './command/io.js';
import { runCommandLine } from './command-line.js';

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/**
 * Runs one command line and returns its exit code: 0 done, 1 the answer is no, 2 usage or infeasible, 3 file,
 * ledger or network, 70 a bug, 129, 130 or 143 interrupted. Never throws; never ends the process.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const stdout = new StreamSink(io.stdout);
  const stderr = new StreamSink(io.stderr);
  const abort = new AbortController();
  const listeners = SIGNALS.map((name) => [name, () => abort.abort(new Interrupted(name))] as const);
  for (const [name, listener] of listeners) io.on(name, listener);
  const context: Context = {
    io,
    operands: [],
    inputs: [],
    signal: abort.signal,
    print: (chunk) => stdout.write(chunk),
    say: (line) => void stderr.write(`keywright: ${line}\n`).catch(() => {}),
  };
  try {
    return await runCommandLine(argv, CHAPTERS, context);
  } catch (error) {
    const { exitCode, line } = outcomeOf(
      abort.signal.aborted && !(error instanceof PipeClosed) ? abort.signal.reason : error,
    );
    if (line !== undefined) context.say(line);
    return exitCode;
  } finally {
    for (const [name, listener] of listeners) io.off(name, listener);
    io.stdin.unref?.();
  }
}
