import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { QUICK, run, start } from '../cli/script.js';
import { newFolder } from '../new-folder.js';
import { hasOpenssl, NEEDS_OPENSSL } from '../openssl.js';
import { type Block, pages, ROOT, readPage, type Section, sectionsOf } from './pages.js';

/*
 * Examples are fenced blocks, and those of one section share a folder that is empty but for `samples` and `keys`; so
 * do all of README.md once more, for whoever pastes it from top to bottom:
 *   sh        commands as they would be pasted: each exits with 0 and complains of nothing
 *   console   `$ command`, or `$ command # exit N`, and all that it prints; `…` stands for what differs each time
 *   js        a module, where it imports keywright; `console.log(…); // text` says what it prints
 */

/** What is no complaint where a command exits with 0: what it tells beside a good answer. */
const TOLD = /^keywright: .*\n/gm;
/** What is not run here: it installs, starts the tests, or is a sample with a test of its own. */
const SKIPPED = /^(npm|sh samples\/\S+\.sh)\b/;

/** A folder with what a section's commands see, and the variables they exported. */
interface Place {
  folder: string;
  readonly env: Record<string, string>;
}

/** The sections of a page that hold examples. */
const withExamples = (path: string) =>
  sectionsOf(readPage(path)).filter(({ blocks }) => blocks.some(isExample));

/** Whether a section shows what openssl does where there is none. */
const lacksOpenssl = ({ blocks }: Section) =>
  !hasOpenssl && blocks.some(({ text }) => /\bopenssl\b/.test(text));

describe.each(pages().filter((path) => withExamples(path).length > 0))('%s', (path) => {
  const sections = withExamples(path);
  const runOf = (section: Section) => runSection(path, section);
  it.for(sections.filter((section) => !lacksOpenssl(section)))('$title', { timeout: 120_000 }, runOf);
  it.skip.for(sections.filter(lacksOpenssl))(`$title${NEEDS_OPENSSL}`, runOf);
});

const whole = withExamples('README.md');

it.skipIf(whole.some(lacksOpenssl))('README.md, from top to bottom', { timeout: 120_000 }, async () => {
  const blocks = whole.flatMap((section) => section.blocks);
  await runSection('README.md', { title: 'the whole', blocks });
});

it('has examples of each kind', () => {
  const all = pages().flatMap((path) => sectionsOf(readPage(path)).flatMap(({ blocks }) => blocks));
  for (const language of ['sh', 'console', 'js']) {
    expect(all.filter((block) => block.language === language && isExample(block)).length).toBeGreaterThan(3);
  }
});

function isExample({ language, text }: Block): boolean {
  if (language === 'js') return /^import .* from 'keywright\b/m.test(text);
  return (
    language === 'console' || (language === 'sh' && commandsOf(text).some((line) => !SKIPPED.test(line)))
  );
}

async function runSection(path: string, { blocks }: Section): Promise<void> {
  const place: Place = { folder: newFolder(), env: {} };
  const home = place.folder;
  mkdirSync(join(home, 'node_modules'));
  symlinkSync(ROOT, join(home, 'node_modules/keywright'));
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
  for (const name of ['samples', 'keys'])
    if (blocks.some(({ text }) => text.includes(`${name}/`)))
      cpSync(join(ROOT, name), join(home, name), { recursive: true });
  for (const block of blocks.filter(isExample)) {
    const where = `${path}:${block.line}`;
    if (block.language === 'js') runModule(where, block.text, place);
    else if (block.language === 'sh') await runCommands(where, block.text, place);
    else await runTranscript(where, block.text, place);
  }
}

async function runCommands(where: string, text: string, place: Place): Promise<void> {
  for (const command of commandsOf(text)) {
    if (SKIPPED.test(command)) continue;
    const outcome = await runOne(command, place);
    expect(outcome.stderr.replace(TOLD, ''), `${where}: ${command}`).toBe('');
    expect(outcome.status, `${where}: ${command}\n${outcome.stdout}`).toBe(0);
  }
}

/** The commands of a block: without comments; a line that ends in a backslash goes on, and so does a text up to EOF. */
function commandsOf(text: string): readonly string[] {
  const commands = text.match(/(?:.*<<'EOF'.*\n[\s\S]*?\nEOF|(?:.*\\\n)*.*)/g) ?? [];
  return commands
    .filter((command) => !command.startsWith('#'))
    .map((command) => command.replace(/ +# [^'"]*$/, ''))
    .filter((command) => command.trim() !== '');
}

async function runTranscript(where: string, text: string, place: Place): Promise<void> {
  for (const step of text.split(/^\$ /m).filter((part) => part !== '')) {
    const [head = ''] = /^(?:.*\\\n)*.*/.exec(step) ?? [];
    const [, command = '', exit = '0'] = /^([\s\S]*?)(?: +# exit (\d+))?$/.exec(head) ?? [];
    const shown = step.slice(head.length + 1).trimEnd();
    const { status, stdout, stderr } = await runOne(command, place);
    const expected = shown.split('\n');
    const said = expected.filter((line) => line.startsWith('keywright: '));
    const told = expected.filter((line) => !line.startsWith('keywright: '));
    expect(status, `${where}: ${command}\n${stdout}${stderr}`).toBe(Number(exit));
    expectLines(stderr, said, `${where}: ${command}: stderr`);
    if (shown !== '' || exit === '0') expectLines(stdout, told, `${where}: ${command}: stdout`);
  }
}

/** `…` in a line stands for anything in it, a line of nothing else for any lines. */
function expectLines(output: string, lines: readonly string[], what: string): void {
  const [seen, expected] = [`${output.trimEnd()}\n`, `${lines.join('\n').trimEnd()}\n`];
  const pattern = expected
    .split(/(^…\n|…)/m)
    .map((part) => {
      if (part === '…') return '.*';
      return part.startsWith('…') ? '(?:.*\\n)*?' : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    })
    .join('');
  if (!new RegExp(`^${pattern}$`).test(seen)) expect(seen, what).toBe(expected);
}

async function runOne(command: string, place: Place): ReturnType<typeof start> {
  const [, name, value = ''] = /^export (\w+)=(.*)$/.exec(command) ?? [];
  if (name !== undefined) {
    const outcome = run(`printf %s ${value}`, place.folder, place.env);
    place.env[name] = outcome.stdout;
    return { status: outcome.status, stdout: '', stderr: outcome.stderr };
  }
  const folder = /^cd (\S+)$/.exec(command)?.[1];
  if (folder !== undefined) {
    place.folder = join(place.folder, folder);
    return { status: 0, stdout: '', stderr: '' };
  }
  return start(command, place.folder, QUICK, place.env);
}

function runModule(where: string, text: string, place: Place): void {
  writeFileSync(join(place.folder, 'example.js'), text);
  const { status, stdout, stderr } = run('node example.js', place.folder, place.env);
  expect(stderr, where).toBe('');
  expect(status, where).toBe(0);
  const lines = [...text.matchAll(/^.*console\.log\(.*\); +\/\/ (.*)$/gm)].map(([, line = '']) => line);
  if (lines.length > 0) expectLines(stdout, lines, `${where}: stdout`);
}
