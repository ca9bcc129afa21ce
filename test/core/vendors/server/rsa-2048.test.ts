import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePublicKey } from '../../../../src/core/public-keys/public-key-text.js';
import { readRsa2048 } from '../../../../src/core/vendors/server/rsa-2048.js';
import { refusal } from '../../../failure.js';
import { publicKey } from '../license-servers.js';

const der = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });

function pem(bytes: Uint8Array, label = 'PUBLIC KEY'): string {
  return `-----BEGIN ${label}-----\n${Buffer.from(bytes).toString('base64')}\n-----END ${label}-----\n`;
}

function rsaPem(modulusLength: number, publicExponent = 65537): string {
  const pair = generateKeyPairSync('rsa', { modulusLength, publicExponent });
  return String(pair.publicKey.export({ type: 'spki', format: 'pem' }));
}

describe('the RSA-2048 key of a license server', () => {
  it('is read as parsePublicKey reads it, whatever an editor or an environment variable did to the text', () => {
    const { bytes } = parsePublicKey(publicKey);
    for (const text of [
      publicKey,
      `\ufeff${publicKey}`,
      publicKey.replaceAll('\n', '\r\n'),
      publicKey.trim().replaceAll('\n', '\\n'),
      pem(der),
    ]) {
      expect(readRsa2048(text)).toEqual(bytes);
    }
  });

  it('is refused when it is no RSA-2048 with e = 65537: each has its code and its cure', () => {
    const refused: Record<string, unknown> = {
      'e = 3': rsaPem(2048, 3),
      '3072 bits': rsaPem(3072),
      '1024 bits': rsaPem(1024),
      Ed25519: readFileSync('keys/demo-ed25519.public.pem', 'utf8'),
      'a private key': readFileSync('keys/demo-rsa.private.pem', 'utf8'),
      'PKCS#1': String(createPublicKey(publicKey).export({ type: 'pkcs1', format: 'pem' })),
      'two keys': publicKey + publicKey,
      'a byte more': pem(Buffer.concat([der, Buffer.of(0)])),
      'a byte less': pem(der.subarray(0, -1)),
      'another label': pem(der, 'RSA PUBLIC KEY'),
      nothing: '',
      'no text': undefined,
      bytes: der,
    };
    for (const [what, key] of Object.entries(refused)) {
      expect(refusal(() => readRsa2048(key)).code, what).toBe('invalid_key');
    }
  });

  it('has its top bit set and is odd: anything else has no 2048 bits, or no RSA', () => {
    for (const [at, bits] of [
      [33, 0x7f],
      [288, 0xfe],
    ] as const) {
      const changed = Buffer.from(der);
      changed[at] = (changed[at] ?? 0) & bits;
      expect(refusal(() => readRsa2048(pem(changed))).code).toBe('invalid_key');
    }
  });

  it('changes in no byte around the modulus unnoticed', () => {
    for (const at of [...Array(33).keys(), 289, 290, 291, 292, 293]) {
      const changed = Buffer.from(der);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(refusal(() => readRsa2048(pem(changed))).code, `byte ${at}`).toBe('invalid_key');
    }
  });
});
