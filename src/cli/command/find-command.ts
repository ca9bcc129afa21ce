import type { Chapter, CommandGroup, CommandLoader, CommandTable } from './command.js';
import { UsageError } from './exit-code.js';
import { nearestWord } from './nearest.js';

/** What the first words of a command line name: a command, or a group that still needs its second word. */
export type Found =
  | { readonly kind: 'command'; readonly load: CommandLoader; readonly rest: readonly string[] }
  | {
      readonly kind: 'group';
      readonly word: string;
      readonly group: CommandGroup;
      readonly rest: readonly string[];
    };

/** All commands and groups by their first word. */
export function tableOf(chapters: readonly Chapter[]): CommandTable {
  return Object.assign({}, ...chapters.map(({ commands }) => commands));
}

/**
 * Finds the command or the group that the first words name.
 *
 * @throws {UsageError} When there is none; names the one that was probably meant.
 */
export function findCommand([first = '', ...rest]: readonly string[], table: CommandTable): Found {
  const entry = Object.hasOwn(table, first) ? table[first] : undefined;
  if (entry === undefined) throw unknownCommand(first, Object.keys(table), []);
  if (typeof entry === 'function') return { kind: 'command', load: entry, rest };
  const [second, ...others] = rest;
  if (second === undefined || second.startsWith('-'))
    return { kind: 'group', word: first, group: entry, rest };
  const load = Object.hasOwn(entry.commands, second) ? entry.commands[second] : undefined;
  if (load === undefined) throw unknownCommand(second, Object.keys(entry.commands), [first]);
  return { kind: 'command', load, rest: others };
}

/** What was typed is not quoted: it may be a key. */
function unknownCommand(word: string, words: readonly string[], before: readonly string[]): UsageError {
  const help = ['keywright', ...before, '--help'].join(' ');
  if (word.startsWith('-')) return new UsageError(`the command stands before its options: see ${help}`);
  const near = nearestWord(word, words);
  const perhaps = near === undefined ? '' : `, perhaps ${[...before, near].join(' ')}`;
  const what = before.length === 0 ? 'there is no such command' : `${before.join(' ')} has no such command`;
  return new UsageError(`${what}${perhaps}: see ${help}`);
}
