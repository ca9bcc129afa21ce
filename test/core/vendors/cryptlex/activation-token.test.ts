import { constants, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { verifyActivationToken } from '../../../../src/core/vendors/cryptlex.js';
import { failureOf } from '../../../failure.js';
import { hasOpenssl, NEEDS_OPENSSL } from '../../../openssl.js';
import { activation, CLAIMS, makeToken, NOW, part, publicKey } from '../license-servers.js';
import { withOpensslPair } from '../openssl-signer.js';

const privatePem = readFileSync('keys/demo-rsa.private.pem', 'utf8');
const HEADER = { alg: 'RS256', typ: 'JWT' };
const WITH_CLAIMS = ['LA_OK', 'LA_EXPIRED', 'LA_SUSPENDED', 'LA_GRACE_PERIOD_OVER'];

/** The code of a token; holds every verdict against what the type promises of it. */
async function codeOfToken(token: unknown, policy: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const verdict = await verifyActivationToken(token, { ...activation, ...policy });
  expect(verdict.ok).toBe(verdict.code === 'LA_OK');
  expect(verdict.claims !== null).toBe(WITH_CLAIMS.includes(verdict.code));
  if (!verdict.ok) expect(verdict.hint).toMatch(/^[A-Z].{15,}\.$/);
  return verdict.code;
}

const codeWith = (
  claims: Readonly<Record<string, unknown>>,
  policy: Readonly<Record<string, unknown>> = {},
) => codeOfToken(makeToken({ ...CLAIMS, ...claims }), policy);
const codeAt = (seconds: number, claims: Readonly<Record<string, unknown>> = {}) =>
  codeWith(claims, { now: new Date(seconds * 1000) });

/** A token whose signature, by `signer`, is genuine for what it says. */
function signed(header: unknown, signer: (message: string) => Uint8Array, payload: unknown = CLAIMS): string {
  const start = `${part(header)}.${part(payload)}`;
  return `${start}.${Buffer.from(signer(start)).toString('base64url')}`;
}

const rs256 = (message: string) => sign('RSA-SHA256', Buffer.from(message), privatePem);

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('what Cryptlex signs', () => {
  it('is a JWT under the 2048-bit RSA key of the product; its claims come back as they were signed', async () => {
    expect(await verifyActivationToken(makeToken(), activation)).toEqual({
      ok: true,
      code: 'LA_OK',
      claims: CLAIMS,
    });
  });

  it.skipIf(!hasOpenssl)(`verifies as openssl signs it, RS256 and no other way${NEEDS_OPENSSL}`, async () => {
    await withOpensslPair(['rsa_keygen_bits:2048'], async ({ publicPem, sign }) => {
      const token = signed(HEADER, sign);
      expect(await codeOfToken(token, { publicKey: publicPem })).toBe('LA_OK');
      expect(await codeOfToken(token)).toBe('LA_FAIL');
      const pss = signed({ alg: 'PS256' }, (message) => sign(message, 'pss'));
      expect(await codeOfToken(pss, { publicKey: publicPem })).toBe('LA_FAIL');
      const disguised = signed(HEADER, (message) => sign(message, 'pss'));
      expect(await codeOfToken(disguised, { publicKey: publicPem })).toBe('LA_FAIL');
    });
  });

  it('has claims that nothing here knows, arrays as JSON arrays or as JSON in a text', async () => {
    expect(await codeWith({ lcat: NOW, laat: NOW, on: '', oa: {}, lma: '[]', ama: [{ name: 'a' }] })).toBe(
      'LA_OK',
    );
  });
});

describe('the algorithm is RS256, whatever a header says', () => {
  const hs256 = (secret: string) => (message: string) =>
    createHmac('sha256', secret).update(message).digest();

  it('an unsigned token is LA_FAIL', async () => {
    for (const alg of ['none', 'None', 'NONE', '', 'nOnE']) {
      expect(await codeOfToken(`${part({ alg })}.${part(CLAIMS)}.`)).toBe('LA_FAIL');
      expect(await codeOfToken(`${part({ alg })}.${part(CLAIMS)}`)).toBe('LA_FAIL');
      expect(await codeOfToken(signed({ alg }, rs256))).toBe('LA_FAIL');
    }
    expect(await codeOfToken(`${part(HEADER)}.${part(CLAIMS)}.`)).toBe('LA_FAIL');
  });

  it('HS256 with the public key as its secret is LA_FAIL', async () => {
    for (const secret of [publicKey, publicKey.trim(), `${publicKey}\n`]) {
      expect(await codeOfToken(signed({ alg: 'HS256' }, hs256(secret)))).toBe('LA_FAIL');
      expect(await codeOfToken(signed(HEADER, hs256(secret)))).toBe('LA_FAIL');
    }
  });

  it('PS256, RS384, RS512, ES256 and a key that the token brings along are LA_FAIL', async () => {
    const pss = { key: privatePem, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    const ps256 = (message: string) => sign('RSA-SHA256', Buffer.from(message), pss);
    expect(await codeOfToken(signed({ alg: 'PS256' }, ps256))).toBe('LA_FAIL');
    for (const [alg, hash] of [
      ['RS384', 'RSA-SHA384'],
      ['RS512', 'RSA-SHA512'],
    ] as const) {
      const signer = (message: string) => sign(hash, Buffer.from(message), privatePem);
      expect(await codeOfToken(signed({ alg }, signer))).toBe('LA_FAIL');
      expect(await codeOfToken(signed(HEADER, signer))).toBe('LA_FAIL');
    }
    const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = own.publicKey.export({ format: 'jwk' });
    const mine = (message: string) => sign('RSA-SHA256', Buffer.from(message), own.privateKey);
    expect(
      await codeOfToken(signed({ alg: 'RS256', jwk, jku: 'https://example.org', kid: '../key' }, mine)),
    ).toBe('LA_FAIL');
  });

  it('a genuine signature saves no header that is not plainly RS256', async () => {
    for (const header of [
      {},
      { alg: null },
      { alg: ['RS256'] },
      { alg: 'rs256' },
      { alg: 'RS256 ' },
      { alg: 'PS256' },
      { alg: 'HS256' },
      { alg: 'RS256', crit: [] },
      { alg: 'RS256', crit: ['exp'], exp: 1 },
      { alg: 'RS256', b64: false, crit: ['b64'] },
      { alg: 'RS256', b64: false },
      [],
      null,
      'RS256',
      '{"alg":"none","alg":"RS256"}',
      '{"alg":"RS256","alg":"none"}',
      '{"alg":"RS256","al\\u0067":"RS256"}',
      '{"__proto__":{"alg":"RS256"}}',
      '{"alg":"RS256"} x',
      '\ufeff{"alg":"RS256"}',
      '',
      Uint8Array.of(0xff),
    ]) {
      expect(await codeOfToken(signed(header, rs256)), JSON.stringify(header)).toBe('LA_FAIL');
    }
    expect(await codeOfToken(signed('{ "typ": "JWT", "alg": "RS256" }', rs256))).toBe('LA_OK');
  });
});

describe('the form of a token', () => {
  it('is three parts of strict base64url: no padding, no white space, no other alphabet, no loose bits', async () => {
    const [header = '', payload = '', signature = ''] = makeToken().split('.');
    for (const token of [
      `${header}.${payload}`,
      `${header}.${payload}.${signature}.`,
      `.${header}.${payload}.${signature}`,
      `${header}.${payload}.${signature}.${signature}`,
      `${header}.${payload}.${signature}==`,
      `${header}.${payload}.${signature} `,
      `${header}.${payload}.${signature}\n`,
      ` ${header}.${payload}.${signature}`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -1)}`,
      `${header}.${payload}.AA${signature}`,
      `${header}..${signature}`,
      `.${payload}.${signature}`,
      '..',
      '',
    ]) {
      expect(await codeOfToken(token), token.slice(-20)).toBe('LA_FAIL');
    }
    // 256 bytes leave four loose bits in the last character: sixteen spellings, of which one is right.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const start = `${header}.${payload}.${signature.slice(0, -1)}`;
    const passed = [];
    for (const last of alphabet) if ((await codeOfToken(start + last)) === 'LA_OK') passed.push(last);
    expect(passed).toEqual([signature.at(-1)]);
    const standard = signed(HEADER, rs256).replaceAll('-', '+').replaceAll('_', '/');
    if (/[+/]/.test(standard)) expect(await codeOfToken(standard)).toBe('LA_FAIL');
  });

  it('is refused when what was signed is not the canonical spelling either', async () => {
    for (const start of [`${part(HEADER)}=.${part(CLAIMS)}`, `${part(HEADER)}.${part(CLAIMS)}\n`]) {
      expect(await codeOfToken(`${start}.${rs256(start).toString('base64url')}`)).toBe('LA_FAIL');
    }
  });

  it('is text, of 1 MiB at most', async () => {
    for (const token of [
      undefined,
      null,
      1,
      {},
      [makeToken()],
      Buffer.from(makeToken()),
      { toString: makeToken },
    ]) {
      expect(await codeOfToken(token)).toBe('LA_FAIL');
    }
    expect(await codeWith({ name: 'x'.repeat(700_000) })).toBe('LA_OK');
    expect(await codeWith({ name: 'x'.repeat(800_000) })).toBe('LA_FAIL');
  });
});

describe('the claims', () => {
  it('are strict JSON, even when genuinely signed', async () => {
    const json = JSON.stringify(CLAIMS);
    for (const payload of [
      json.replace('{', `{"eat":0,`),
      json.replace('{', '{"suspended":false,'),
      json.replace('"Zoë"', '"\\ud800"'),
      json.replace('[]', `${'['.repeat(70)}${']'.repeat(70)}`),
      `\ufeff${json}`,
      `${json}x`,
      `[${json}]`,
      'null',
      '',
      Buffer.concat([Buffer.from(json), Buffer.of(0xff)]),
      `{"__proto__":${json}}`,
    ]) {
      expect(await codeOfToken(makeToken(payload))).toBe('LA_FAIL');
    }
  });

  it('that decide must all be there, each of its type: a missing expiry is not "never"', async () => {
    const strings = ['key', 'pid', 'fp'];
    const numbers = ['iat', 'aco', 'eat', 'leat', 'ssi', 'ssgpeat'];
    for (const name of [...strings, ...numbers, 'suspended']) {
      expect(await codeWith({ [name]: undefined }), `no ${name}`).toBe('LA_FAIL');
      for (const value of [null, {}, [], [CLAIMS.key]]) {
        expect(await codeWith({ [name]: value }), `${name} ${JSON.stringify(value)}`).toBe('LA_FAIL');
      }
    }
    for (const name of numbers) {
      for (const value of ['0', `${NOW}`, 0.5, 2 ** 53, true]) {
        expect(await codeWith({ [name]: value }), `${name} ${value}`).toBe('LA_FAIL');
      }
      const endless = JSON.stringify(CLAIMS).replace(new RegExp(`"${name}":\\d+`), `"${name}":1e999`);
      expect(await codeOfToken(makeToken(endless))).toBe('LA_FAIL');
    }
    for (const value of ['false', 'true', 0, 1]) expect(await codeWith({ suspended: value })).toBe('LA_FAIL');
  });
});

describe('the checks, each to its last second', () => {
  it('license key, exactly', async () => {
    expect(await codeWith({ key: CLAIMS.key.toLowerCase() })).toBe('LA_FAIL');
    expect(await codeWith({}, { key: ` ${activation.key}` })).toBe('LA_FAIL');
  });

  it('product', async () => {
    expect(await codeWith({}, { productId: CLAIMS.lid })).toBe('LA_FAIL');
  });

  it('fingerprint', async () => {
    expect(await codeWith({ fp: 'another' })).toBe('LA_E_MACHINE_FINGERPRINT');
    expect(await codeWith({ fp: '', fms: 'fuzzy' })).toBe('LA_E_MACHINE_FINGERPRINT');
  });

  it('clock: iat - now is at most the allowed offset', async () => {
    const { iat, aco } = CLAIMS;
    expect(await codeAt(iat - aco)).toBe('LA_OK');
    expect(await codeAt(iat - aco - 1)).toBe('LA_E_TIME');
    expect(await codeAt(iat, { aco: 0 })).toBe('LA_OK');
    expect(await codeAt(iat - 1, { aco: 0 })).toBe('LA_E_TIME');
    // The sample knows no "unlimited": a negative offset is compared like any other.
    expect(await codeAt(iat, { aco: -1 })).toBe('LA_E_TIME');
    expect(await codeAt(iat + 1, { aco: -1 })).toBe('LA_OK');
  });

  it('lease: leat is not before now nor before iat; 0 is none', async () => {
    expect(await codeAt(NOW, { leat: NOW })).toBe('LA_OK');
    expect(await codeAt(NOW, { leat: NOW - 1 })).toBe('LA_FAIL');
    expect(await codeAt(CLAIMS.iat - 10, { leat: CLAIMS.iat - 1 })).toBe('LA_FAIL');
    expect(await codeAt(NOW, { leat: -1 })).toBe('LA_FAIL');
  });

  it('grace period: ssgpeat is not before now, where ssi and it are not 0', async () => {
    expect(await codeAt(NOW, { ssgpeat: NOW })).toBe('LA_OK');
    expect(await codeAt(NOW, { ssgpeat: NOW - 1 })).toBe('LA_GRACE_PERIOD_OVER');
    expect(await codeAt(NOW, { ssgpeat: NOW - 1, ssi: 0 })).toBe('LA_OK');
    expect(await codeAt(NOW, { ssgpeat: 0 })).toBe('LA_OK');
  });

  it('expiry: eat is not before now nor before iat; 0 is never', async () => {
    expect(await codeAt(NOW, { eat: NOW })).toBe('LA_OK');
    expect(await codeAt(NOW, { eat: NOW - 1 })).toBe('LA_EXPIRED');
    expect(await codeAt(CLAIMS.iat - 10, { eat: CLAIMS.iat - 1 })).toBe('LA_EXPIRED');
    expect(await codeAt(NOW, { eat: 0 })).toBe('LA_OK');
  });

  it('suspension', async () => {
    expect(await codeWith({ suspended: true })).toBe('LA_SUSPENDED');
  });

  it('counts whole seconds of now, as the sample does', async () => {
    expect(await codeWith({ eat: NOW }, { now: new Date(NOW * 1000 + 999) })).toBe('LA_OK');
    expect(await codeWith({ eat: NOW }, { now: new Date(NOW * 1000 + 1000) })).toBe('LA_EXPIRED');
  });

  it('looks neither at exp nor at nbf, iss or aud', async () => {
    expect(await codeWith({ exp: 1, nbf: NOW * 2, iss: 'x', aud: 'y' })).toBe('LA_OK');
  });

  it('come in the documented order: of several that fail the first one tells', async () => {
    const steps = [
      [{ fp: 'another' }, 'LA_E_MACHINE_FINGERPRINT'],
      [{ iat: NOW + 301 }, 'LA_E_TIME'],
      [{ leat: NOW - 1 }, 'LA_FAIL'],
      [{ ssgpeat: NOW - 1 }, 'LA_GRACE_PERIOD_OVER'],
      [{ eat: NOW - 1 }, 'LA_EXPIRED'],
      [{ suspended: true }, 'LA_SUSPENDED'],
    ] as const;
    for (const [index, [, code]] of steps.entries()) {
      const failing = Object.assign({}, ...steps.slice(index).map(([claims]) => claims));
      expect(await codeWith(failing), code).toBe(code);
      expect(await codeWith({ ...failing, key: 'another' })).toBe('LA_FAIL');
      expect(await codeWith({ ...failing, pid: 'another' })).toBe('LA_FAIL');
    }
  });
});

describe('the policy', () => {
  it('is ours to get right: what is missing, empty or unreadable throws, whatever the token', async () => {
    for (const [name, value] of [
      ['productId', ''],
      ['key', undefined],
      ['key', 1],
      ['fingerprint', ''],
      ['fingerprint', null],
      ['now', new Date(Number.NaN)],
      ['now', NOW],
      ['now', undefined],
    ] as const) {
      const error = await failureOf(() => codeOfToken('anything', { [name]: value }));
      expect([error.code, error.details]).toEqual(['invalid_option', { option: name }]);
    }
    for (const key of ['', undefined, privatePem, readFileSync('keys/demo-ed25519.public.pem', 'utf8')]) {
      const error = await failureOf(() => codeOfToken(makeToken(), { publicKey: key }));
      expect(error.code).toBe('invalid_key');
    }
  });
});

it('says LA_FAIL, and why, where there is no crypto.subtle', async () => {
  vi.stubGlobal('crypto', { getRandomValues() {} });
  expect(await verifyActivationToken(makeToken(), activation)).toEqual({
    ok: false,
    code: 'LA_FAIL',
    claims: null,
    hint: 'RSA needs crypto.subtle: use https.',
  });
});
