import { constants, createPrivateKey, sign } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { signResponse } from '../../../src/core/sign/envelope.js';
import { generateKeyPair } from '../../../src/core/sign/key-pair.js';
import { Keyring } from '../../../src/core/sign/keyring.js';
import { addPublicKey } from '../../../src/core/sign/keyring-changes.js';
import { explainResponse, explainVerdict } from '../../../src/explain.js';
import { verifyResponse } from '../../../src/verify.js';
import { demoEd25519, demoRsa, signers } from '../sign/demo-keys.js';

const rsa = createPrivateKey(demoRsa.exportPem());
const keyring = addPublicKey(addPublicKey(undefined, demoRsa.publicKey), demoEd25519.publicKey);
const JSON_TEXT = '{"code":200,"timestamp":1767225600}';
const TEXT = Buffer.from(JSON_TEXT).toString('base64');

const envelopeOf = (signature: Buffer) => ({
  response: JSON.parse(JSON_TEXT),
  response_base64: TEXT,
  signature: signature.toString('base64'),
});

const PSS = { key: rsa, padding: constants.RSA_PKCS1_PSS_PADDING } as const;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('an RSA signature of another scheme', () => {
  it.each([
    ['sha1_signed', 'SHA-1', sign('sha1', Buffer.from(TEXT), rsa)],
    ['sha384_signed', 'SHA-384', sign('sha384', Buffer.from(TEXT), rsa)],
    ['sha512_signed', 'SHA-512', sign('sha512', Buffer.from(TEXT), rsa)],
    ['pss_signed', 'PSS', sign('sha256', Buffer.from(TEXT), { ...PSS, saltLength: 32 })],
    ['pss_signed', 'PSS', sign('sha256', Buffer.from(TEXT), PSS)],
    ['pss_signed', 'PSS', sign('sha512', Buffer.from(TEXT), { ...PSS, saltLength: 64 })],
    ['pss_signed', 'PSS', sign('sha512', Buffer.from(TEXT), PSS)],
    ['pss_signed', 'PSS', sign('sha1', Buffer.from(TEXT), { ...PSS, saltLength: 20 })],
    ['pss_signed', 'PSS', sign('sha256', Buffer.from(TEXT), { ...PSS, saltLength: 0 })],
    ['pss_signed', 'PSS', sign('sha256', Buffer.from(TEXT), { ...PSS, saltLength: 20 })],
    ['pss_signed', 'PSS', sign('sha384', Buffer.from(TEXT), { ...PSS, saltLength: 7 })],
    ['pss_signed', 'PSS', sign('sha512', Buffer.from(TEXT), { ...PSS, saltLength: 32 })],
    ['pss_signed', 'PSS', sign('sha1', Buffer.from(TEXT), PSS)],
  ])('is named: %s (%s)', async (cause, name, signature) => {
    const explanation = await explainResponse(envelopeOf(signature), keyring);
    expect(explanation).toMatchObject({ cause, kid: demoRsa.kid, verdict: { reason: 'bad_signature' } });
    expect(explanation.text).toContain(name);
    expect(explanation.text).toContain('SHA-256');
  });

  it('is named with the bytes that were signed, where these are others, too', async () => {
    const envelope = envelopeOf(sign('sha1', Buffer.from(JSON_TEXT), rsa));
    const { cause, text } = await explainResponse(envelope, keyring);
    expect(cause).toBe('sha1_signed');
    expect(text).toMatch(/SHA-1.*ASCII bytes of the response_base64/);
  });

  it('of another pair stays bad_signature', async () => {
    const stranger = createPrivateKey((await generateKeyPair({ alg: 'RS256' })).exportPem());
    const envelope = envelopeOf(sign('sha1', Buffer.from(TEXT), stranger));
    expect(await explainResponse(envelope, keyring)).toMatchObject({ cause: 'bad_signature' });
  });
});

it('names a timestamp in milliseconds, and leaves other times from the future alone', async () => {
  const forge = async (timestamp: number) => {
    const text = Buffer.from(JSON.stringify({ timestamp })).toString('base64');
    return envelopeWith(text, await signers.Ed25519.sign(Buffer.from(text)));
  };
  const envelopeWith = (text: string, signature: Uint8Array) => ({
    response_base64: text,
    signature: Buffer.from(signature).toString('base64'),
  });
  const policy = { now: new Date(1_767_225_600_000) };
  for (const [timestamp, cause] of [
    [1_767_225_600_000, 'timestamp_in_milliseconds'],
    [253_402_300_800, 'timestamp_in_milliseconds'],
    [253_402_300_799, 'from_future'],
    [1_777_225_600, 'from_future'],
  ] as const) {
    expect(await explainResponse(await forge(timestamp), keyring, policy)).toMatchObject({
      cause,
      kid: demoEd25519.kid,
      verdict: { reason: 'from_future' },
    });
  }
  const valid = addPublicKey(undefined, demoEd25519.publicKey, { validUntil: new Date(1_867_225_600_000) });
  expect(await explainResponse(await forge(1_767_225_600_000), valid)).toMatchObject({
    cause: 'timestamp_in_milliseconds',
    verdict: { reason: 'key_retired' },
  });
});

it('names the purpose where the key that signed is not for responses', async () => {
  const signed = await signResponse(JSON_TEXT, signers.Ed25519);
  const licenses = addPublicKey(undefined, demoEd25519.publicKey, { purposes: ['license'] });
  const wanted = { cause: 'other_purpose', kid: demoEd25519.kid };
  expect(await explainResponse(signed, licenses)).toMatchObject(wanted);
  const other = await generateKeyPair();
  expect(await explainResponse(signed, addPublicKey(licenses, other.publicKey))).toMatchObject(wanted);
});

describe('an explanation', () => {
  /** Every check of an RSA signature, as a text that two of the same share. */
  function watchChecks(): readonly string[] {
    const checks: string[] = [];
    const { subtle } = crypto;
    const verify = subtle.verify.bind(subtle);
    vi.spyOn(subtle, 'verify').mockImplementation(async (algorithm, key, signature, message) => {
      const bytes = Buffer.from(new Uint8Array(Object(message))).toString('hex');
      checks.push(JSON.stringify([algorithm, Object(key.algorithm).hash?.name, key.algorithm, bytes]));
      return verify(algorithm, key, signature, message);
    });
    return checks;
  }

  it('checks no signature that the verdict has checked', async () => {
    const good = await signResponse(JSON_TEXT, signers.RS256);
    for (const [envelope, policy, most] of [
      [{ ...good, response: {} }, {}, 1],
      [good, { nonce: 'x' }, 1],
      [good, { now: new Date(0) }, 1],
      [{ ...good, response_base64: 'e30=' }, {}, 65],
    ] as const) {
      const checks = watchChecks();
      const verdict = await verifyResponse(envelope, keyring, policy);
      expect(verdict.ok).toBe(false);
      const before = checks.length;
      expect(before).toBe(1);
      await explainVerdict(verdict, envelope, keyring, policy);
      expect(new Set(checks).size).toBe(checks.length);
      expect(checks.length).toBeLessThanOrEqual(most);
      vi.restoreAllMocks();
    }
  });

  it('makes at most 64 checks, however many keys and readings there are', async () => {
    const pairs = await Promise.all(Array.from({ length: 12 }, () => generateKeyPair({ alg: 'RS256' })));
    const many = new Keyring(pairs.map(({ publicKey }) => ({ ...publicKey, status: 'active' })));
    const signature = sign('sha256', Buffer.from('another text'), rsa);
    const envelope = { ...envelopeOf(signature), response: { a: [1, { 'b/ü': 2 }] } };
    const verdict = await verifyResponse(envelope, many);
    const checks = watchChecks();
    expect(await explainVerdict(verdict, envelope, many)).toMatchObject({ cause: 'bad_signature' });
    expect(checks.length).toBeLessThanOrEqual(64);
    expect(checks.length).toBeGreaterThan(50);
  });
});
