import type { Chapter, CommandLoader, Context } from './command/command.js';
import { findCommand, tableOf } from './command/find-command.js';
import { commandHelp, groupHelp, helpWidth, wholeHelp } from './command/help-text.js';

/** The help on the command or the group that `words` name, on the whole without words. */
export async function helpOn(
  words: readonly string[],
  chapters: readonly Chapter[],
  { io }: Context,
): Promise<string> {
  const width = helpWidth(io);
  if (words.length === 0) return wholeHelp(chapters, await describes(chapters), width);
  const found = findCommand(words, tableOf(chapters));
  if (found.kind === 'command') return commandHelp(await found.load(), width);
  const { word, group } = found;
  return groupHelp(word, group, await loaded(Object.values(group.commands)), width);
}

function loaded(loaders: readonly CommandLoader[]) {
  return Promise.all(loaders.map((load) => load()));
}

async function describes(chapters: readonly Chapter[]): Promise<ReadonlyMap<string, string>> {
  const entries = Object.entries(tableOf(chapters)).map(async ([word, entry]) => {
    const { describe } = typeof entry === 'function' ? await entry() : entry;
    return [word, describe] as const;
  });
  return new Map(await Promise.all(entries));
}
