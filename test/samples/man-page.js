// npm run docs:cli: writes man/keywright.1 from the commands' own help, and from the exit codes that docs/ci.md tells.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listed, printedAt } from './cli-pages.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** How wide a help has to be: no line of it is as long, so that man alone breaks lines. */
export const WIDTH = 9999;
/** What roff would read as something else. */
const ESCAPES = new Map([
  ['\\', '\\e'],
  ['-', '\\-'],
  ["'", '\\(aq'],
  ['`', '\\(ga'],
  ['^', '\\(ha'],
  ['~', '\\(ti'],
]);

/** @param {string} text */
function escaped(text) {
  return text.replaceAll(/[\\'`^~-]/g, (symbol) => ESCAPES.get(symbol) ?? symbol).replace(/^\./, '\\&.');
}

/**
 * A table of a help: its entries, each a name and what it means, which may stand on the next line.
 *
 * @param {string} table
 */
function entries(table) {
  return [...table.matchAll(/^ +(\S+(?: \S+)*)\s{2,}(\S.*)$/gm)]
    .filter(([, name = '']) => !/^-[hv], /.test(name))
    .map(([, name = '', text = '']) => `.TP\n.B ${escaped(name)}\n${escaped(text)}\n`);
}

/**
 * A part of a help that an empty line ends: examples, a table below its heading, or sentences.
 *
 * @param {string} part
 */
function shown(part) {
  const [, heading, rest = ''] = /^(\w[\w ]*):\n(.*)$/s.exec(part) ?? [];
  if (heading === undefined)
    return part
      .split('\n')
      .map((line) => `.PP\n${escaped(line)}\n`)
      .join('');
  const lines = rest.replaceAll(/^ {2}/gm, '').split('\n');
  if (heading === 'Examples') return `.PP\nExamples:\n.PP\n.EX\n${lines.map(escaped).join('\n')}\n.EE\n`;
  const found = entries(rest);
  return found.length === 0 ? '' : `.PP\n${escaped(heading)}:\n${found.join('')}`;
}

/**
 * The part about a command.
 *
 * @param {string} name
 * @param {string} help
 */
function section(name, help) {
  const [usage = '', ...parts] = help.split('\n\n');
  return `.SS "keywright ${name}"\n.PP\n.B ${escaped(usage)}\n${parts.map(shown).join('')}`;
}

/** Exit codes, as docs/ci.md tells them. */
function exitCodes() {
  const rows = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8').matchAll(/^\| (\d+(?:, \d+)*) \| ([^|]+) \|/gm);
  return [...rows].map(([, code = '', meaning = '']) => `.TP\n.B ${code}\n${escaped(meaning)}\n`).join('');
}

/**
 * The page as roff of the man macros.
 *
 * @param {(...words: string[]) => Promise<string>} helpOf prints the help of a command, or of the whole, {@link WIDTH} wide
 */
export async function manPage(helpOf) {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const help = await helpOf();
  const [usage = '', about = '', ...chapters] = help.split('\n\n');
  const sections = [];
  for (const word of listed(help)) {
    const own = await helpOf(word);
    const members = listed(own);
    if (members.length === 0) sections.push(section(word, own));
    for (const member of members) sections.push(section(member, await helpOf(...member.split(' '))));
  }
  return [
    `.\\" Made by npm run docs:cli from the commands' help.`,
    `.TH KEYWRIGHT 1 "" "keywright ${version}" "User Commands"`,
    `.SH NAME\nkeywright \\- ${escaped(about.replace(/\.$/, ''))}`,
    `.SH SYNOPSIS\n.B ${escaped(usage)}`,
    `.SH DESCRIPTION\n${chapters.map(shown).join('').trimEnd()}`,
    `.SH COMMANDS\n${sections.join('').trimEnd()}`,
    `.SH EXIT STATUS\n${exitCodes()}`,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = await manPage((...words) => printedAt(WIDTH, ...words, '--help'));
  mkdirSync(join(ROOT, 'man'), { recursive: true });
  writeFileSync(join(ROOT, 'man/keywright.1'), page);
}
