import { constants, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { newChallenge, verifyChallenge } from '../../../../src/core/vendors/lukittu.js';
import { failureOf } from '../../../failure.js';
import { hasOpenssl, NEEDS_OPENSSL } from '../../../openssl.js';
import { answerChallenge, publicKey } from '../license-servers.js';
import { withOpensslPair } from '../openssl-signer.js';

const privatePem = readFileSync('keys/demo-rsa.private.pem', 'utf8');
const challenge = newChallenge();
const challengeResponse = answerChallenge(challenge);
const rotated = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const verdictOf = async (change: Readonly<Record<string, unknown>>) => {
  const verdict = await verifyChallenge({ challenge, challengeResponse, publicKey, ...change });
  if (!verdict.ok) expect(verdict.hint).toMatch(/^[A-Z].{20,}\.?$/);
  return verdict.ok ? 'ok' : verdict.reason;
};

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('what Lukittu signs', () => {
  it('is RSASSA-PKCS1-v1_5 with SHA-256 over the UTF-8 of the challenge itself, as lowercase hex of 512 digits', async () => {
    expect(challengeResponse).toMatch(/^[0-9a-f]{512}$/);
    expect(await verifyChallenge({ challenge, challengeResponse, publicKey })).toEqual({ ok: true });
    const wide = 'Grüße-\u{1f511}-0123456789';
    expect(await verdictOf({ challenge: wide, challengeResponse: answerChallenge(wide) })).toBe('ok');
  });

  it.skipIf(!hasOpenssl)(`verifies as openssl signs it${NEEDS_OPENSSL}`, async () => {
    await withOpensslPair(['rsa_keygen_bits:2048'], async ({ publicPem, sign }) => {
      const response = sign(challenge).toString('hex');
      expect(await verdictOf({ publicKey: publicPem, challengeResponse: response })).toBe('ok');
      expect(await verdictOf({ publicKey: publicPem })).toBe('bad_signature');
      const pss = sign(challenge, 'pss').toString('hex');
      expect(await verdictOf({ publicKey: publicPem, challengeResponse: pss })).toBe('bad_signature');
    });
  });

  it.skipIf(!hasOpenssl)(`refuses other keys that openssl makes${NEEDS_OPENSSL}`, async () => {
    for (const options of [['rsa_keygen_bits:2048', 'rsa_keygen_pubexp:3'], ['rsa_keygen_bits:3072']]) {
      await withOpensslPair(options, async ({ publicPem, sign }) => {
        const response = sign(challenge).toString('hex');
        const act = () => verdictOf({ publicKey: publicPem, challengeResponse: response });
        expect((await failureOf(act)).code).toBe('invalid_key');
      });
    }
  });

  it.each([
    ['PSS', { padding: constants.RSA_PKCS1_PSS_PADDING }, 'RSA-SHA256'],
    ['SHA-1', {}, 'RSA-SHA1'],
    ['SHA-512', {}, 'RSA-SHA512'],
  ])('is nothing else: %s', async (_, options, hash) => {
    const response = sign(hash, Buffer.from(challenge), { key: privatePem, ...options }).toString('hex');
    expect(await verdictOf({ challengeResponse: response })).toBe('bad_signature');
  });
});

describe('the response', () => {
  it('may be in upper case, or both', async () => {
    expect(await verdictOf({ challengeResponse: challengeResponse.toUpperCase() })).toBe('ok');
    const mixed = challengeResponse.replace(/[a-f]/, (digit) => digit.toUpperCase());
    expect(await verdictOf({ challengeResponse: mixed })).toBe('ok');
  });

  it('is exactly 512 hex digits before anything is decoded: no decoder gets to drop a bad tail', async () => {
    for (const response of [
      `${challengeResponse}zz`,
      `${challengeResponse}00`,
      `${challengeResponse}\n`,
      ` ${challengeResponse}`,
      `0x${challengeResponse}`,
      challengeResponse.slice(1),
      challengeResponse.slice(2),
      `${challengeResponse.slice(0, -1)}g`,
      `${challengeResponse.slice(0, -2)}+1`,
      Buffer.from(challengeResponse, 'hex').toString('base64'),
      '',
      [challengeResponse],
      new String(challengeResponse),
      Buffer.from(challengeResponse, 'hex'),
      0,
      {},
      { toString: () => challengeResponse },
    ]) {
      expect(await verdictOf({ challengeResponse: response })).toBe('malformed');
    }
  });

  it('is absent when no challenge was sent, or the license key is not valid', async () => {
    expect(await verdictOf({ challengeResponse: undefined })).toBe('unsigned');
    expect(await verdictOf({ challengeResponse: null })).toBe('unsigned');
  });

  it('answers one challenge only', async () => {
    expect(await verdictOf({ challenge: newChallenge() })).toBe('bad_signature');
    expect(await verdictOf({ challenge: `${challenge}x` })).toBe('bad_signature');
  });
});

it('signs the challenge and nothing else, so a response that another customer fetched passes: no proof of a license', async () => {
  // What the server signed for whoever sent it this challenge with any valid license key, relayed.
  const relayed = { challenge, challengeResponse: answerChallenge(challenge) };
  const result = { valid: false, code: 'LICENSE_EXPIRED', timestamp: 0 };
  expect(await verdictOf({ ...result, ...relayed })).toBe('ok');
});

describe('a challenge', () => {
  it('is made of 256 random bits, as the server takes it', () => {
    const challenges = Array.from({ length: 200 }, () => newChallenge());
    expect(new Set(challenges).size).toBe(200);
    for (const text of challenges) expect(text).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('comes from the source that is given', () => {
    expect(newChallenge({ fill: (bytes) => bytes.fill(255) })).toBe(`${'_'.repeat(42)}8`);
  });

  it('has 10 to 1,000 characters and no white space; no server signed any other, so no signature saves it', async () => {
    const answered = (text: string) =>
      verdictOf({ challenge: text, challengeResponse: answerChallenge(text) });
    for (const text of ['0123456789', 'x'.repeat(1000)]) expect(await answered(text)).toBe('ok');
    for (const text of [
      '',
      '012345678',
      'x'.repeat(1001),
      '01234 56789',
      '0123456789\n',
      '\u00a00123456789',
    ]) {
      expect(await answered(text)).toBe('malformed');
    }
    // Half a surrogate pair is sent as U+FFFD, and so would be any other half.
    expect(await answered('0123456789\ud800')).toBe('malformed');
    for (const other of [undefined, null, 1e10, {}, [challenge]]) {
      expect(await verdictOf({ challenge: other })).toBe('malformed');
    }
  });
});

describe('the public key', () => {
  const wrapped = Buffer.from(publicKey).toString('base64');

  it('is PEM, or base64 of the whole PEM text, as the dashboard shows both', async () => {
    for (const key of [publicKey, wrapped, `${wrapped}\n`])
      expect(await verdictOf({ publicKey: key })).toBe('ok');
  });

  it('may be a list, for keys change and the answer names none', async () => {
    expect(await verdictOf({ publicKey: [rotated.publicKey, wrapped] })).toBe('ok');
    expect(await verdictOf({ publicKey: [publicKey, rotated.publicKey] })).toBe('ok');
    const after = answerChallenge(challenge, rotated.privateKey);
    expect(await verdictOf({ challengeResponse: after })).toBe('bad_signature');
    expect(await verdictOf({ publicKey: [publicKey, rotated.publicKey], challengeResponse: after })).toBe(
      'ok',
    );
  });

  it('is ours to get right: anything else throws before the response is looked at, and shows nothing of it', async () => {
    const spki = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
    for (const key of [
      [],
      [publicKey, ''],
      '',
      undefined,
      null,
      {},
      privatePem,
      Buffer.from(privatePem).toString('base64'),
      spki.toString('base64'),
      wrapped.slice(0, -8),
      readFileSync('keys/demo-ed25519.public.pem', 'utf8'),
    ]) {
      const error = await failureOf(() => verdictOf({ publicKey: key, challengeResponse: 'anything' }));
      expect(error.code).toBe('invalid_key');
      expect(error.message).not.toMatch(/MII|LS0t/);
    }
  });
});

it('says so where there is no crypto.subtle, and believes nothing', async () => {
  vi.stubGlobal('crypto', { getRandomValues() {} });
  expect(await verdictOf({})).toBe('unsupported');
});
