import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FLAGS, withFlags } from '../../../src/cli/command/flags.js';
import { KeywrightError } from '../../../src/core/errors.js';
import { ROOT, readSources } from '../../house/source-graph.js';
import { runArguments } from '../run-here.js';

const COMMANDS = [
  'seal create',
  'revocations create',
  ...['generate', 'dedupe', 'audit', 'prepare', 'send', 'bulk-create', 'sign', 'verify', 'license'],
  ...['keyring add', 'ledger init', 'ledger import', 'ledger rotate', 'ledger copy', 'ledger verify'],
];

/** Options that no command line can get wrong; a ledger is an operand as often as it is an option. */
const NO_FLAGS = [
  'alg',
  'bits',
  'expected',
  'keys',
  'ledger',
  'name',
  'rank',
  'reply',
  'secret',
  'stdin',
  'used',
  'workers',
];

describe('the table of flags', () => {
  it('names options that commands have', async () => {
    const helps = await Promise.all(
      COMMANDS.map(async (name) => (await runArguments([...name.split(' '), '--help'])).stdout),
    );
    const flags = Object.values(FLAGS).flatMap((flag) => flag.split(' or '));
    // A flag of another command is named with that command.
    const absent = flags.filter((flag) => !helps.some((help) => help.includes(flag.split(' ').at(-1) ?? '')));
    expect(absent).toEqual([]);
  });

  it('knows the options that the library names in its errors', () => {
    const named = readSources()
      .filter(({ path }) => /^src\/(core|node)\//.test(path))
      .flatMap(({ path }) => [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\boption: '([^']+)'/g)])
      .map(([, option = '']) => option);
    const unknown = named.filter((option) => !Object.hasOwn(FLAGS, option) && !NO_FLAGS.includes(option));
    expect(named.length).toBeGreaterThan(30);
    expect(unknown, 'a row in FLAGS, or in NO_FLAGS of this test').toEqual([]);
  });
});

describe('withFlags', () => {
  it('adds the flag of the option at fault', () => {
    const error = new KeywrightError('invalid_option', 'the batch id is odd: shorten it', {
      option: 'batchId',
    });
    expect(withFlags(error)).toBe('the batch id is odd: shorten it (--batch-id)');
  });

  it('adds nothing where the library names no option, or one without a flag', () => {
    expect(withFlags(new KeywrightError('no_keys', 'a holds no keys', { path: 'a' }))).toBe(
      'a holds no keys',
    );
    expect(withFlags(new KeywrightError('invalid_option', 'too many', { option: 'constructor' }))).toBe(
      'too many',
    );
  });

  it('names the command that makes a ledger', () => {
    const error = new KeywrightError('missing_ledger', 'there is none', { ledger: 'a.ledger' });
    expect(withFlags(error)).toBe('there is none (keywright ledger init)');
  });
});
