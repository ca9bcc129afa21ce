import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { formatDer, TAG } from '../../../src/core/encoding/der.js';
import { formatPem } from '../../../src/core/encoding/pem.js';
import { parsePublicKey, parsePublicKeys } from '../../../src/core/public-keys/public-key-text.js';
import { privateKeyFromSeed } from '../../../src/core/sign/private-key.js';
import { publicJwk } from '../../../src/core/sign/public-key.js';
import { formatPublicKey } from '../../../src/core/sign/spki.js';
import { explainResponse } from '../../../src/explain.js';
import { verifyResponse } from '../../../src/verify.js';
import { codeOf, failureOf, refusal } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { hasOpenssl, NEEDS_OPENSSL } from '../../openssl.js';
import { demoEd25519, demoRsa } from '../sign/demo-keys.js';

const ed = demoEd25519.publicKey;
const rsa = demoRsa.publicKey;
const bytes = Buffer.from(ed.bytes);
const spki = (pem: string) => createPublicKey(pem).export({ type: 'spki', format: 'der' });
const edDer = spki(formatPublicKey(ed));
const rsaDer = spki(formatPublicKey(rsa));
const pkcs1 = createPublicKey(formatPublicKey(rsa)).export({ type: 'pkcs1', format: 'der' });

/** A certificate of nobody, around a key; version 1 has no field for its version. */
function certificate(key: Uint8Array, version = true): Uint8Array {
  const empty = formatDer(TAG.sequence);
  const number = formatDer(TAG.integer, Uint8Array.of(1));
  const fields = [number, empty, empty, empty, empty, key];
  const signed = formatDer(TAG.sequence, ...(version ? [formatDer(0xa0, number)] : []), ...fields);
  return formatDer(TAG.sequence, signed, empty, formatDer(TAG.bits, Uint8Array.of(0)));
}

const blob = (...parts: readonly Uint8Array[]) =>
  Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  ).toString('base64');
const sshEd = `ssh-ed25519 ${blob(Buffer.from('ssh-ed25519'), bytes)}`;
const sshRsa = `ssh-rsa ${blob(Buffer.from('ssh-rsa'), Buffer.of(1, 0, 1), Buffer.concat([Buffer.of(0), rsa.bytes]))}`;

describe('an Ed25519 public key', () => {
  it.each([
    ['PEM', formatPublicKey(ed)],
    [
      'PEM with CRLF, BOM and text around it',
      `\ufeffkey:\r\n${formatPublicKey(ed).replaceAll('\n', '\r\n')}bye`,
    ],
    ['PEM on one line', formatPublicKey(ed).trim().replaceAll('\n', '\\n')],
    ['a JWK', JSON.stringify(publicJwk(ed))],
    ['hex', bytes.toString('hex')],
    ['hex in capitals', bytes.toString('hex').toUpperCase()],
    ['hex behind 0x', `0x${bytes.toString('hex')}`],
    ['base64 as a JSON text', JSON.stringify(bytes.toString('base64'))],
    ['base64 in single quotation marks', `'${bytes.toString('base64')}'`],
    ['PEM as a JSON text', JSON.stringify(formatPublicKey(ed))],
    ['hex with colons', bytes.toString('hex').replace(/..(?=.)/g, '$&:')],
    ['base64 with a line end', `${bytes.toString('base64')}\n`],
    ['base64 without padding', bytes.toString('base64').replace('=', '')],
    ['url-safe base64', bytes.toString('base64url')],
    ['an ssh line', `${sshEd} dev@example.com (laptop)\n`],
    ['an ssh line without comment', sshEd],
    ['a certificate', formatPem('CERTIFICATE', certificate(edDer))],
    ['a certificate of version 1', formatPem('X509 CERTIFICATE', certificate(edDer, false))],
    ['base64 of its SPKI', edDer.toString('base64')],
    ['hex in a PEM of base64', Buffer.from(formatPublicKey(ed)).toString('base64')],
  ])('is read from %s', (_, text) => {
    expect(parsePublicKey(text)).toEqual(ed);
    expect(parsePublicKeys(text).keys.map(({ kid }) => kid)).toEqual([ed.kid]);
  });
});

describe('an RSA public key', () => {
  it.each([
    ['PKCS#1', formatPem('RSA PUBLIC KEY', pkcs1)],
    ['a certificate', formatPem('CERTIFICATE', certificate(rsaDer))],
    ['an ssh line', sshRsa],
    ['base64 of its SPKI', rsaDer.toString('base64')],
    ['base64 of its PKCS#1', pkcs1.toString('base64').replace(/.{64}/g, '$&\n')],
    ['base64 of a certificate', Buffer.from(certificate(rsaDer)).toString('base64')],
  ])('is read from %s', (_, text) => {
    expect(parsePublicKey(text)).toEqual(rsa);
  });
});

describe('several keys', () => {
  it('make a keyring, and are no one key', () => {
    const both = formatPublicKey(ed) + formatPem('RSA PUBLIC KEY', pkcs1);
    for (const text of [both, `${sshEd}\n\n# the old one\n${sshRsa} rsa\n`]) {
      expect(parsePublicKeys(text).keys.map(({ kid }) => kid)).toEqual([ed.kid, rsa.kid]);
      expect(refusal(() => parsePublicKey(text)).code).toBe('invalid_key');
    }
  });

  it('are refused as a chain of certificates: who vouches is not who signs', async () => {
    const chain =
      formatPem('CERTIFICATE', certificate(edDer)) + formatPem('CERTIFICATE', certificate(rsaDer));
    const error = await failureOf(() => parsePublicKeys(chain));
    expect(error.message).toMatch(/chain of 2 certificates/);
  });
});

describe('what is no public key', () => {
  it.each([
    ['32 bytes that are no point', '02'.padEnd(64, '0'), /seed, the private half/],
    ['a damaged certificate', formatPem('CERTIFICATE', formatDer(TAG.sequence)), /damaged certificate/],
    [
      'a certificate of another algorithm',
      formatPem('CERTIFICATE', certificate(formatDer(TAG.sequence))),
      /damaged/,
    ],
    ['a request', formatPem('CERTIFICATE REQUEST', edDer), /openssl req/],
    ['an unknown label', formatPem('CMS', edDer), /is a CMS/],
    ['an old private key', formatPem('RSA PRIVATE KEY', pkcs1), /is a private key/],
    ['an OpenSSH private key', formatPem('OPENSSH PRIVATE KEY', pkcs1), /is a private key/],
    ['a damaged ssh line', sshEd.slice(0, -6), /damaged OpenSSH line/],
    ['an ssh line of another type inside', sshEd.replace('ssh-ed25519', 'ssh-rsa'), /damaged OpenSSH line/],
    [
      'an ssh key of another algorithm',
      `ssh-dss ${blob(Buffer.from('ssh-dss'), bytes, bytes, bytes)}`,
      /damaged|another algorithm/,
    ],
    ['RFC 4716', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----', /ssh-keygen -i/],
    ['a small exponent', formatPem('RSA PUBLIC KEY', Buffer.from('300702020fff020103', 'hex')), /exponent/],
    ['31 bytes', bytes.subarray(1).toString('base64'), /is not one PEM block or JWK, nor/],
    ['words', 'my public key', /is not one PEM block or JWK, nor/],
    ['nothing', '', /is not one PEM block or JWK, nor/],
  ])('is named: %s', async (_, text, message) => {
    for (const read of [parsePublicKey, parsePublicKeys]) {
      const error = await failureOf(() => read(text));
      expect(error.code).toBe('invalid_key');
      expect(error.message).toMatch(message);
    }
  });

  it('is any text: an error of ours, or keys, and never another', async () => {
    const pieces = fc.constantFrom(
      '-----BEGIN ',
      'PUBLIC KEY',
      'CERTIFICATE',
      '-----',
      '-----END ',
      '\n',
      'ssh-ed25519 ',
      'AAAA',
      '{"keys":[',
      '{',
      'MCow',
      '=',
      '"',
      '\\n',
      ':',
      bytes.toString('hex'),
      edDer.toString('base64'),
      'Proc-Type: 4,ENCRYPTED',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), async (parts) => {
        expect(['resolved', 'invalid_key', 'invalid_keyring']).toContain(
          await codeOf(() => parsePublicKeys(parts.join(''))),
        );
      }),
      { numRuns: 500 },
    );
  });
});

it.skipIf(!hasOpenssl)(`reads the certificates that openssl makes${NEEDS_OPENSSL}`, () => {
  const folder = newFolder();
  for (const alg of [['rsa:2048'], ['ed25519']]) {
    const made = ['-newkey', ...alg, '-nodes', '-keyout', 'key.pem', '-out', 'cert.pem', '-subj', '/CN=Zoë'];
    execFileSync('openssl', ['req', '-x509', ...made], { cwd: folder, stdio: 'ignore' });
    const pem = execFileSync('openssl', ['pkey', '-in', 'key.pem', '-pubout'], { cwd: folder }).toString();
    expect(parsePublicKey(readFileSync(join(folder, 'cert.pem'), 'utf8'))).toEqual(parsePublicKey(pem));
  }
});

const FIELD = resolve(import.meta.dirname, '../../..', '../shared/field');
const hasField = existsSync(resolve(FIELD, 'README.md'));
const field = (name: string) => readFileSync(resolve(FIELD, name), 'utf8');

describe.skipIf(!hasField)(
  `keys as people have them${hasField ? '' : ' (SKIPPED: no ../shared/field)'}`,
  () => {
    it.each([
      ['06-raw-public-key/s_ed.json', '06-raw-public-key/ed.hex'],
      ['06-raw-public-key/s_ed.json', '06-raw-public-key/ed.b64'],
      ['06-raw-public-key/s_ed.json', '06-raw-public-key/ed.pub.pem'],
      ['08-key-advice/php_ok.json', '08-key-advice/cert.pem'],
      ['08-key-advice/php_ok.json', '08-key-advice/rsa2048.pub1.pem'],
      ['10-foreign-jwks/php_ok.json', '10-foreign-jwks/jwks_nokid.json'],
      ['10-foreign-jwks/php_ok.json', '10-foreign-jwks/jwks_two.json'],
    ])('verify: %s with %s', async (envelope, keys) => {
      expect(await verifyResponse(field(envelope), parsePublicKeys(field(keys)))).toMatchObject({ ok: true });
      const explanation = await explainResponse(field(envelope), field(keys));
      expect(explanation.cause).toBe('verified');
      expect(/public key, not its seed/.test(explanation.text)).toBe(/hex|b64/.test(keys));
    });

    it('are an ssh-ed25519 line', () => {
      expect(parsePublicKey(field('08-key-advice/id_ed.pub')).alg).toBe('Ed25519');
    });

    it.each([
      ['sha1_signed', '09-php-sha1/php_sha1.json', '09-php-sha1/rsa2048.pub.pem'],
      ['sha512_signed', '09-php-sha1/php_sha512.json', '09-php-sha1/rsa2048.pub.pem'],
      ['pss_signed', '09-php-sha1/php_pss.json', '09-php-sha1/rsa2048.pub.pem'],
      [
        'timestamp_in_milliseconds',
        '13-millisecond-timestamp/ms.json',
        '13-millisecond-timestamp/ed.pub.pem',
      ],
    ])('are explained: %s, %s', async (cause, envelope, keys) => {
      const now = new Date(1_795_000_000_000);
      expect((await explainResponse(field(envelope), field(keys), { now })).cause).toBe(cause);
    });
  },
);

it('copies each of many keys a few times, however many there are', () => {
  const pems = Array.from({ length: 60 }, (_, seed) =>
    formatPublicKey(privateKeyFromSeed(new Uint8Array(32).fill(seed)).publicKey),
  );
  const copies = vi.spyOn(Uint8Array, 'from');
  expect(parsePublicKeys(pems.join('\n')).keys).toHaveLength(60);
  expect(copies.mock.calls.length).toBeLessThan(5 * 60);
  copies.mockRestore();
});
