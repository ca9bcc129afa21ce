import { packageVersion } from '../node/files/package-version.js';
import type { CommandTable, Context } from './command/command.js';
import { DONE, Interrupted, outcomeOf } from './command/exit-code.js';
import { type Io, PipeClosed, StreamSink } from './command/io.js';

/** The commands, each loaded when it is asked for. */
const COMMANDS: CommandTable = {
  generate: async () => (await import('./commands/keys/generate.js')).generateCommand,
  format: async () => (await import('./commands/keys/format.js')).formatCommand,
  check: async () => (await import('./commands/keys/check.js')).checkCommand,
  dedupe: async () => (await import('./commands/keys/dedupe.js')).dedupeCommand,
  audit: async () => (await import('./commands/keys/audit.js')).auditCommand,
  'bulk-create': async () => (await import('./commands/sign/bulk-create.js')).bulkCreateCommand,
  prepare: async () => (await import('./commands/import/prepare.js')).prepareCommand,
  sign: async () => (await import('./commands/sign/sign.js')).signCommand,
  verify: async () => (await import('./commands/sign/verify.js')).verifyCommand,
  keypair: {
    describe: 'Make and describe the key pairs that sign.',
    commands: {
      create: async () => (await import('./commands/signing-keys/keypair-create.js')).keypairCreateCommand,
      show: async () => (await import('./commands/signing-keys/keypair-show.js')).keypairShowCommand,
    },
  },
  keyring: {
    describe: 'Keep the set of public keys that verifies.',
    commands: {
      add: async () => (await import('./commands/signing-keys/keyring-add.js')).keyringAddCommand,
      show: async () => (await import('./commands/signing-keys/keyring-show.js')).keyringShowCommand,
      retire: async () => (await import('./commands/signing-keys/keyring-retire.js')).keyringRetireCommand,
      compromise: async () =>
        (await import('./commands/signing-keys/keyring-compromise.js')).keyringCompromiseCommand,
    },
  },
  ledger: {
    describe: 'Keep the record of what was issued.',
    commands: {
      init: async () => (await import('./commands/ledger/ledger-init.js')).ledgerInitCommand,
      status: async () => (await import('./commands/ledger/ledger-status.js')).ledgerStatusCommand,
      batches: async () => (await import('./commands/ledger/ledger-batches.js')).ledgerBatchesCommand,
      import: async () => (await import('./commands/ledger/ledger-import.js')).ledgerImportCommand,
      verify: async () => (await import('./commands/ledger/ledger-verify.js')).ledgerVerifyCommand,
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
