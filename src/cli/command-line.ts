import yargs, { type Argv } from 'yargs';
import { packageVersion } from '../node/version.js';
import type { Command, CommandTable, Context } from './command.js';
import { DONE, UsageError } from './exit-code.js';
import { type Arguments, maskDash, unmaskDash } from './options.js';

/** How wide the help is. */
const WIDTH = 110;

/** Parses `argv`, runs the command it names and returns the exit code. */
export async function runCommandLine(
  argv: readonly string[],
  table: CommandTable,
  context: Context,
): Promise<number> {
  let exitCode: number | undefined;
  let output = '';
  const demanded = argv.includes('--get-yargs-completions') ? 0 : 1;
  const parser = basicParser(demanded);
  describeEntries(parser, await loadEntries(table, argv), demanded, async (command, args) => {
    exitCode = await command.run(args, { ...context, operands: operandsOf(args, command) });
  });
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
    `${argv.length === 0 ? 'a command is missing' : 'there is no command of that name'}: see keywright --help`,
  );
}

/** A loaded command under its last word, or a group of such. */
type Entry = { readonly word: string } & (
  | { readonly command: Command }
  | { readonly describe: string; readonly entries: readonly Entry[] }
);

/** A known command needs no other; help, completion and mistakes need them all. */
async function loadEntries(table: CommandTable, argv: readonly string[]): Promise<readonly Entry[]> {
  const known = Object.entries(table).filter(([word]) => word === argv[0]);
  return Promise.all(
    (known.length === 0 ? Object.entries(table) : known).map(async ([word, entry]): Promise<Entry> => {
      if (typeof entry === 'function') return { word, command: await entry() };
      const entries = await loadEntries(entry.commands, argv.slice(1));
      return { word, describe: entry.describe, entries };
    }),
  );
}

function describeEntries(
  parser: Argv,
  entries: readonly Entry[],
  demanded: 0 | 1,
  run: (command: Command, args: Arguments) => Promise<void>,
): void {
  for (const entry of entries) {
    if ('command' in entry) {
      const { command } = entry;
      const describe = (builder: Argv) => describeCommand(builder, command);
      parser.command(entry.word, command.describe, describe, (args: Arguments) => run(command, args));
    } else {
      const { word, describe } = entry;
      parser.command(word, describe, (builder: Argv) => {
        describeEntries(builder, entry.entries, demanded, run);
        return builder
          .usage(`keywright ${word} COMMAND [options]\n\n${describe}`)
          .demandCommand(demanded, `${word} needs a command behind it: see keywright ${word} --help`)
          .recommendCommands();
      });
    }
  }
}

function basicParser(demanded: 0 | 1): Argv {
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
    .demandCommand(demanded, 'a command is missing: see keywright --help')
    .recommendCommands()
    .completion('completion', 'print a completion script for bash or zsh')
    .version(packageVersion())
    .help()
    .wrap(WIDTH)
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
  const examples = command.examples.map(
    ([describe, example]) => `  # ${describe}\n  ${continued(`keywright ${example}`)}`,
  );
  const epilogue = command.epilogue === undefined ? '' : `\n\n${command.epilogue}`;
  return described.epilogue(`Examples:\n${examples.join('\n')}${epilogue}`);
}

/** A long command on several lines as a shell reads them; the help's own wrapping would break it. */
function continued(command: string): string {
  let column = 0;
  return command
    .split(/ (?=--?[a-z])/)
    .map((part, index) => {
      const fits = index === 0 || column + part.length < WIDTH - 10;
      column = (fits ? column : 0) + part.length + 1;
      if (index === 0) return part;
      return fits ? ` ${part}` : ` \\\n    ${part}`;
    })
    .join('');
}

/** Operands before and behind `--`, without the command's own name. */
function operandsOf(args: Arguments, { name }: Command): readonly string[] {
  const behind = args['--'];
  const before = args['_'];
  const operands = [
    ...(Array.isArray(before) ? before.slice(name.split(' ').length) : []),
    ...(Array.isArray(behind) ? behind : []),
  ];
  return operands.map((operand) => unmaskDash(String(operand)));
}

const REWORDED: readonly (readonly [RegExp, string])[] = [
  [/^Not enough arguments following: (.)$/, '-$1 needs a value'],
  [/^Not enough arguments following: (.+)$/, '--$1 needs a value'],
  [/^Unknown arguments?: ([\w-]{1,24}(?:, [\w-]{1,24})*)$/, 'there is no option $1'],
  // What is longer may be a key or a passphrase.
  [/^Unknown argument.*$/, 'there is no such option'],
  [/^Did you mean (.+)\?$/, 'there is no such command, probably $1'],
];

/** A message of yargs as one line of ours. */
function plainMessage(message: string): string {
  const line = message.split('\n')[0] ?? '';
  if (line.includes(': see ')) return line;
  const [pattern, wording] = REWORDED.find(([known]) => known.test(line)) ?? [/^/, ''];
  return `${line.replace(pattern, wording)}: see keywright --help`;
}
