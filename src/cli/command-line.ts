import { packageVersion } from '../node/files/package-version.js';
import type { Chapter, Context } from './command/command.js';
import { DONE, UsageError } from './command/exit-code.js';
import { findCommand, tableOf } from './command/find-command.js';
import { inputsOf, refuseAppending } from './command/inputs.js';
import { withoutStdout } from './command/outputs.js';
import { parseArguments } from './command/parse-arguments.js';

/** What completion scripts ask with. */
const COMPLETIONS = '__complete';
const HELP: readonly string[] = ['--help', '-h'];
const VERSION: readonly string[] = ['--version', '-v', '-V'];

/** Runs the command that `argv` names and returns the exit code. */
export async function runCommandLine(
  argv: readonly string[],
  chapters: readonly Chapter[],
  context: Context,
): Promise<number> {
  const [first, ...rest] = argv;
  if (first === undefined || HELP.includes(first)) return printHelp([], chapters, context);
  if (first === 'help') return printHelp(rest, chapters, context);
  if (VERSION.includes(first)) return printVersion(context);
  const table = tableOf(chapters);
  if (first === COMPLETIONS) {
    const { completionsFor } = await import('./completion/completions.js');
    await context.print(await completionsFor(rest, table));
    return DONE;
  }
  const found = findCommand(argv, table);
  if (found.kind === 'group') {
    if (found.rest.some((word) => HELP.includes(word))) return printHelp([first], chapters, context);
    throw new UsageError(`${first} needs a command behind it: see keywright ${first} --help`);
  }
  const command = await found.load();
  const { args: given, operands, asks } = await parseArguments(found.rest, command);
  if (asks === 'help') return printHelp(command.name.split(' '), chapters, context);
  if (asks === 'version') return printVersion(context);
  const args = withoutStdout(command.options, given);
  const inputs = inputsOf(command.options, args, operands, context.io.env);
  refuseAppending(inputs, context.io);
  return command.run(args, { ...context, operands, inputs });
}

async function printHelp(
  words: readonly string[],
  chapters: readonly Chapter[],
  context: Context,
): Promise<number> {
  const { helpOn } = await import('./help.js');
  const named = words.filter((word) => !HELP.includes(word));
  await context.print(await helpOn(named, chapters, context));
  return DONE;
}

async function printVersion(context: Context): Promise<number> {
  await context.print(`${packageVersion()}\n`);
  return DONE;
}
