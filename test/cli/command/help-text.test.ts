import { describe, expect, it } from 'vitest';
import { CHAPTERS } from '../../../src/cli/chapters.js';
import { tableOf } from '../../../src/cli/command/find-command.js';
import { commandHelp, helpWidth } from '../../../src/cli/command/help-text.js';
import { runArguments } from '../run-here.js';

const loaders = Object.values(tableOf(CHAPTERS)).flatMap((entry) =>
  typeof entry === 'function' ? [entry] : Object.values(entry.commands),
);
const commands = await Promise.all(loaders.map((load) => load()));
describe.each(commands)('the help of $name', (command) => {
  it.each([60, 80, 100, 200])(
    'fits %i columns, but for words that are longer and commands to paste',
    (width) => {
      const [before = '', after = ''] = commandHelp(command, width).split(/^Examples:\n(?:.+\n)+/m);
      for (const line of `${before}\n${after}`.split('\n')) {
        expect(line.length <= width || !line.trim().includes(' '), line).toBe(true);
      }
    },
  );

  it('names every option once, and what it takes', () => {
    const help = commandHelp(command, 100);
    for (const [name, { takes }] of Object.entries(command.options)) {
      const lines = help.split('\n').filter((line) => new RegExp(`^  (-.|  )[, ] --${name}( |$)`).test(line));
      expect(lines).toHaveLength(1);
      if (takes !== 'nothing') expect(lines[0]).toMatch(new RegExp(`--${name} [A-Z]|--${name} \\S+\\|`));
    }
    expect(help).not.toMatch(/\[(string|boolean|array)\]|undefined/);
  });

  it('ends words with a period and shows three examples', () => {
    expect(command.describe).toMatch(/\.$/);
    expect(command.examples).toHaveLength(3);
  });
});

describe('the width of help', () => {
  const stream = (isTTY: boolean, columns?: number) => ({ isTTY, columns, write: () => true, on() {} });
  const width = (env: Readonly<Record<string, string>>, isTTY: boolean, columns?: number) =>
    helpWidth({
      stdin: (async function* () {})(),
      stdout: stream(isTTY, columns),
      stderr: stream(false),
      env,
      on() {},
      off() {},
    });

  it.each([
    ['COLUMNS', { COLUMNS: '100' }, false, undefined, 100],
    ['COLUMNS before the terminal', { COLUMNS: '100' }, true, 132, 100],
    ["the terminal's", {}, true, 132, 132],
    ['80 in a pipe', {}, false, 132, 80],
    ['80 where the terminal does not tell', {}, true, 0, 80],
    ['80 where COLUMNS is no number', { COLUMNS: 'wide' }, false, undefined, 80],
    ['40 at least', { COLUMNS: '7' }, false, undefined, 40],
  ] as const)('is %s', (_, env, isTTY, columns, expected) => {
    expect(width(env, isTTY, columns)).toBe(expected);
  });
});

describe('help', () => {
  const outputOf = async (...argv: readonly string[]) =>
    (await runArguments(argv, { COLUMNS: '100' })).stdout;

  it('is the same however it is asked for', async () => {
    const whole = await outputOf();
    expect(await outputOf('--help')).toBe(whole);
    expect(await outputOf('-h')).toBe(whole);
    expect(await outputOf('help')).toBe(whole);
    const one = await outputOf('help', 'keyring', 'add');
    expect(await outputOf('keyring', 'add', '-h')).toBe(one);
    expect(await outputOf('keyring', 'add', 'file', '--json=1', '--help')).toBe(one);
    expect(await outputOf('help', 'keyring')).toBe(await outputOf('keyring', '--help'));
  });

  it('groups the commands', async () => {
    const headings = [...(await outputOf()).matchAll(/^(\w[\w ]*):$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Keys', 'Ledger', 'Import', 'Sign', 'Signing keys', 'Shell', 'Options']);
  });

  it('groups the options of generate', async () => {
    const headings = [...(await outputOf('generate', '-h')).matchAll(/^(\w[\w ]*):$/gm)].map(
      ([, heading]) => heading,
    );
    expect(headings).toEqual(['Format', 'Output', 'Uniqueness', 'Ledger', 'Advanced', 'Options', 'Examples']);
  });

  it.each([
    [['help', 'nonsense'], 'keywright: there is no such command: see keywright --help\n'],
    [
      ['help', 'keyring', 'ad'],
      'keywright: keyring has no such command, perhaps keyring add: see keywright keyring --help\n',
    ],
    [['ledger', 'export'], 'keywright: ledger has no such command: see keywright ledger --help\n'],
    [
      ['generate', '--forse'],
      'keywright: there is no option --forse, perhaps --force: see keywright generate --help\n',
    ],
  ])('%j is told what there is', async (argv, stderr) => {
    expect(await runArguments(argv)).toEqual({ status: 2, stdout: '', stderr });
  });
});
