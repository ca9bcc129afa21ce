import yargs, { type Argv } from 'yargs';
import { packageVersion } from '../node/version.js';
import type { Command, Context } from './command.js';
import { DONE, UsageError } from './exit-code.js';
import { type Arguments, maskDash, unmaskDash } from './options.js';

/** How a command is loaded. */
export type CommandLoader = () => Promise<Command>;

/** Parses `argv`, runs the command it names and returns the exit code. */
export async function runCommandLine(
  argv: readonly string[],
  loaders: Readonly<Record<string, CommandLoader>>,
  context: Context,
): Promise<number> {
  const [name] = argv;
  const loader = name === undefined || !Object.hasOwn(loaders, name) ? undefined : loaders[name];
  // A known command needs no other; help, completion and mistakes need them all.
  const commands = await Promise.all(
    loader === undefined ? Object.values(loaders).map((load) => load()) : [loader()],
  );
  let exitCode: number | undefined;
  let output = '';
  const parser = basicParser(argv);
  for (const command of commands) {
    parser.command(
      command.name,
      command.describe,
      (builder: Argv) => describeCommand(builder, command),
      async (args: Arguments) => {
        exitCode = await command.run(args, { ...context, operands: operandsOf(args) });
      },
    );
  }
  // parseAsync can throw at the call as well as reject.
  await parser.parseAsync(argv.map(maskDash), {}, (_error: unknown, _args: unknown, text: string) => {
    output = text;
  });
  if (output !== '') {
    await context.print(`${output}\n`);
    return DONE;
  }
  if (exitCode !== undefined) return exitCode;
  throw new UsageError(
    `${name === undefined ? 'a command is missing' : 'there is no command of that name'}: see keywright --help`,
  );
}

function basicParser(argv: readonly string[]): Argv {
  return yargs([])
    .scriptName('keywright')
    .usage(
      'keywright: license keys in bulk, unique against everything issued before\n\n  $0 COMMAND [options]',
    )
    .parserConfiguration({
      'boolean-negation': true,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': true,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'populate--': true,
    })
    .strictOptions()
    .demandCommand(
      argv.includes('--get-yargs-completions') ? 0 : 1,
      'a command is missing: see keywright --help',
    )
    .recommendCommands()
    .completion('completion', 'print a completion script for bash or zsh')
    .version(packageVersion())
    .help()
    .wrap(110)
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      // What a command throws comes through here as well, and is none of yargs' own.
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new UsageError(plainMessage(message ?? error?.message ?? 'the command line is wrong'));
    });
}

function describeCommand(builder: Argv, command: Command): Argv {
  const described = builder
    .usage(`keywright ${command.name} ${command.operands}\n\n${command.describe}`)
    .options(command.options);
  const examples = command.examples.map(([describe, example]) => `  # ${describe}\n  keywright ${example}`);
  const epilogue = command.epilogue === undefined ? '' : `\n\n${command.epilogue}`;
  return described.epilogue(`Examples:\n${examples.join('\n')}${epilogue}`);
}

/** Operands before and behind `--`, without the command's own name. */
function operandsOf(args: Arguments): readonly string[] {
  const behind = args['--'];
  const before = args['_'];
  const operands = [
    ...(Array.isArray(before) ? before.slice(1) : []),
    ...(Array.isArray(behind) ? behind : []),
  ];
  return operands.map((operand) => unmaskDash(String(operand)));
}

const REWORDED: readonly (readonly [RegExp, string])[] = [
  [/^Not enough arguments following: (.)$/, '-$1 needs a value'],
  [/^Not enough arguments following: (.+)$/, '--$1 needs a value'],
  [/^Unknown arguments?: (.+)$/, 'there is no option $1'],
  [/^Did you mean (.+)\?$/, 'there is no such command, probably $1'],
];

/** A message of yargs as one line of ours. */
function plainMessage(message: string): string {
  const line = message.split('\n')[0] ?? '';
  if (line.includes(': see ')) return line;
  const [pattern, wording] = REWORDED.find(([known]) => known.test(line)) ?? [/^/, ''];
  return `${line.replace(pattern, wording)}: see keywright --help`;
}
