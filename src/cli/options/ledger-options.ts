import { shownText } from '../../node/files/file-error.js';
import type { Claim, Ledger } from '../../node/ledger/model/ledger.js';
import type { Context } from '../command/command.js';
import { UsageError } from '../command/exit-code.js';
import {
  type Arguments,
  type CommandOption,
  type CommandOptions,
  flag,
  inputFile,
  text,
  valued,
} from '../command/options.js';

/** `--secret-file`, wherever a ledger is opened. */
export const SECRET_FILE: CommandOption = inputFile(
  "a file that holds the ledger's secret as hex or base64; else KEYWRIGHT_LEDGER_SECRET",
);

/** `--ledger` and `--secret-file`, wherever a ledger stands beside other things. */
export const LEDGER_OPTIONS: CommandOptions = {
  ledger: valued('the ledger: a path, postgres://user@host/database, or env:NAME', { names: 'ledger' }),
  'secret-file': SECRET_FILE,
};

/** What a ledger is told about a batch beside its keys. */
export const REMARK_OPTIONS: CommandOptions = {
  by: valued('who issues, for the ledger (default user@host)'),
  comment: valued('why, or where to read on, as the URL of a CI run'),
};

/** Works with the ledger that `--ledger` names, where it does. */
export async function withOptionalLedger<T>(
  args: Arguments,
  context: Context,
  work: (ledger: Ledger | undefined) => Promise<T>,
): Promise<T> {
  const name = text(args, 'ledger');
  if (name !== undefined) return withLedger(name, args, context, work);
  refuseLedgerOptions(args);
  return work(undefined);
}

/** Refuses, where there is no ledger, what goes with one. */
export function refuseLedgerOptions(args: Arguments): void {
  for (const option of ['secret-file', 'batch-id', ...Object.keys(REMARK_OPTIONS)]) {
    if (text(args, option) !== undefined)
      throw new UsageError(`--${option} goes with a ledger: give --ledger`);
  }
}

/** Tells what a claim found; who did not choose the batch's id has to know it, should this run be killed. */
export function tellClaim(args: Arguments, context: Context, { id, state, attempt }: Claim): void {
  if (flag(args, 'quiet')) return;
  if (state === 'done') context.say(`batch ${id} was done before: nothing happens now`);
  else if (state === 'prepared') context.say(`batch ${id} was complete but unpublished: publishing it`);
  else if (attempt > 1) context.say(`batch ${id} was interrupted before: starting it again`);
  else if (text(args, 'batch-id') === undefined)
    context.say(`batch ${id}: should this be interrupted, repeat it with --batch-id ${id}`);
}

/** What a ledger's name may be, for the help. */
export const LEDGER_NAMES = 'LEDGER is a path, postgres://user@host/database, or env:NAME.';

/** Where a ledger's secret and its name come from, and who hears its warnings. */
export function ledgerSources(args: Arguments, context: Context) {
  return {
    env: context.io.env,
    secretFile: text(args, 'secret-file'),
    signal: context.signal,
    onWarning: (warning: string) => context.say(`warning: ${warning}`),
  };
}

/** Opens a ledger, works with it, and closes it whatever happens. */
export async function withLedger<T>(
  name: string,
  args: Arguments,
  context: Context,
  work: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const { openLedger } = await import('../../node/ledger/open-ledger.js');
  const ledger = await openLedger(name, ledgerSources(args, context));
  try {
    const result = await work(ledger);
    if (ledger.movedTo !== null)
      context.say(
        `warning: ${ledger.name} was moved to ${shownText(ledger.movedTo)}: what came after that is there`,
      );
    return result;
  } finally {
    await ledger.close();
  }
}

/** The ledger, and the operands behind it. */
export function ledgerOperands(
  { operands }: Context,
  what: string,
): { readonly name: string; readonly rest: readonly string[] } {
  const [name, ...rest] = operands;
  if (name === undefined)
    throw new UsageError(`there is no ledger: give ${what} a path, a postgres:// URL or env:NAME`);
  return { name, rest };
}

/** The one operand. */
export function onlyLedger(context: Context, what: string): string {
  const { name, rest } = ledgerOperands(context, what);
  if (rest.length > 0) throw new UsageError(`${what} takes one ledger: leave out the rest`);
  return name;
}
