import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { addPublicKey, compromisePublicKey, parseKeyring } from '../../../src/index.js';
import { changeKeyringFile, readKeyringFile } from '../../../src/node.js';
import { demoEd25519, demoRsa } from '../../core/sign/demo-keys.js';
import { failureOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';

let folder = '';
let path = '';
beforeEach(() => {
  folder = newFolder();
  path = join(folder, 'ring.json');
});

const one = () => addPublicKey(undefined, demoEd25519.publicKey);

describe('changeKeyringFile', () => {
  it('makes the file only when told how', async () => {
    expect(await failureOf(() => changeKeyringFile(path, (ring) => ring))).toMatchObject({
      code: 'missing_file',
    });
    expect(readdirSync(folder)).toEqual([]);
    await changeKeyringFile(path, (ring) => ring, { create: one });
    expect((await readKeyringFile(path)).keys.map(({ kid }) => kid)).toEqual([demoEd25519.kid]);
  });

  it('keeps the mode, and follows a link', async () => {
    await changeKeyringFile(path, (ring) => ring, { create: one });
    symlinkSync('ring.json', join(folder, 'link.json'));
    for (const mode of [0o644, 0o600, 0o664]) {
      chmodSync(path, mode);
      await changeKeyringFile(join(folder, 'link.json'), (ring) =>
        compromisePublicKey(ring, demoEd25519.kid),
      );
      expect(statSync(path).mode & 0o777).toBe(mode);
    }
    expect(readdirSync(folder).sort()).toEqual(['link.json', 'ring.json']);
    expect(parseKeyring(readFileSync(path, 'utf8')).keys[0]?.status).toBe('compromised');
  });

  it('leaves the file as it was when the change fails', async () => {
    await changeKeyringFile(path, (ring) => ring, { create: one });
    const before = readFileSync(path, 'utf8');
    const twice = () => changeKeyringFile(path, (ring) => addPublicKey(ring, demoEd25519.publicKey));
    expect((await failureOf(twice)).code).toBe('invalid_keyring');
    const input = () =>
      changeKeyringFile(path, (ring) => addPublicKey(ring, demoRsa.publicKey), { inputs: [path] });
    expect((await failureOf(input)).code).toBe('same_file');
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readdirSync(folder)).toEqual(['ring.json']);
  });
});
