import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { signToText } from '../../src/index.js';
import { run } from '../cli/script.js';
import { signers } from '../core/sign/demo-keys.js';
import { newFolder } from '../new-folder.js';

const RESPONSE = readFileSync('samples/node-client/response.json', 'utf8');
let folder = '';

beforeEach(() => {
  folder = newFolder();
});

describe('samples/node-client', () => {
  function client(response: string) {
    writeFileSync(join(folder, 'response.json'), response);
    const { status, stdout, stderr } = run(
      'node "$ROOT/samples/node-client/client.js" < response.json',
      folder,
    );
    return { status, stdout, stderr };
  }

  it('uses the payload of a verified response', () => {
    expect(client(RESPONSE)).toEqual({ status: 0, stdout: 'team until 2030-12-31\n', stderr: '' });
  });

  it('uses nothing of any other', async () => {
    expect(client(RESPONSE.replace('team', 'gold'))).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'no license (sibling_mismatch): The response differs from what was signed: find who changed it.\n',
    });
    const foreign = await signToText('{"plan":"gold","timestamp":1}', signers.RS256);
    expect(client(foreign)).toMatchObject({ status: 1, stdout: '' });
    expect(client('')).toMatchObject({ status: 1, stdout: '' });
  });

  it('takes about ten lines', () => {
    const lines = readFileSync('samples/node-client/client.js', 'utf8').trim().split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('//')).length).toBeLessThanOrEqual(10);
  });
});

it('samples/day-client tells a key rotation and a support case as they are', () => {
  const { status, stdout, stderr } = run('sh "$ROOT/samples/day-client/run.sh"', folder, { TMPDIR: folder });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const verdicts = stdout.split('\n').filter((line) => /^(verified|refused|cause)/.test(line));
  expect(verdicts).toEqual([
    'verified (Ed25519)', // January
    'verified (Ed25519)', // April: updated in March, new envelope
    'verified (Ed25519)', // April: up to date, old envelope
    'refused: bad_signature', // April: never updated
    'refused: key_retired', // May: the old key signs on
    'refused: key_compromised', // June: the stolen key
    'verified (Ed25519)', // June: the other key
    'refused: sibling_mismatch', // an editor touched the copy
    'cause     sibling_differs',
    'refused: malformed', // a mail program wrapped it
    'cause     white_space',
  ]);
  expect(stdout).toContain(
    'hint      The signed text was changed, or a newer key signed it: update the keyring.',
  );
  expect(stdout).toContain('where     $.license.expires');
  expect(readdirSync(folder)).toEqual([]);
});

it('samples/migrate-to-ed25519 takes a client from RSA to Ed25519 with one keyring that holds both', () => {
  const command = 'sh "$ROOT/samples/migrate-to-ed25519/run.sh"';
  const { status, stdout, stderr } = run(command, folder, { TMPDIR: folder });
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
