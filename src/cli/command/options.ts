import { CHECK_SCHEMES } from '../../core/format/check/check-schemes.js';
import type { KeyFormat } from '../../core/format/key-format.js';
import type { Shard } from '../../core/generate/shard.js';
import { UsageError } from './exit-code.js';

/** What a command line says: texts, as `1e10` must not become a number; arrays where an option is repeated. */
export type Arguments = Readonly<Record<string, unknown>>;

/** Words that an option or operand takes, for the help and for TAB; those of a module that is loaded late by a function. */
export type Words = readonly string[] | (() => Promise<readonly string[]>);

/** What else is known of an option. */
export interface OptionDetails {
  /** Its one-letter name. */
  readonly alias?: string | undefined;
  /** What the help calls its value, as `FILE`, for which TAB completes files; default the last word of its name. */
  readonly value?: string | undefined;
  /** What it takes, where that is a few words. */
  readonly words?: Words | undefined;
  /** The heading it stands under in the help. */
  readonly heading?: string | undefined;
  /** What its value names: a file that is read, a ledger, a program with its words, a file that is written. */
  readonly names?: 'input' | 'ledger' | 'program' | 'output' | undefined;
  /** Whether that file may be standard output, `-`: where the command writes without the option. */
  readonly orStdout?: boolean | undefined;
}

/** An option of a command. */
export interface CommandOption extends OptionDetails {
  readonly describe: string;
  /** One value; none; every word up to the next option. */
  readonly takes: 'value' | 'nothing' | 'list';
}

/** The options of a command by their names. */
export type CommandOptions = Readonly<Record<string, CommandOption>>;

/** An option that takes one value. */
export function valued(describe: string, details: OptionDetails = {}): CommandOption {
  return { describe, takes: 'value', ...details };
}

/** An option that takes no value. What is on by default is turned off by one of its own, as `--no-manifest`. */
export function flagged(describe: string): CommandOption {
  return { describe, takes: 'nothing' };
}

/** An option that takes all values up to the next option. */
export function listed(describe: string): CommandOption {
  return { describe, takes: 'list', value: 'FILE…', names: 'input' };
}

/** An option whose value is a file that is read. */
export function inputFile(describe: string, details: OptionDetails = {}): CommandOption {
  return valued(describe, { names: 'input', ...details });
}

/** An option whose value is a file that is written. */
export function outputFile(describe: string, details: OptionDetails = {}): CommandOption {
  return valued(describe, { names: 'output', ...details });
}

/** An option whose value is a file that is written instead of standard output, which `-` names. */
export function insteadOfStdout(describe: string): CommandOption {
  return outputFile(describe, { orStdout: true, alias: 'o' });
}

/** The same options under a heading of the help. */
export function under(heading: string, options: CommandOptions): CommandOptions {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { ...option, heading }]));
}

/** The value of an option given at most once. */
export function text(args: Arguments, name: string): string | undefined {
  const value = args[name];
  if (Array.isArray(value)) throw new UsageError(`--${name} is given twice: give it once`);
  return typeof value === 'string' ? value : undefined;
}

/** Whether a switch is on. */
export function flag(args: Arguments, name: string): boolean {
  return args[name] === true;
}

/** All values of an option, in order. */
export function list(args: Arguments, name: string): readonly string[] {
  const value = args[name];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((item) => typeof item === 'string');
}

/** A whole number from 1 on, in plain digits. */
export function count(args: Arguments, name: string): number | undefined {
  const given = text(args, name);
  if (given === undefined) return undefined;
  const value = /^[0-9]{1,16}$/.test(given) ? Number(given) : 0;
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new UsageError(`--${name} takes a whole number from 1 on in plain digits, as 100000`);
}

/** Bytes: a whole number from 1 on, or one of KiB, MiB, GiB, as 512M. */
export function size(args: Arguments, name: string): number | undefined {
  const given = text(args, name);
  if (given === undefined) return undefined;
  const [, digits, unit = ''] = /^([0-9]{1,16})(?:([KMG])(?:i?B)?)?$/i.exec(given) ?? [];
  const value = Number(digits) * 1024 ** ['', 'K', 'M', 'G'].indexOf(unit.toUpperCase());
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new UsageError(`--${name} takes a size in bytes, or with K, M or G behind it, as 512M`);
}

/** Seconds: a whole number from 0 on, in plain digits. */
export function seconds(args: Arguments, name: string): number | undefined {
  const given = text(args, name);
  if (given === undefined) return undefined;
  if (/^[0-9]{1,12}$/.test(given)) return Number(given);
  throw new UsageError(`--${name} takes whole seconds from 0 on in plain digits, as 86400`);
}

/** A time: ISO 8601 with its zone, a date (in UTC), or Unix seconds. */
export function time(args: Arguments, name: string): Date | undefined {
  const given = text(args, name);
  if (given === undefined) return undefined;
  const read = parseTime(given);
  if (read !== undefined) return read;
  throw new UsageError(`--${name} takes a time as 2026-01-31T00:00:00Z, a date, or Unix seconds`);
}

function parseTime(given: string): Date | undefined {
  // Eight digits are more likely a date without its dashes than a second of 1970.
  if (/^([0-9]{1,7}|[0-9]{9,11})$/.test(given)) return new Date(Number(given) * 1000);
  const [, day, clock = 'T00:00', zone = 'Z'] =
    /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:(T[0-9:]{5}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?)(Z|[+-][0-9]{2}:[0-9]{2}))?$/.exec(
      given,
    ) ?? [];
  if (day === undefined) return undefined;
  // Date takes February 30 for March 1.
  const local = new Date(`${day}${clock}Z`);
  if (Number.isNaN(local.getTime()) || !local.toISOString().startsWith(day)) return undefined;
  const date = new Date(`${day}${clock}${zone}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** One of a few words. */
export function choice<Word extends string>(
  args: Arguments,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const given = text(args, name);
  const word = words.find((candidate) => candidate === given);
  if (given === undefined || word !== undefined) return word;
  throw new UsageError(`--${name} takes ${words.join(' or ')}`);
}

/** `--shard i/n`. */
export function shard(args: Arguments): Shard | undefined {
  const given = text(args, 'shard');
  if (given === undefined) return undefined;
  const [, index, of] = /^([0-9]{1,10})\/([0-9]{1,10})$/.exec(given) ?? [];
  const parsed = { index: Number(index), of: Number(of) };
  if (parsed.index >= 1 && parsed.index <= parsed.of) return parsed;
  throw new UsageError('--shard takes i/n with i from 1 to n, as 2/8 for the second of eight');
}

/** `--set NAME=VALUE`, each. */
export function fields(args: Arguments): readonly (readonly [string, string])[] {
  return list(args, 'set').map((pair) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (name !== undefined && value !== undefined) return [name, value];
    throw new UsageError('--set takes NAME=VALUE, as --set product_id=1');
  });
}

/** The five options that describe a format. */
export const FORMAT_OPTIONS: CommandOptions = under('Format', {
  format: valued('a preset, a mask or a /regex/ (see keywright format --help)', {
    alias: 'f',
    value: 'SPEC',
    words: presetNames,
  }),
  alphabet: valued('what X draws from: a name, or symbols in brackets as [A-HJ-NP-Z2-9]', {
    words: async () => Object.keys((await import('../../core/format/alphabet.js')).ALPHABETS),
  }),
  prefix: valued('fixed text before each key', { value: 'TEXT' }),
  suffix: valued('fixed text after each key', { value: 'TEXT' }),
  'check-character': valued('make the last slot the check over the others, by this scheme', {
    value: 'SCHEME',
    words: CHECK_SCHEMES,
  }),
});

/** The names of formats, for TAB. */
export async function presetNames(): Promise<readonly string[]> {
  const { PRESETS } = await import('../../core/format/preset.js');
  return PRESETS.map(({ name }) => name);
}

/** The format that {@link FORMAT_OPTIONS} describe. */
export async function formatOf(args: Arguments, spec: string | undefined): Promise<KeyFormat> {
  const { DEFAULT_FORMAT, parseFormat } = await import('../../core/format/parse-format.js');
  const [alphabet, prefix, suffix] = [text(args, 'alphabet'), text(args, 'prefix'), text(args, 'suffix')];
  return parseFormat(spec ?? DEFAULT_FORMAT, {
    alphabet,
    prefix,
    suffix,
    checkCharacter: choice(args, 'check-character', CHECK_SCHEMES),
  });
}
