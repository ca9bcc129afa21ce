import { describe, expect, it } from 'vitest';
import { CHAPTERS } from '../../../src/cli/chapters.js';
import type { Command } from '../../../src/cli/command/command.js';
import { UsageError } from '../../../src/cli/command/exit-code.js';
import { tableOf } from '../../../src/cli/command/find-command.js';
import { flagged, listed, valued } from '../../../src/cli/command/options.js';
import { ANSWERED, parseArguments } from '../../../src/cli/command/parse-arguments.js';

const command: Command = {
  name: 'try',
  operands: 'KEY…',
  describe: '',
  options: {
    count: valued('', { alias: 'n' }),
    'public-key': valued(''),
    against: listed(''),
    force: flagged(''),
    'no-manifest': flagged(''),
  },
  examples: [],
  run: async () => 0,
};
/** What is said of a word that may be a key. */
const DASHED = 'what begins with a dash and is no option stands at the end, behind --';
const parse = (...words: readonly string[]) => parseArguments(words, command);

describe('words become values', () => {
  it.each([
    [['-n', '5'], { count: '5' }, []],
    [['-n5', '--force'], { count: '5', force: true }, []],
    [['--count=1e10'], { count: '1e10' }, []],
    [['--count', '-'], { count: '-' }, []],
    [['--count=-5'], { count: '-5' }, []],
    [['--count='], { count: '' }, []],
    [['-n', '1', '-n', '2'], { count: ['1', '2'] }, []],
    [['a', '--against', 'b', 'c', '--force', 'd'], { against: ['b', 'c'], force: true }, ['a', 'd']],
    [['--against', 'b', '--against', 'c', '--', '-d'], { against: ['b', 'c'] }, ['-d']],
    [['--against', 'b', '-', '--', 'c'], { against: ['b', '-'] }, ['c']],
    [['--no-manifest', '-'], { 'no-manifest': true }, ['-']],
    [['--public-key', 'a', 'b', '--public-key', 'c'], { 'public-key': ['a', 'c'] }, ['b']],
    [['--', '--help'], {}, ['--help']],
    [['--force', 'true', '-n', 'false'], { force: true, count: 'false' }, ['true']],
  ])('%j', async (words, args, operands) => {
    expect(await parse(...words)).toEqual({ args, operands, asks: undefined });
  });

  it.each([[['--help']], [['-h']], [['--force=x', '--help']], [['--nonsense', 'x', '-h']]])(
    '%j asks for help, whatever else is wrong',
    async (words) => expect((await parse(...words)).asks).toBe('help'),
  );
  it('asks for the version', async () => expect((await parse('-n', '1', '-v')).asks).toBe('version'));
});

describe('a mistake is told', () => {
  it.each([
    [['--force=yes'], '--force takes no value: leave out the = and what stands behind it'],
    [['--no-manifest='], '--no-manifest takes no value: leave out the = and what stands behind it'],
    [['--no-force'], 'there is no option --no-force: see keywright try --help'],
    [
      ['--publik-key', 'a'],
      'there is no option --publik-key, perhaps --public-key: see keywright try --help',
    ],
    [['--publickey=a'], 'there is no option --publickey, perhaps --public-key: see keywright try --help'],
    [['--export'], 'there is no option --export: see keywright try --help'],
    [['--7QX4M-9K2TD'], `there is no such option: ${DASHED}`],
    [['-7QX4M-9K2TD'], `there is no such option: ${DASHED}`],
    [['-qx4m-9k2td'], `there is no such option: ${DASHED}`],
    [['-hx4m-9k2td'], `there is no such option: ${DASHED}`],
    [['-x'], 'there is no option -x: see keywright try --help'],
    [['--__proto__=a'], `there is no such option: ${DASHED}`],
    [['--constructor', 'a'], 'there is no option --constructor: see keywright try --help'],
    [['--count'], '--count needs a value: see keywright try --help'],
    [['-n'], '-n needs a value: see keywright try --help'],
    [['--against'], '--against needs a value: see keywright try --help'],
    [['--count', '--force'], '--count needs a value: one that begins with a dash is written --count=…'],
    [['-n', '-5'], '-n needs a value: one that begins with a dash is written -n…'],
  ])('%j', async (words, message) => {
    await expect(parse(...words)).rejects.toThrow(new UsageError(message));
  });

  it('where nothing may stand without an option, there is no talk of it', async () => {
    const message = 'there is no such option: see keywright try --help';
    await expect(
      parseArguments(['-7QX4M-9K2TD'], { ...command, operands: '(--count N) [options]' }),
    ).rejects.toThrow(new UsageError(message));
  });
});

describe('every flag of every command', async () => {
  const loaders = Object.values(tableOf(CHAPTERS)).flatMap((entry) =>
    typeof entry === 'function' ? [entry] : Object.values(entry.commands),
  );
  const commands = await Promise.all(loaders.map((load) => load()));
  const flags = commands.flatMap((each) =>
    Object.entries({ ...each.options, ...ANSWERED }).flatMap(([name, { takes }]) =>
      takes === 'nothing' ? [{ each, name, title: `${each.name} --${name}` }] : [],
    ),
  );

  it('is among them', () => expect(flags.length).toBeGreaterThan(60));
  it.each(flags)('$title=yes is refused', async ({ each, name }) => {
    for (const value of ['yes', 'true', 'false', '1', '']) {
      await expect(parseArguments([`--${name}=${value}`], each)).rejects.toThrow(UsageError);
    }
  });
});
