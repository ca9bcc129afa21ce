import yargs, { type Argv } from 'yargs';
import { packageVersion } from '../node/files/package-version.js';
import type { Command, CommandTable, Context } from './command/command.js';
import { DONE, UsageError } from './command/exit-code.js';
import { type Arguments, maskDash, unmaskDash } from './command/options.js';
import { plainMessage } from './command/parse-message.js';

/** How wide the help is. */
const WIDTH = 110;
/** What completion scripts ask with. */
const COMPLETIONS = '--get-yargs-completions';

/** Parses `argv`, runs the command it names and returns the exit code. */
export async function runCommandLine(
  argv: readonly string[],
  table: CommandTable,
  context: Context,
): Promise<number> {
  const named = argv.includes(COMPLETIONS) ? undefined : await namedCommand(table, argv);
  return named === undefined ? runAnyLine(argv, table, context) : runCommand(named, argv, context);
}

/** The command that the first words name. */
async function namedCommand(table: CommandTable, argv: readonly string[]): Promise<Command | undefined> {
  const [first = '', second = ''] = argv;
  const entry = Object.hasOwn(table, first) ? table[first] : undefined;
  if (entry === undefined || typeof entry === 'function') return entry?.();
  return Object.hasOwn(entry.commands, second) ? entry.commands[second]?.() : undefined;
}

/** Runs a known command. As a command of yargs it would have its help rendered each time it ran. */
async function runCommand(command: Command, argv: readonly string[], context: Context): Promise<number> {
  const { args, output } = await parse(
    describeCommand(basicParser(), command),
    argv.slice(command.name.split(' ').length),
  );
  if (output === '') return command.run(args, { ...context, operands: operandsOf(args) });
  await context.print(`${output}\n`);
  return DONE;
}

/** Helps, completes, tells what is mistaken, and finds a command that stands behind options. */
async function runAnyLine(argv: readonly string[], table: CommandTable, context: Context): Promise<number> {
  let exitCode: number | undefined;
  const demanded = argv.includes(COMPLETIONS) ? 0 : 1;
  const parser = fullParser(demanded);
  describeEntries(parser, await loadEntries(table, argv), demanded, async (command, args) => {
    const operands = operandsOf(args).slice(command.name.split(' ').length);
    exitCode = await command.run(args, { ...context, operands });
  });
  const { output } = await parse(parser, argv);
  if (output !== '') {
    await context.print(`${output}\n`);
    return DONE;
  }
  if (exitCode !== undefined) return exitCode;
  throw new UsageError(
    `${argv.length === 0 ? 'a command is missing' : 'there is no command of that name'}: see keywright --help`,
  );
}

/** What `argv` says, and what yargs itself answers to it, as help. */
async function parse(parser: Argv, argv: readonly string[]) {
  let output = '';
  // parseAsync can throw at the call as well as reject.
  const args: Arguments = await parser.parseAsync(
    argv.map(maskDash),
    {},
    (_error: unknown, _args: unknown, text: string) => {
      output = text;
    },
  );
  return { args, output };
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

function fullParser(demanded: 0 | 1): Argv {
  return basicParser()
    .usage(
      'keywright: license keys in bulk, unique against everything issued before\n\n  $0 COMMAND [options]',
    )
    .demandCommand(demanded, 'a command is missing: see keywright --help')
    .recommendCommands()
    .completion('completion', 'print a completion script for bash or zsh');
}

function basicParser(): Argv {
  return (
    yargs([])
      .scriptName('keywright')
      // Messages are reworded, and what may be a key left out of them, by their English text.
      .locale('en')
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
      .version(packageVersion())
      .help()
      .wrap(WIDTH)
      .exitProcess(false)
      .fail((message: string | null, error: Error | undefined) => {
        // What a command throws comes through here as well, and is none of yargs' own.
        if (error !== undefined && error.name !== 'YError') throw error;
        throw new UsageError(plainMessage(message ?? error?.message ?? 'the command line is wrong'));
      })
  );
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

/** Operands before and behind `--`. */
function operandsOf(args: Arguments): readonly string[] {
  return [args['_'], args['--']]
    .flatMap((words) => (Array.isArray(words) ? words : []))
    .map((operand) => unmaskDash(String(operand)));
}
