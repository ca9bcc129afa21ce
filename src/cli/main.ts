import { shownText } from '../node/files/file-error.js';
import { CHAPTERS } from './chapters.js';
import type { Context } from './command/command.js';
import { DONE, Interrupted, outcomeJson, outcomeOf, traceOf } from './command/exit-code.js';
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
    say: (line) => void stderr.write(`keywright: ${shownText(line)}\n`).catch(() => {}),
  };
  try {
    return await runCommandLine(argv, CHAPTERS, context);
  } catch (error) {
    const reason = abort.signal.aborted && !(error instanceof PipeClosed) ? abort.signal.reason : error;
    const outcome = outcomeOf(reason);
    if (outcome === undefined) return DONE;
    if (io.env['KEYWRIGHT_DEBUG'] === '1')
      await stderr.write(`keywright: ${traceOf(reason)}\n`).catch(() => {});
    if (asksForJson(argv)) await stderr.write(outcomeJson(outcome)).catch(() => {});
    else context.say(outcome.message);
    return outcome.exitCode;
  } finally {
    for (const [name, listener] of listeners) io.off(name, listener);
    io.stdin.unref?.();
  }
}

/** Told from the bare words, for the command line may be what is wrong. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).includes('--json');
}
