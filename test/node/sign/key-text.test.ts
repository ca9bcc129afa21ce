import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parsePublicKey } from '../../../src/index.js';
import { readKeyText } from '../../../src/node/sign/key-text.js';
import { readPublicKeyFile } from '../../../src/node/sign/public-key-file.js';
import { failureOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';

let path = '';
beforeEach(() => {
  path = join(newFolder(), 'key.der');
});

describe('the file of a public key', () => {
  it.each([
    ['ed25519', generateKeyPairSync('ed25519'), 'spki'],
    ['rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'spki'],
    ['rsa, PKCS#1', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'pkcs1'],
  ] as const)('is read as DER: %s', async (_, { publicKey }, type) => {
    const { kid } = parsePublicKey(publicKey.export({ type: 'spki', format: 'pem' }).toString());
    writeFileSync(path, publicKey.export({ type: type as 'spki', format: 'der' }));
    expect(await readPublicKeyFile(path)).toMatchObject([{ kid }]);
    writeFileSync(path, readFileSync(path).toString('base64'));
    expect(await readPublicKeyFile(path)).toMatchObject([{ kid }]);
  });

  it('is read as the 32 bytes of a key', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const der = publicKey.export({ type: 'spki', format: 'der' });
    writeFileSync(path, der.subarray(-32));
    const { kid } = parsePublicKey(der.toString('base64'));
    expect(await readPublicKeyFile(path)).toMatchObject([{ kid }]);
  });

  it('is never a private key in DER, nor half of one', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    for (const der of [
      privateKey.export({ type: 'pkcs8', format: 'der' }),
      rsa.export({ type: 'pkcs8', format: 'der' }),
      rsa.export({ type: 'pkcs1', format: 'der' }),
    ]) {
      writeFileSync(path, der);
      expect(await failureOf(readPublicKeyFile(path))).toMatchObject({
        code: 'invalid_key',
        message: expect.stringContaining('is a private key: give the public one'),
      });
      writeFileSync(path, der.subarray(0, 40));
      expect((await failureOf(readPublicKeyFile(path))).code).toMatch(/^(?:damaged_file|invalid_key)$/);
    }
  });

  it('is text as it stands, and else refused', async () => {
    writeFileSync(path, 'text');
    expect(await readKeyText(path)).toBe('text');
    writeFileSync(path, Buffer.from([0x30, 0xff, 0xfe]));
    expect(await failureOf(readKeyText(path))).toMatchObject({ code: 'damaged_file' });
  });
});
