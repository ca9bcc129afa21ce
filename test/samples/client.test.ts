import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { signToText } from '../../src/index.js';
import { run } from '../cli/script.js';
import { signers } from '../core/sign/demo-keys.js';
import { newFolder } from '../new-folder.js';

const LICENSE = readFileSync('samples/node-client/license.json', 'utf8');
let folder = '';

beforeEach(() => {
  folder = newFolder();
});

describe('samples/node-client', () => {
  function client(license: string, key = '7qx4m 9k2td') {
    writeFileSync(join(folder, 'license.json'), license);
    const command = `node "$ROOT/samples/node-client/client.js" '${key}' < license.json`;
    const { status, stdout, stderr } = run(command, folder);
    return { status, stdout, stderr };
  }

  it('uses what a valid license allows', () => {
    expect(client(LICENSE)).toEqual({
      status: 0,
      stdout: 'team until 2090-12-31T00:00:00.000Z\n',
      stderr: '',
    });
  });

  it('uses nothing of any other', async () => {
    expect(client(LICENSE.replace('team', 'gold'))).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'no license (sibling_mismatch): The response differs from what was signed: find who changed it.\n',
    });
    expect(client(LICENSE, 'AAAAA-BBBBB')).toMatchObject({ status: 1, stdout: '' });
    // Signed, and says when it expires: but it is no license.
    const answer = await signToText('{"plan":"gold","expires":"2090-01-01","timestamp":1}', signers.Ed25519);
    expect(client(answer)).toMatchObject({ status: 1, stdout: '' });
    expect(client('')).toMatchObject({ status: 1, stdout: '' });
  });

  it('takes about ten lines', () => {
    const lines = readFileSync('samples/node-client/client.js', 'utf8').trim().split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('//')).length).toBeLessThanOrEqual(10);
  });
});
