// npm run docs:cli: writes docs/cli from the commands' own help. Given a folder, writes there.
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/**
 * What a command line prints, in lines of so many characters.
 *
 * @param {number} width
 * @param {string[]} args
 */
export async function printedAt(width, ...args) {
  const env = { ...process.env, COLUMNS: `${width}`, NO_COLOR: '1' };
  const { stdout } = await run(process.execPath, [join(ROOT, 'bin/keywright.js'), ...args], { env });
  return stdout.trimEnd();
}

/** How wide the helps stand on the pages. */
export const WIDTH = 110;

/**
 * The commands that a help text lists: the words of its left column, where they are no options.
 *
 * @param {string} help
 */
export function listed(help) {
  const [lists = ''] = help.split(/^(?:Examples|Options):$/m);
  return [...lists.matchAll(/^ {2}([a-z][a-z-]*(?: [a-z][a-z-]*)?) {2,}\S/gm)].map(([, words = '']) => words);
}

/**
 * The page of one command, or of a group of them.
 *
 * @param {string} name
 * @param {(...words: string[]) => Promise<string>} helpOf
 */
async function page(name, helpOf) {
  const help = await helpOf(...name.split(' '));
  const members = listed(help);
  const helps = await Promise.all(
    members.map(async (member) => [member, await helpOf(...member.split(' '))]),
  );
  const parts = helps.map(([member, text]) => `## keywright ${member}\n\n${fenced(text ?? '')}`);
  const note = 'Printed by the command itself; made by `npm run docs:cli`. All commands: [index](index.md).';
  return `${[`# keywright ${name}`, note, fenced(help), ...parts].join('\n\n')}\n`;
}

/** @param {string} text */
function fenced(text) {
  return `\`\`\`text\n${text}\n\`\`\``;
}

/**
 * Writes all pages into a folder.
 *
 * @param {string} folder
 * @param {(...words: string[]) => Promise<string>} helpOf prints the help of a command, or of the whole, {@link WIDTH} wide
 */
export async function writePages(folder, helpOf) {
  const help = await helpOf();
  const names = listed(help);
  const links = names.map((name) => `- [${name}](${name}.md)`).join('\n');
  const pages = await Promise.all(names.map(async (name) => [`${name}.md`, await page(name, helpOf)]));
  const index = `# The commands\n\nWhat \`keywright --help\` prints; a page for each command.\n\n${fenced(help)}\n\n${links}\n`;
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) rmSync(join(folder, old));
  for (const [file = '', text = ''] of [['index.md', index], ...pages])
    writeFileSync(join(folder, file), text);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await writePages(join(ROOT, 'docs/cli'), (...words) => printedAt(WIDTH, ...words, '--help'));
