import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { newFolder } from '../../new-folder.js';
import { runSample } from './run-sample.js';

it('samples/day-seal: sealed by another machine, checked offline, a row found, a key stolen, the proofs still good', () => {
  const folder = newFolder();
  const { status, stdout, stderr } = runSample('day-seal/run.sh', folder);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const verdicts = stdout
    .split('\n')
    .flatMap((line) => line.match(/^(unlocked: key \d+|locked \(\w+\))/)?.[1] ?? []);
  expect(verdicts).toEqual([
    'unlocked: key 1', // three customers
    'unlocked: key 2500',
    'unlocked: key 5000',
    'locked (not_in_batch)', // the proof of another
    'locked (not_in_batch)', // a key of his own making
    'locked (expired)', // after a year
    'unlocked: key 1', // the thief, before the update
    'locked (key_compromised)', // and after it
    'locked (key_compromised)', // as well as the customer
    'unlocked: key 1', // endorsed anew: the same proofs
    'unlocked: key 2500',
    'unlocked: key 5000',
    'locked (key_compromised)', // not the thief's
  ]);
  expect(stdout).toContain('private keys on the runner: 0\n');
  expect(stdout).toContain('other rows\nadded: longer.txt:1235\n');
  expect(stdout).toContain('signatures 2\n');
  expect(stdout).toContain('keywright: these are not the rows that were sealed, in their order');
  expect(readdirSync(folder)).toEqual([]);
}, 120_000);
