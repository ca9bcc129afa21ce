import { parseArgs } from 'node:util';
import type { Command } from './command.js';
import { UsageError } from './exit-code.js';
import { nearestWord } from './nearest.js';
import type { Arguments, CommandOption, CommandOptions } from './options.js';

/** What every command answers to, whatever else stands beside it. */
export const ANSWERED: CommandOptions = {
  help: { describe: 'show this help', takes: 'nothing', alias: 'h' },
  version: { describe: 'show the version', takes: 'nothing', alias: 'v' },
};

/** A command line, read by the options of its command. */
export interface ParsedLine {
  readonly args: Arguments;
  readonly operands: readonly string[];
  /** What is asked for instead of a run. */
  readonly asks: 'help' | 'version' | undefined;
}

/**
 * Reads the words behind a command's name.
 *
 * @throws {UsageError} For an option that the command does not have, one whose value is missing, and a value on one
 * that takes none. What was typed is quoted only where it cannot be a key or a passphrase.
 */
export function parseArguments(words: readonly string[], command: Command): ParsedLine {
  const options: CommandOptions = { ...command.options, ...ANSWERED };
  const tokens = tokensOf(words, options);
  const asks = tokens.flatMap((token) => (token.kind === 'option' ? asked(token) : []))[0];
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  // The option whose values go on up to the next option.
  let greedy: string[] | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      (greedy ?? operands).push(token.value);
      continue;
    }
    greedy = undefined;
    if (token.kind === 'option-terminator') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    // Whoever asks for help gets it, whatever else is wrong.
    if (asks === undefined) refuseMisuse(token, option, command);
    const given = values.get(token.name) ?? [];
    if (token.value !== undefined) given.push(token.value);
    values.set(token.name, given);
    if (option?.takes === 'list') greedy = given;
  }
  return { args: argumentsOf(values, options), operands, asks };
}

function tokensOf(words: readonly string[], options: CommandOptions) {
  const described = Object.entries(options).map(([name, { takes, alias }]) => [
    name,
    {
      type: takes === 'nothing' ? ('boolean' as const) : ('string' as const),
      ...(alias !== undefined && { short: alias }),
    },
  ]);
  return parseArgs({
    args: [...words],
    options: Object.fromEntries(described),
    strict: false,
    tokens: true,
  }).tokens;
}

/** Help or the version; with a value behind it that is a mistake like any other. */
function asked({ name, value }: GivenOption): readonly ('help' | 'version')[] {
  return value === undefined && (name === 'help' || name === 'version') ? [name] : [];
}

/** One option as it stands on the command line. */
interface GivenOption {
  readonly name: string;
  /** As typed, with its dashes. */
  readonly rawName: string;
  readonly value: string | undefined;
  /** Whether the value stands in the same word, behind `=` or a letter. */
  readonly inlineValue: boolean | undefined;
}

function refuseMisuse(
  { name, rawName, value, inlineValue }: GivenOption,
  option: CommandOption | undefined,
  command: Command,
): void {
  if (option === undefined) throw unknownOption(name, rawName, command);
  if (option.takes === 'nothing') {
    if (value === undefined) return;
    throw new UsageError(`${rawName} takes no value: leave out the = and what stands behind it`);
  }
  if (value === undefined)
    throw new UsageError(`${rawName} needs a value: see keywright ${command.name} --help`);
  if (inlineValue === true || value.length < 2 || !value.startsWith('-')) return;
  const inline = rawName.startsWith('--') ? `${rawName}=…` : `${rawName}…`;
  throw new UsageError(`${rawName} needs a value: one that begins with a dash is written ${inline}`);
}

/** Letters and dashes alone, and few: anything else may be a key or a passphrase. */
const QUOTABLE = /^--?[a-z][a-z-]{0,23}$/;

function unknownOption(name: string, rawName: string, command: Command): UsageError {
  const near = nearestWord(name, Object.keys({ ...command.options, ...ANSWERED }));
  const what = QUOTABLE.test(rawName) ? `there is no option ${rawName}` : 'there is no such option';
  const perhaps = near === undefined ? '' : `, perhaps --${near}`;
  return new UsageError(`${what}${perhaps}: see keywright ${command.name} --help`);
}

/** A flag is true, an option given once its value, one given more often or that takes a list all of them. */
function argumentsOf(values: ReadonlyMap<string, readonly string[]>, options: CommandOptions): Arguments {
  const entries = [...values].map(([name, given]) => {
    const takes = options[name]?.takes;
    return [name, takes === 'nothing' ? true : takes === 'value' && given.length === 1 ? given[0] : given];
  });
  return Object.fromEntries(entries);
}
