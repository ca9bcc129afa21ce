import type { Command, CommandTable } from '../command/command.js';
import type { CommandOptions, Words } from '../command/options.js';
import { ANSWERED } from '../command/parse-arguments.js';
import { valueName } from '../command/value-name.js';

/** What a completion script answers by the shell's own completion of files. */
const FILES = ':files';
/** Options whose value is called one of these take a file. */
const FILE_VALUES = ['FILE', 'FILE…', 'FOLDER', 'LEDGER', 'KEY'];

/** A word that may stand there, and what it is for. */
interface Candidate {
  readonly word: string;
  readonly describe?: string | undefined;
}

/**
 * What may stand in place of the last of `typed`, which is the command line up to the cursor without the command's own
 * name, behind the name of the shell: a word a line, with what it is for behind a tab, or `:files`. Never throws: an error has no place in a prompt.
 */
export async function completionsFor(
  [shell = '', ...typed]: readonly string[],
  table: CommandTable,
): Promise<string> {
  // bash makes three words of --as=csv, and completes the last of them alone.
  const words = shell === 'bash' ? joined(typed) : typed;
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  try {
    const found = await candidates(before, last, table);
    const [, inline = ''] = /^(--[a-z-]+=)/.exec(last) ?? [];
    const text = found
      .filter(({ word }) => word === FILES || `${inline}${word}`.startsWith(last))
      .map(({ word, describe }) => {
        const whole = shell === 'bash' || word === FILES ? word : `${inline}${word}`;
        return describe === undefined ? whole : `${whole}\t${describe}`;
      });
    return text.map((line) => `${line}\n`).join('');
  } catch {
    return '';
  }
}

function joined(words: readonly string[]): readonly string[] {
  const whole: string[] = [];
  for (const [index, word] of words.entries()) {
    const behind = words[index - 1] === '=' && whole.at(-1)?.endsWith('=') === true;
    const option = word === '=' && whole.at(-1)?.startsWith('--') === true;
    if (behind || option) whole.push(`${whole.pop()}${word}`);
    else whole.push(word);
  }
  return whole;
}

async function candidates(
  before: readonly string[],
  last: string,
  table: CommandTable,
): Promise<readonly Candidate[]> {
  const helps = before[0] === 'help';
  const [first, second, ...rest] = helps ? before.slice(1) : before;
  if (first === undefined) {
    if (last.startsWith('-')) return optionsIn({});
    return [
      ...(await describedWords(table)),
      ...(helps ? [] : [{ word: 'help', describe: 'show how a command works' }]),
    ];
  }
  const entry = Object.hasOwn(table, first) ? table[first] : undefined;
  if (entry === undefined) return [];
  if (typeof entry === 'function') {
    return helps ? [] : inCommand(await entry(), before.slice(1), last);
  }
  if (second === undefined) return last.startsWith('-') ? optionsIn({}) : describedWords(entry.commands);
  const load = Object.hasOwn(entry.commands, second) ? entry.commands[second] : undefined;
  return load === undefined || helps ? [] : inCommand(await load(), rest, last);
}

function describedWords(table: CommandTable): Promise<readonly Candidate[]> {
  return Promise.all(
    Object.entries(table).map(async ([word, entry]) => {
      const { describe } = typeof entry === 'function' ? await entry() : entry;
      return { word, describe };
    }),
  );
}

async function inCommand(
  { options, operandWords }: Command,
  before: readonly string[],
  last: string,
): Promise<readonly Candidate[]> {
  const operand = () => (operandWords === undefined ? [{ word: FILES }] : wordsOf(operandWords));
  if (before.includes('--')) return operand();
  const [, inline] = /^--([a-z-]+)=/.exec(last) ?? [];
  if (inline !== undefined) return valuesOf(inline, options);
  const behind = optionBehind(before, options);
  if (behind !== undefined) return valuesOf(behind, options);
  if (last.startsWith('-')) return optionsIn(options);
  return operand();
}

/** The option whose value comes next. */
function optionBehind(before: readonly string[], options: CommandOptions): string | undefined {
  const at = before.findLastIndex((word) => word.startsWith('-') && word !== '-');
  const given = before[at] ?? '';
  const [name, option] =
    Object.entries(options).find(
      ([name, { alias }]) => given === `--${name}` || (alias !== undefined && given === `-${alias}`),
    ) ?? [];
  if (option === undefined || option.takes === 'nothing') return undefined;
  return option.takes === 'list' || at === before.length - 1 ? name : undefined;
}

async function valuesOf(name: string, options: CommandOptions): Promise<readonly Candidate[]> {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) return [];
  if (option.words !== undefined) return wordsOf(option.words);
  return FILE_VALUES.includes(valueName(name, option)) ? [{ word: FILES }] : [];
}

async function wordsOf(words: Words): Promise<readonly Candidate[]> {
  const all = typeof words === 'function' ? await words() : words;
  return all.map((word) => ({ word }));
}

function optionsIn(options: CommandOptions): readonly Candidate[] {
  return Object.entries({ ...options, ...ANSWERED }).map(([name, { describe }]) => ({
    word: `--${name}`,
    describe,
  }));
}
