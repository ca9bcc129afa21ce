import { readdirSync } from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import { newFolder } from '../../new-folder.js';
import { runSample } from './run-sample.js';

let folder = '';

beforeEach(() => {
  folder = newFolder();
});

it('samples/day-client tells a key rotation and a support case as they are', () => {
  const { status, stdout, stderr } = runSample('day-client/run.sh', folder);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const verdicts = stdout.split('\n').filter((line) => /^(valid$|refused|cause)/.test(line));
  expect(verdicts).toEqual([
    'valid', // January
    'valid', // April: updated in March, new license
    'valid', // April: up to date, old license
    'refused: bad_signature', // April: never updated
    'refused: key_retired', // May: the old key signs on
    'refused: key_compromised', // June: the stolen key
    'valid', // June: the other key
    'refused: sibling_mismatch', // an editor touched the copy
    'cause     sibling_differs',
    'refused: malformed', // a mail program wrapped it
    'cause     white_space',
  ]);
  expect(stdout).toContain(
    'hint      The signed text was changed, or a newer key signed it: update the keyring.',
  );
  expect(stdout).toContain('where     $.license.valid_until');
  expect(readdirSync(folder)).toEqual([]);
});

it('samples/client-app is locked and unlocked when it should be, from its release to a stolen key', () => {
  const { status, stdout, stderr } = runSample('client-app/run.sh', folder);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const verdicts = stdout
    .split('\n')
    .flatMap((line) => line.match(/^(unlocked: \d+|locked \(\w+\))/)?.[1] ?? []);
  expect(verdicts).toEqual([
    'unlocked: 5', // January: the first customer
    'locked (wrong_key)', // with the key of another
    'locked (expired)', // July
    'locked (expired)', // and with the clock set back a year
    'unlocked: 1', // the second customer
    'locked (revoked)', // August
    'locked (key_compromised)', // September: signed with the stolen key
    'unlocked: 9', // signed anew
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

it('samples/migrate-to-ed25519 takes a client from RSA to Ed25519 with one keyring that holds both', () => {
  const { status, stdout, stderr } = runSample('migrate-to-ed25519/run.sh', folder);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const verdicts = stdout.split('\n').filter((line) => /^(verified|refused)/.test(line));
  expect(verdicts).toEqual([
    'verified (RS256)', // the RSA key alone
    'verified (RS256)', // both keys, the server still signs with RSA
    'verified (Ed25519)', // switched
    'refused: unknown_key', // a client without the Ed25519 key
    'refused: bad_signature', // an RSA signature under another payload
    'verified (RS256)', // retired: signed before
    'refused: key_retired', // and after
    'verified (Ed25519)', // the RSA key is gone
  ]);
  expect(readdirSync(folder)).toEqual([]);
});
