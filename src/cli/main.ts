import { packageVersion } from '../node/version.js';
import type { CommandTable, Context } from './command.js';
import { DONE, Interrupted, outcomeOf } from './exit-code.js';
import { type Io, PipeClosed, StreamSink } from './io.js';

/** The commands, each loaded when it is asked for. */
const COMMANDS: CommandTable = {
  generate: async () => (await import('./commands/generate.js')).generate,
  format: async () => (await import('./commands/format.js')).format,
  check: async () => (await import('./commands/check.js')).check,
  dedupe: async () => (await import('./commands/dedupe.js')).dedupe,
  audit: async () => (await import('./commands/audit.js')).audit,
  'bulk-create': async () => (await import('./commands/bulk-create.js')).bulkCreate,
  prepare: async () => (await import('./commands/prepare.js')).prepare,
  sign: async () => (await import('./commands/sign.js')).sign,
  verify: async () => (await import('./commands/verify.js')).verify,
  keypair: {
    describe: 'Make and describe the key pairs that sign.',
    commands: {
      create: async () => (await import('./commands/keypair-create.js')).keypairCreate,
      show: async () => (await import('./commands/keypair-show.js')).keypairShow,
    },
  },
  keyring: {
    describe: 'Keep the set of public keys that verifies.',
    commands: {
      add: async () => (await import('./commands/keyring-add.js')).keyringAdd,
      show: async () => (await import('./commands/keyring-show.js')).keyringShow,
      retire: async () => (await import('./commands/keyring-retire.js')).keyringRetire,
      compromise: async () => (await import('./commands/keyring-compromise.js')).keyringCompromise,
    },
  },
  ledger: {
    describe: 'Keep the record of what was issued.',
    commands: {
      init: async () => (await import('./commands/ledger-init.js')).ledgerInit,
      status: async () => (await import('./commands/ledger-status.js')).ledgerStatus,
      batches: async () => (await import('./commands/ledger-batches.js')).ledgerBatches,
      import: async () => (await import('./commands/ledger-import.js')).ledgerImport,
      verify: async () => (await import('./commands/ledger-verify.js')).ledgerVerify,
    },
  },
};

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
    signal: abort.signal,
    print: (chunk) => stdout.write(chunk),
    say: (line) => void stderr.write(`keywright: ${line}\n`).catch(() => {}),
  };
  try {
    return await dispatch(argv, context);
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

async function dispatch(argv: readonly string[], context: Context): Promise<number> {
  const [first] = argv;
  if (argv.length === 1 && (first === '--version' || first === '-V')) {
    await context.print(`${packageVersion()}\n`);
    return DONE;
  }
  const { runCommandLine } = await import('./command-line.js');
  return runCommandLine(argv, COMMANDS, context);
}
