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
export async function parseArguments(words: readonly string[], command: Command): Promise<ParsedLine> {
  const options: CommandOptions = { ...command.options, ...ANSWERED };
  // Whoever asks for help gets it, whatever else is wrong.
  const asks = askedFor(beforeTerminator(words));
  if (asks !== undefined) return { args: {}, operands: [], asks };
  refuseMisuse(beforeTerminator(words), options, command);
  const parsed = await read(words, options, command);
  const given = Object.keys(options).flatMap((name) =>
    parsed[name] === undefined ? [] : [[name, unmasked(parsed[name])] as const],
  );
  return { args: Object.fromEntries(given), operands: operandsIn(parsed), asks };
}

/** By the parser of yargs alone: the rest of it takes as long to load as all of a command that does little. */
async function read(words: readonly string[], options: CommandOptions, command: Command): Promise<Arguments> {
  const { Parser } = await import('yargs/helpers');
  const named = (takes: CommandOption['takes']) =>
    Object.keys(options).filter((name) => options[name]?.takes === takes);
  const [values, lists] = [named('value'), named('list')];
  const { argv, error } = Parser.detailed(words.map(masked), {
    alias: Object.fromEntries(Object.entries(options).map(([name, { alias = [] }]) => [name, alias])),
    array: lists,
    boolean: named('nothing'),
    narg: Object.fromEntries(values.map((name) => [name, 1])),
    string: [...values, ...lists],
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': true,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'populate--': true,
      'strip-aliased': true,
    },
  });
  // Its errors can quote what was typed, which may be a key.
  if (error !== null) {
    throw new UsageError(`the command line is wrong: see keywright ${command.name} --help`);
  }
  return argv;
}

function askedFor(words: readonly string[]): 'help' | 'version' | undefined {
  const word = words.find((each) => /^(?:--help|-h|--version|-v)$/.test(each));
  return word === undefined ? undefined : word.endsWith('h') || word.endsWith('help') ? 'help' : 'version';
}

/** What may be options: all words before a `--`. */
function beforeTerminator(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}

/** An option as it was typed. */
interface TypedOption {
  /** With its dashes, without a value behind `=` or a letter. */
  readonly typed: string;
  readonly name: string;
  readonly option: CommandOption | undefined;
  readonly value: string | undefined;
}

// yargs takes --force=yes for a yes, and lets a name that no option has pass.
function refuseMisuse(words: readonly string[], options: CommandOptions, command: Command): void {
  for (const [at, word] of words.entries()) {
    if (word.length < 2 || !word.startsWith('-')) continue;
    const { typed, name, option, value } = typedOption(word, options);
    if (option === undefined) throw unknownOption(name, typed, word, command);
    if (option.takes === 'nothing') {
      if (value === undefined) continue;
      if (!typed.startsWith('--')) throw unknownOption(name, typed, word, command);
      throw new UsageError(`${typed} takes no value: leave out the = and what stands behind it`);
    }
    const next = value ?? words[at + 1];
    const known = typeof option.words === 'object' ? option.words.join(', ') : undefined;
    if (next === undefined) {
      const mend = known === undefined ? `see keywright ${command.name} --help` : `one of ${known}`;
      throw new UsageError(`${typed} needs a value: ${mend}`);
    }
    if (value !== undefined || next.length < 2 || !next.startsWith('-')) continue;
    if (known !== undefined) throw new UsageError(`${typed} needs a value: one of ${known}`);
    const inline = typed.startsWith('--') ? `${typed}=…` : `${typed}…`;
    throw new UsageError(`${typed} needs a value: one that begins with a dash is written ${inline}`);
  }
}

function typedOption(word: string, options: CommandOptions): TypedOption {
  const own = (name: string) => (Object.hasOwn(options, name) ? options[name] : undefined);
  if (word.startsWith('--')) {
    const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    return { typed: `--${name}`, name, option: own(name), value };
  }
  const letter = word.charAt(1);
  const [name = letter] = Object.keys(options).filter((each) => options[each]?.alias === letter);
  const value = word.length > 2 ? word.slice(2) : undefined;
  return { typed: `-${letter}`, name, option: own(name), value };
}

/** Letters and dashes alone, and few: anything else may be a key or a passphrase. */
const QUOTABLE = /^--?[a-z][a-z-]{0,23}$/;

/** Operands as the help shows them, unless options alone stand there. */
const TAKES_OPERANDS = /^[[(]*[A-Z]/;

function unknownOption(name: string, typed: string, word: string, command: Command): UsageError {
  const mayBeOperand = !QUOTABLE.test(typed) || (!typed.startsWith('--') && word.length > 2);
  if (mayBeOperand && TAKES_OPERANDS.test(command.operands))
    return new UsageError(
      'there is no such option: what begins with a dash and is no option stands at the end, behind --',
    );
  const near = nearestWord(name, Object.keys({ ...command.options, ...ANSWERED }));
  const what = QUOTABLE.test(typed) ? `there is no option ${typed}` : 'there is no such option';
  const perhaps = near === undefined ? '' : `, perhaps --${near}`;
  return new UsageError(`${what}${perhaps}: see keywright ${command.name} --help`);
}

/** Operands before and behind `--`. */
function operandsIn(parsed: Arguments): readonly string[] {
  return ['_', '--']
    .flatMap((name) => {
      const words: readonly unknown[] = Array.isArray(parsed[name]) ? parsed[name] : [];
      return words;
    })
    .map((word) => String(unmasked(word)));
}

// To yargs a dash alone is no value, and `true` behind a flag is its value.
const MASK = '\0';

function masked(word: string): string {
  return /^(?:-|true|false)$/.test(word) ? `${MASK}${word}` : word;
}

function unmasked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmasked);
  return typeof value === 'string' && value.startsWith(MASK) ? value.slice(MASK.length) : value;
}
