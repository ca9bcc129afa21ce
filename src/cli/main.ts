import { shownText } from '../node/files/file-error.js';
import { doExitDuties } from '../node/publish/exit-duty.js';
import { CHAPTERS } from './chapters.js';
import type { Context } from './command/command.js';
import { DONE, Interrupted, outcomeJson, outcomeOf, traceOf } from './command/exit-code.js';
import { type Io, PipeClosed, StreamSink } from './command/io.js';
import { runCommandLine } from './command-line.js';

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/** How long a command that is interrupted may take to end by itself, in milliseconds. */
const GRACE = 1200;

/**
 * Runs one command line and returns its exit code: 0 done, 1 the answer is no, 2 usage or infeasible, 3 file,
 * ledger or network, 70 a bug, 129, 130 or 143 interrupted. Never throws; never ends the process. What does not end soon
 * after a signal, as the wait for a server that says nothing, is left as it is, and its unpublished files are removed.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const stdout = new StreamSink(io.stdout);
  const stderr = new StreamSink(io.stderr);
  const abort = new AbortController();
  const listeners = SIGNALS.map((name) => [name, () => abort.abort(new Interrupted(name))] as const);
  const listen = () => listeners.forEach(([name, listener]) => void io.on(name, listener));
  const stopListening = () => listeners.forEach(([name, listener]) => void io.off(name, listener));
  listen();
  const context: Context = {
    io,
    operands: [],
    inputs: [],
    signal: abort.signal,
    killable: async (work) => {
      stopListening();
      try {
        return await work();
      } finally {
        listen();
      }
    },
    print: (chunk) => stdout.write(chunk),
    say: (line) => void stderr.write(`keywright: ${shownText(line)}\n`).catch(() => {}),
  };
  const patience = outOfPatience(abort.signal);
  try {
    return await Promise.race([runCommandLine(argv, CHAPTERS, context), patience.over]);
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
    patience.dismiss();
    stopListening();
    io.stdin.unref?.();
  }
}

/** What rejects with the signal's reason when the grace is over; without a signal it never settles. */
function outOfPatience(signal: AbortSignal): { readonly over: Promise<never>; dismiss(): void } {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    const giveUp = () => {
      doExitDuties();
      reject(signal.reason);
    };
    signal.addEventListener('abort', () => {
      timer = setTimeout(giveUp, GRACE);
    });
  });
  return { over, dismiss: () => clearTimeout(timer) };
}

/** Told from the bare words, for the command line may be what is wrong. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).includes('--json');
}
