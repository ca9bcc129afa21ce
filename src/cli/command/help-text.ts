import type { Chapter, Command, CommandGroup } from './command.js';
import type { Io } from './io.js';
import type { CommandOption, CommandOptions } from './options.js';
import { ANSWERED } from './parse-arguments.js';
import { valueName } from './value-name.js';

const WIDTH = 80;
const NARROWEST = 40;
/** A name longer than this has its text on the next line. */
const LONGEST_NAME = 26;
/** Where options stand that have no heading of their own. */
const OPTIONS = 'Options';

/** How wide help is: COLUMNS, else the terminal's width, else 80. */
export function helpWidth({ env, stdout }: Io): number {
  const columns = /^[0-9]{1,4}$/.test(env['COLUMNS'] ?? '') ? Number(env['COLUMNS']) : 0;
  const width = columns > 0 ? columns : stdout.isTTY === true ? (stdout.columns ?? 0) : 0;
  return width > 0 ? Math.max(NARROWEST, width) : WIDTH;
}

/** The help of a command. */
export function commandHelp(command: Command, width: number): string {
  const { name, operands, describe, options, examples, epilogue } = command;
  const shown = examples.map(([what, example]) =>
    [...wrapped(`# ${what}`, width, '  ', '  # '), `  ${continued(`keywright ${example}`, width - 4)}`].join(
      '\n',
    ),
  );
  return page([
    wrapped(`keywright ${name} ${operands}`, width, '', '    ').join('\n'),
    wrapped(describe, width).join('\n'),
    ...optionTables(options, width),
    `Examples:\n${shown.join('\n')}`,
    ...(epilogue === undefined
      ? []
      : [
          epilogue
            .split('\n')
            .flatMap((line) => wrapped(line, width))
            .join('\n'),
        ]),
  ]);
}

/** The help of a group of commands, which are loaded. */
export function groupHelp(
  word: string,
  group: CommandGroup,
  commands: readonly Command[],
  width: number,
): string {
  return page([
    `keywright ${word} COMMAND [options]`,
    wrapped(group.describe, width).join('\n'),
    table(
      'Commands',
      commands.map(({ name, describe }) => [name, describe] as const),
      width,
    ),
    `keywright ${word} COMMAND --help shows how one works.`,
  ]);
}

/** The help of the whole; `describes` are the texts of commands and groups by their words. */
export function wholeHelp(
  chapters: readonly Chapter[],
  describes: ReadonlyMap<string, string>,
  width: number,
): string {
  const tables = chapters.map(({ heading, commands }) =>
    table(
      heading,
      Object.keys(commands).map((word) => [word, describes.get(word) ?? ''] as const),
      width,
    ),
  );
  return page([
    'keywright COMMAND [options]',
    'License keys in bulk, unique against everything issued before.',
    ...tables,
    optionTable(OPTIONS, ANSWERED, width),
    'keywright help COMMAND shows how one works.',
  ]);
}

function page(paragraphs: readonly string[]): string {
  return `${paragraphs.join('\n\n')}\n`;
}

function optionTables(options: CommandOptions, width: number): readonly string[] {
  const all = Object.entries({ ...options, ...ANSWERED });
  const headings = new Set([...all.map(([, { heading }]) => heading ?? OPTIONS)]);
  // What has no heading is what the reader knows from other commands: last.
  const order = [...headings].filter((heading) => heading !== OPTIONS).concat(OPTIONS);
  return order.map((heading) =>
    optionTable(
      heading,
      Object.fromEntries(all.filter(([, option]) => (option.heading ?? OPTIONS) === heading)),
      width,
    ),
  );
}

function optionTable(heading: string, options: CommandOptions, width: number): string {
  const rows = Object.entries(options).map(
    ([name, option]) => [optionInWords(name, option), option.describe] as const,
  );
  return table(heading, rows, width);
}

function optionInWords(name: string, option: CommandOption): string {
  const short = option.alias === undefined ? '    ' : `-${option.alias}, `;
  const value = option.takes === 'nothing' ? '' : ` ${valueName(name, option)}`;
  return `${short}--${name}${value}`;
}

/** Two columns below a heading. */
function table(
  heading: string,
  rows: readonly (readonly [name: string, text: string])[],
  width: number,
): string {
  const fitting = rows.map(([name]) => name.length).filter((length) => length <= LONGEST_NAME);
  // On a narrow terminal the texts stand below the names.
  const below = width < 2 * LONGEST_NAME + 8;
  const column = below ? 8 : Math.max(...fitting, 0) + 4;
  const lines = rows.flatMap(([name, text]) => {
    const [first = '', ...rest] = wrapped(text, width, ' '.repeat(column));
    const fits = !below && name.length <= column - 4;
    return fits
      ? [`  ${name.padEnd(column - 2)}${first.trimStart()}`, ...rest]
      : [`  ${name}`, first, ...rest];
  });
  return [`${heading}:`, ...lines].join('\n');
}

/** A text in lines of at most `width` characters, where its words allow it. */
function wrapped(text: string, width: number, indent = '', next = indent): readonly string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    const start = line.trim() === '' || line === next;
    if (!start && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${next}${word}`;
    } else {
      line = start ? `${line}${word}` : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** A long command on several lines as a shell reads them. */
function continued(command: string, width: number): string {
  let column = 0;
  return command
    .split(/ (?=--?[a-z])/)
    .map((part, index) => {
      const fits = index === 0 || column + part.length < width;
      column = (fits ? column : 4) + part.length + 1;
      if (index === 0) return part;
      return fits ? ` ${part}` : ` \\\n    ${part}`;
    })
    .join('');
}
