import { execFileSync } from 'node:child_process';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  type RSAKeyPairOptions,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { Point } from '@noble/ed25519';
import { describe, expect, it } from 'vitest';
import { parsePublicKey } from '../../../src/core/public-keys/public-key-text.js';
import { generateKeyPair } from '../../../src/core/sign/key-pair.js';
import { parsePrivateKey, privateKeyFromSeed } from '../../../src/core/sign/private-key.js';
import { makePublicKey, publicJwk } from '../../../src/core/sign/public-key.js';
import { formatPublicKey, thumbprint } from '../../../src/core/sign/spki.js';
import { failureOf, refusal } from '../../failure.js';
import { hasOpenssl, NEEDS_OPENSSL } from '../../openssl.js';

const demo = (name: string) => readFileSync(`keys/demo-${name}.pem`, 'utf8');
const spkiOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const pkcs8Of = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsa = (options: Partial<RSAKeyPairOptions<'pem', 'pem'>>) =>
  generateKeyPairSync('rsa', { modulusLength: 2048, ...options });

describe.each([['ed25519'], ['rsa']])('the demo %s pair', (name) => {
  const pem = demo(`${name}.private`);
  const pair = parsePrivateKey(pem);

  it('comes out as it went in, and its halves agree', () => {
    expect(pair.exportPem()).toBe(pem);
    expect(formatPublicKey(pair.publicKey)).toBe(demo(`${name}.public`));
    expect(parsePublicKey(demo(`${name}.public`))).toEqual(pair.publicKey);
    expect(readFileSync('keys/README.md', 'utf8')).toContain(pair.kid);
  });

  it('survives a byte order mark, CRLF, literal line ends, lost line ends, and company', () => {
    for (const read of [parsePrivateKey(pem), ...mangle(pem).map(parsePrivateKey)])
      expect(read.kid).toBe(pair.kid);
    for (const read of mangle(demo(`${name}.public`)).map(parsePublicKey))
      expect(read).toEqual(pair.publicKey);
  });

  it('is read from a JWK, and refused with a half of another pair', async () => {
    const jwk = createPrivateKey(pem).export({ format: 'jwk' });
    expect(parsePrivateKey(jwk).exportPem()).toBe(pem);
    expect(parsePrivateKey(JSON.stringify(jwk)).exportPem()).toBe(pem);
    const other = createPrivateKey((await generateKeyPair({ alg: pair.alg })).exportPem()).export({
      format: 'jwk',
    });
    expect(refusal(() => parsePrivateKey({ ...jwk, x: other.x, n: other.n })).code).toBe('invalid_key');
  });

  it.skipIf(!hasOpenssl)(
    `tells the thumbprint of RFC 7638 and the one of the SPKI that openssl tells${NEEDS_OPENSSL}`,
    async () => {
      const { calculateJwkThumbprint } = await import('jose');
      expect(await calculateJwkThumbprint({ ...publicJwk(pair.publicKey) })).toBe(pair.kid);
      const der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'DER'], {
        input: demo(`${name}.public`),
      });
      const digest = execFileSync('openssl', ['dgst', '-sha256', '-r'], { input: der }).toString();
      expect(digest.slice(0, 64)).toBe(thumbprint(pair.publicKey));
    },
  );

  it('shows no secret when printed', () => {
    const shown = inspect(pair, { depth: 9, showHidden: true }) + JSON.stringify(pair) + String(pair);
    const secret = Buffer.from(pair.exportSecret());
    for (const form of ['hex', 'base64', 'base64url'] as const) {
      expect(shown).not.toContain(secret.toString(form).slice(-40, -8));
    }
    expect(shown).not.toContain([...secret.subarray(-6)].join(', '));
    expect(shown).not.toContain([...secret.subarray(-6)].join(','));
  });
});

function mangle(pem: string): readonly string[] {
  return [
    `\ufeff${pem}`,
    pem.replaceAll('\n', '\r\n'),
    pem.replaceAll('\n', '\\n'),
    pem.replaceAll('\n', '\\r\\n'),
    pem.replaceAll('\n', ' '),
    `some words before\n${pem}and after\n`,
    `\n\n  ${pem.trim()}`,
  ];
}

describe('private keys', () => {
  it('reads PKCS#8 of version 2 and checks the public half that it carries (RFC 8410 section 10.3)', () => {
    const v2 = (half: string) => `-----BEGIN PRIVATE KEY-----
MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
Z9w7lshQhqowtrbLDFw4rX${half}
-----END PRIVATE KEY-----`;
    const jwk = publicJwk(parsePrivateKey(v2('AxZuE=')).publicKey);
    expect(jwk).toMatchObject({ x: 'Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE' });
    expect(refusal(() => parsePrivateKey(v2('AxZuA='))).code).toBe('invalid_key');
  });

  it.each([
    ['raw hex', 'd4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842', /hexadecimal/],
    ['nothing', '', /neither PEM nor a JWK/],
    ['a public key', demo('ed25519.public'), /is a public key/],
    ['a public JWK', JSON.stringify(publicJwk(parsePublicKey(demo('rsa.public')))), /is a public JWK/],
    [
      'PKCS#1',
      createPrivateKey(demo('rsa.private')).export({ type: 'pkcs1', format: 'pem' }).toString(),
      /openssl pkcs8/,
    ],
    ['RSA-1024', pkcs8Of(rsa({ modulusLength: 1024 }).privateKey), /1024 bits/],
    ['RSA with e = 3', pkcs8Of(rsa({ publicExponent: 3 }).privateKey), /exponent/],
    [
      'an EC key',
      pkcs8Of(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
      /another algorithm/,
    ],
    ['an X25519 key', pkcs8Of(generateKeyPairSync('x25519').privateKey), /another algorithm/],
    ['half a file', demo('rsa.private').replace(/\n.*\n.*\n-----END/, '\n-----END'), /damaged|neither PEM/],
  ])('refuses %s', async (_, text, message) => {
    const error = await failureOf(() => parsePrivateKey(text));
    expect(error.code).toBe('invalid_key');
    expect(error.message).toMatch(message);
    const words = text.split(/\s+/).filter((word) => word.length > 20);
    for (const word of words) expect(error.message).not.toContain(word.slice(0, 20));
  });

  it('says of an encrypted one that it needs its passphrase', () => {
    const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
    const locked = createPrivateKey(demo('ed25519.private')).export(options).toString();
    expect(refusal(() => parsePrivateKey(locked)).code).toBe('locked_key');
  });

  it.skipIf(!hasOpenssl)(
    `generates pairs that openssl checks, of either algorithm${NEEDS_OPENSSL}`,
    async () => {
      for (const options of [{}, { alg: 'RS256' }, { alg: 'RS256', bits: 3072 }] as const) {
        const pair = await generateKeyPair(options);
        const out = execFileSync('openssl', ['pkey', '-check', '-noout'], {
          input: pair.exportPem(),
        }).toString();
        expect(out).toMatch(/Key is valid/);
        expect(spkiOf(createPublicKey(pair.exportPem()))).toBe(formatPublicKey(pair.publicKey));
      }
      expect((await failureOf(() => generateKeyPair({ alg: 'RS256', bits: 1024 }))).code).toBe(
        'invalid_option',
      );
      expect(refusal(() => privateKeyFromSeed(new Uint8Array(31))).code).toBe('invalid_key');
    },
  );
});

describe('public keys', () => {
  const identity = Uint8Array.of(1, ...new Uint8Array(31));
  const order8 = Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'hex');
  const mixed = Point.BASE.add(Point.fromBytes(order8)).toBytes();
  const nonCanonical = Uint8Array.of(0xee, ...new Uint8Array(30).fill(0xff), 0x7f);

  it.each([
    ['of small order: the identity', identity],
    ['of small order: eight', order8],
    ['not torsion-free', mixed],
    ['non-canonical: y = p + 1', nonCanonical],
    ['off the curve', Uint8Array.of(2, ...new Uint8Array(31))],
    ['too short', new Uint8Array(31)],
  ])('refuses an Ed25519 one %s', (_, bytes) => {
    expect(refusal(() => makePublicKey('Ed25519', bytes)).code).toBe('invalid_key');
    const x = Buffer.from(bytes).toString('base64url');
    expect(refusal(() => parsePublicKey({ kty: 'OKP', crv: 'Ed25519', x })).code).toBe('invalid_key');
  });

  const jwk = publicJwk(parsePublicKey(demo('rsa.public')));
  const n = 'n' in jwk ? jwk.n : '';
  const zero = Buffer.concat([Buffer.of(0), Buffer.from(n, 'base64url')]).toString('base64url');
  it.each([
    ['e = 1', { ...jwk, e: 'AQ' }],
    ['e = 3', { ...jwk, e: 'Aw' }],
    ['e with a leading zero', { ...jwk, e: 'AAEAAQ' }],
    ['1024 bits', rsa({ modulusLength: 1024 }).publicKey.export({ format: 'jwk' })],
    ['a modulus with a leading zero', { ...jwk, n: zero }],
    ['padded base64', { ...jwk, n: `${n}=` }],
    ['a private member', { ...jwk, d: 'AQ' }],
    ['another alg', { ...jwk, alg: 'PS256' }],
    ['an unknown kty', { ...jwk, kty: 'EC' }],
    ['a member that is no text', { ...jwk, n: 1 }],
    ['an even modulus', { ...jwk, n: `${n.slice(0, -1)}A` }],
    ['no member at all', {}],
  ])('refuses a JWK with %s', (_, source) => {
    expect(refusal(() => parsePublicKey(source)).code).toBe('invalid_key');
  });

  it.each([
    ['a private key', demo('rsa.private')],
    ['two keys', demo('rsa.public') + demo('ed25519.public')],
    ['hex of what is no point', '02'.padEnd(64, '0')],
    ['31 bytes in hex', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751'],
    ['an RSA-PSS key', spkiOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey)],
    ['an EC key', spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)],
    ['bad base64', demo('ed25519.public').replace('MC', 'M-')],
    ['JSON that is no object', '{"a":1,"a":2}'],
  ])('refuses %s', (_, text) => {
    expect(refusal(() => parsePublicKey(text)).code).toBe('invalid_key');
  });

  it('refuses every single-byte change of an SPKI that it does not read as another key', () => {
    const der = createPublicKey(demo('ed25519.public')).export({ type: 'spki', format: 'der' });
    for (let index = 0; index < 12; index++) {
      const changed = Buffer.from(der);
      changed[index] = (changed[index] ?? 0) ^ 1;
      const pem = `-----BEGIN PUBLIC KEY-----\n${changed.toString('base64')}\n-----END PUBLIC KEY-----\n`;
      expect(refusal(() => parsePublicKey(pem)).code, `byte ${index}`).toBe('invalid_key');
    }
  });
});
