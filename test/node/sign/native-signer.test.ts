import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addPublicKey,
  formatPublicKey,
  generateKeyPair,
  parsePublicKeys,
  signResponse,
  verifyResponse,
} from '../../../src/index.js';
import { nativeSigner } from '../../../src/node.js';
import { demoEd25519, demoRsa, signers } from '../../core/sign/demo-keys.js';
import { newFolder } from '../../new-folder.js';
import { hasOpenssl, NEEDS_OPENSSL } from '../../openssl.js';

const folder = newFolder();
const write = (name: string, data: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, data);
  return path;
};

it('node:crypto, noble and WebCrypto make the same bytes', async () => {
  const pairs = [
    [nativeSigner(demoEd25519), signers.Ed25519],
    [nativeSigner(demoRsa), signers.RS256],
  ] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...pairs),
      fc.uint8Array({ maxLength: 500 }),
      async ([native, pure], message) => {
        expect(native.kid).toBe(pure.kid);
        expect(Buffer.from(await native.sign(message)).equals(await pure.sign(message))).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

describe.skipIf(!hasOpenssl).each(['Ed25519', 'RS256'] as const)(`openssl and %s${NEEDS_OPENSSL}`, (alg) => {
  const digest = alg === 'RS256' ? ['dgst', '-sha256'] : ['pkeyutl', '-rawin'];

  it('verifies what we sign', async () => {
    const pair = await generateKeyPair({ alg });
    const envelope = await signResponse({ note: 'é/ü', timestamp: 1 }, nativeSigner(pair));
    const key = write('public.pem', formatPublicKey(pair.publicKey));
    const signature = write('signature', Buffer.from(envelope.signature, 'base64'));
    const message = write('message', envelope.response_base64);
    const args =
      alg === 'RS256'
        ? [...digest, '-verify', key, '-signature', signature, message]
        : [...digest, '-verify', '-pubin', '-inkey', key, '-sigfile', signature, '-in', message];
    expect(execFileSync('openssl', args).toString()).toMatch(/Verified OK|Signature Verified Successfully/);
  });

  it('signs what we verify, with a pair of its own', async () => {
    const algorithm =
      alg === 'RS256' ? ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'] : ['-algorithm', 'ED25519'];
    const privatePath = join(folder, 'openssl.pem');
    execFileSync('openssl', ['genpkey', ...algorithm, '-out', privatePath], { stdio: 'ignore' });
    const pem = execFileSync('openssl', ['pkey', '-in', privatePath, '-pubout']).toString();
    const response_base64 = Buffer.from('{"timestamp":1}').toString('base64');
    const message = write('message', response_base64);
    const args =
      alg === 'RS256'
        ? [...digest, '-sign', privatePath, message]
        : [...digest, '-sign', '-inkey', privatePath, '-in', message];
    const signature = execFileSync('openssl', args).toString('base64');
    const verdict = await verifyResponse({ response_base64, signature }, parsePublicKeys(pem));
    expect(verdict).toMatchObject({ ok: true, payload: { timestamp: 1 } });
  });
});

it('signs envelopes that verify', async () => {
  const keyring = addPublicKey(addPublicKey(undefined, demoEd25519.publicKey), demoRsa.publicKey);
  for (const pair of [demoEd25519, demoRsa]) {
    const envelope = await signResponse('{"timestamp":1}', nativeSigner(pair));
    expect(await verifyResponse(envelope, keyring)).toMatchObject({ ok: true, kid: pair.kid });
  }
});
