import { describe, expect, it, vi } from 'vitest';
import { addPublicKey, openRevocations, retirePublicKey, verifyLicense } from '../../../src/index.js';
import { hostileValues, untyped } from '../revocations/hostile-values.js';
import { keyring, keys, list, NAME, NOW, opened, rowsOf, signerOf } from '../revocations/lists.js';
import { demoRsa, signers } from '../sign/demo-keys.js';
import { envelopeOf, forgeEnvelope, goodCase, judge, KEY, reasonOf, SECONDS } from './license-case.js';

describe('a license file', () => {
  it('may come as text or as the parsed object, with whatever else it says', async () => {
    const text = await envelopeOf(goodCase({ customer: 'Zoë', plan: null }));
    for (const envelope of [text, JSON.parse(text)]) {
      expect(
        await verifyLicense(envelope, keyring, { product: 'app', key: KEY, device: null, now: NOW }),
      ).toEqual({
        ok: true,
        license: {
          key: KEY,
          product: 'app',
          validUntil: new Date('2027-11-28T12:00:00Z'),
          validFrom: undefined,
          devices: undefined,
          entitlements: {},
          comparison: 'canonical',
          signed: {
            key: KEY,
            product: 'app',
            valid_until: '2027-11-28T12:00:00Z',
            comparison: 'canonical',
            customer: 'Zoë',
            plan: null,
          },
        },
        entitlements: {},
        kid: keys.license.kid,
        role: null,
        signedAt: NOW,
        clockBehind: false,
        listStale: false,
      });
    }
  });

  it('whatever else it is, is malformed', async () => {
    const policy = { product: 'app', key: null, device: null, now: NOW };
    for (const value of hostileValues()) {
      expect(await verifyLicense(value, keyring, policy)).toMatchObject({ ok: false, reason: 'malformed' });
    }
    for (const payload of ['', '[]', '{', '\ufeff{}', '{"a":1,"a":2}', Uint8Array.of(0xff), '[[[[']) {
      const envelope = await forgeEnvelope(payload, signerOf('license'));
      expect(await verifyLicense(envelope, keyring, policy)).toMatchObject({
        ok: false,
        reason: 'malformed',
      });
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['no valid_until', { valid_until: undefined }],
    ['a valid_until on a day alone', { valid_until: '2027-11-28' }],
    ['a valid_until without zone', { valid_until: '2027-11-28T12:00:00' }],
    ['a valid_until with an offset', { valid_until: '2027-11-28T12:00:00+01:00' }],
    ['a valid_until in the year 10000', { valid_until: '+010000-01-01T00:00:00Z' }],
    ['a valid_until in the year 10000, bare', { valid_until: '10000-01-01T00:00:00Z' }],
    ['a valid_until on February 30', { valid_until: '2027-02-30T00:00:00Z' }],
    ['a valid_until at 24:00', { valid_until: '2027-11-28T24:00:00Z' }],
    ['a valid_until in seconds', { valid_until: 1_827_000_000 }],
    ['an empty valid_until', { valid_until: '' }],
    ['a valid_until that is false', { valid_until: false }],
    ['a valid_until before valid_from', { valid_from: '2028-01-01T00:00:00Z' }],
    ['a valid_until at valid_from', { valid_from: '2027-11-28T12:00:00Z' }],
    ['a valid_from that is null', { valid_from: null }],
    ['a valid_from on a day alone', { valid_from: '2026-01-01' }],
    ['no key', { key: undefined }],
    ['a key that is a number', { key: 7 }],
    ['an empty key', { key: '' }],
    ['a key of blanks alone', { key: ' - ' }],
    ['a key of 5 KiB', { key: 'x'.repeat(5000) }],
    ['no product', { product: undefined }],
    ['an empty product', { product: '' }],
    ['devices that are a text', { devices: 'mine' }],
    ['devices that are numbers', { devices: [1] }],
    ['devices that are null', { devices: null }],
    ['entitlements that are a list', { entitlements: ['pro'] }],
    ['entitlements that are a text', { entitlements: 'pro' }],
    ['an unknown comparison', { comparison: 'lax' }],
  ])('with %s is no license', async (_, license) => {
    const verdict = await judge(goodCase(license));
    expect(verdict).toMatchObject({ ok: false, reason: 'not_a_license', kid: keys.license.kid });
    expect(verdict).not.toMatchObject({ license: expect.anything() });
  });

  it.each<[string, unknown]>([
    ['no timestamp', undefined],
    ['a timestamp that is a text', '1'],
    ['a fractional timestamp', 1.5],
    ['a negative timestamp', -1],
    ['a timestamp in milliseconds', NOW.getTime()],
    ['a timestamp beyond any date', Number.MAX_SAFE_INTEGER],
  ])('with %s is no license', async (_, timestamp) => {
    const given = goodCase();
    given.payload.timestamp = timestamp;
    expect(await judge(given)).toMatchObject({
      ok: false,
      reason: 'not_a_license',
      hint: 'Its timestamp is wrong: issue it again.',
    });
  });

  it.each<[string, unknown]>([
    ['no schema', undefined],
    ['the schema of v2', 'keywright/license/v2'],
    ['the schema of a list', 'keywright/list/v1'],
    ['a schema in a list', ['keywright/license/v1']],
  ])('with %s is no license', async (_, schema) => {
    const given = goodCase();
    given.payload.schema = schema;
    expect(await reasonOf(given)).toBe('not_a_license');
  });

  it('whose license is no object is none', async () => {
    for (const license of [null, [], 'x', 1]) {
      const payload = JSON.stringify({ schema: 'keywright/license/v1', timestamp: SECONDS, license });
      const envelope = await forgeEnvelope(payload, signerOf('license'));
      const policy = { product: 'app', key: null, device: null, now: NOW };
      expect(await verifyLicense(envelope, keyring, policy)).toMatchObject({
        reason: 'not_a_license',
        hint: 'Its license is wrong: issue it again.',
      });
    }
  });
});

describe('validity', () => {
  it('is from valid_from on, and ends before valid_until', async () => {
    const license = { valid_from: '2026-11-28T12:00:00Z', valid_until: '2026-11-29T12:00:00.500Z' };
    for (const [now, expected] of [
      ['2026-11-28T11:59:59.999Z', 'not_yet_valid'],
      ['2026-11-28T12:00:00Z', 'ok'],
      ['2026-11-29T12:00:00.499Z', 'ok'],
      ['2026-11-29T12:00:00.500Z', 'expired'],
    ] as const) {
      const given = goodCase(license, { now: new Date(now) });
      given.payload.timestamp = 0;
      expect(await reasonOf(given), now).toBe(expected);
    }
  });

  it('of null never ends', async () => {
    const now = new Date('9999-12-31T23:59:59Z');
    expect(await reasonOf(goodCase({ valid_until: null }, { now }))).toBe('ok');
  });

  it('is judged at the time of signing, where the clock is behind it', async () => {
    const now = new Date('2020-01-01T00:00:00Z');
    expect(await reasonOf(goodCase({ valid_from: '2026-11-28T00:00:00Z' }, { now }))).toBe('ok');
    expect(await reasonOf(goodCase({ valid_until: '2026-11-28T00:00:00Z' }, { now }))).toBe('expired');
  });

  it('has no limit into the future unless one is demanded', async () => {
    const now = new Date(0);
    expect(await reasonOf(goodCase({}, { now }))).toBe('ok');
    expect(await reasonOf(goodCase({}, { now, maxFuture: 300 }))).toBe('from_future');
    expect(await reasonOf(goodCase({}, { now: new Date(NOW.getTime() - 300_000), maxFuture: 300 }))).toBe(
      'ok',
    );
  });

  it('may demand a signature that is not older than some time, and a nonce', async () => {
    const now = new Date(NOW.getTime() + 60_000);
    expect(await reasonOf(goodCase({}, { now, maxAge: 60 }))).toBe('ok');
    expect(await reasonOf(goodCase({}, { now, maxAge: 59 }))).toBe('stale');
    const given = goodCase({}, { nonce: 'n' });
    expect(await reasonOf(given)).toBe('nonce_mismatch');
    given.payload.nonce = 'n';
    expect(await reasonOf(given)).toBe('ok');
  });
});

describe('the key', () => {
  it.each([
    'aaaa-aaaa',
    ' AAAA AAAA\n',
    'AAAA\u2013AAAA',
    'ＡＡＡＡaaaa',
    'A.A_A:A/A-A-A-A',
    '\u200bAAAAAAAA',
  ])('may be spelled %j', async (key) => {
    expect(await reasonOf(goodCase({}, { key }))).toBe('ok');
    expect(await reasonOf(goodCase({ key }, { key: KEY }))).toBe('ok');
    expect(await reasonOf(goodCase({ comparison: 'exact' }, { key }))).toBe('wrong_key');
  });

  it.each(['', ' ', 'AAAA-AAAB', 'AAAA-AAAA-A', 'x'.repeat(5000), '\ud800', `A${'\u0301'.repeat(40)}`])(
    'may not be %j',
    async (key) => {
      expect(await reasonOf(goodCase({}, { key }))).toBe('wrong_key');
      expect(await reasonOf(goodCase({ comparison: 'exact' }, { key }))).toBe('wrong_key');
    },
  );

  it('that is exact is itself alone, and null is not checked', async () => {
    const license = { key: 'Abc-1', comparison: 'exact' };
    expect(await reasonOf(goodCase(license, { key: 'Abc-1' }))).toBe('ok');
    expect(await reasonOf(goodCase(license, { key: 'ABC-1' }))).toBe('wrong_key');
    expect(await reasonOf(goodCase(license, { key: null }))).toBe('ok');
  });

  it('is revoked by a list of exact keys as the text it is', async () => {
    const { revokedId } = await import('../../../src/index.js');
    const body = `${revokedId('Abc-1', 'exact')}\n`;
    const revocations = [await opened(await list({ comparison: 'exact' }, body))];
    const policy = { key: null, revocations };
    expect(await reasonOf(goodCase({ key: 'Abc-1', comparison: 'exact' }, policy))).toBe('revoked');
    expect(await reasonOf(goodCase({ key: 'ABC-1', comparison: 'exact' }, policy))).toBe('ok');
  });
});

describe('the device', () => {
  it.each<[unknown, string | null, string]>([
    [['mine', 'work'], 'work', 'ok'],
    [['mine'], 'Mine', 'wrong_device'],
    [['mine'], ' mine', 'wrong_device'],
    [['Ä'], 'A\u0308', 'wrong_device'],
    [['mine'], null, 'wrong_device'],
    [['mine'], '', 'wrong_device'],
    [[''], null, 'wrong_device'],
    [[''], '', 'ok'],
    [[], 'mine', 'wrong_device'],
    [[], null, 'wrong_device'],
    [['null', 'undefined'], null, 'wrong_device'],
    [undefined, 'mine', 'ok'],
    [undefined, null, 'ok'],
  ])('of %j: %j is %s', async (devices, device, expected) => {
    expect(await reasonOf(goodCase({ devices }, { device }))).toBe(expected);
  });
});

describe('who signs', () => {
  it('is a key for licenses: no key for lists or updates, none for responses alone, no stranger', async () => {
    for (const key of ['list', 'keyring', 'stranger'] as const) {
      expect(await reasonOf({ ...goodCase(), signer: signerOf(key) })).toBe('bad_signature');
    }
    for (const purposes of [['response'], ['list'], ['keyring', 'seal']] as const) {
      const ring = addPublicKey(undefined, keys.license.publicKey, { purposes });
      expect(await reasonOf({ ...goodCase(), keyring: ring })).toBe('unknown_key');
    }
    const bare = addPublicKey(undefined, keys.license.publicKey);
    expect(await reasonOf({ ...goodCase(), keyring: bare })).toBe('ok');
  });

  it('is no key of lists in the other direction: a key for licenses signs no list', async () => {
    const bytes = await list({}, rowsOf(KEY), [signerOf('license')]);
    const answer = await openRevocations(bytes, keyring, { name: NAME, product: 'app', now: NOW });
    expect(answer).toMatchObject({ ok: false, reason: 'list_bad', cause: 'unknown_key' });
  });

  it('signs for its own product alone, where it has one', async () => {
    const ring = addPublicKey(keyring, keys.stranger.publicKey, { product: 'other', purposes: ['license'] });
    expect(await reasonOf({ ...goodCase(), keyring: ring })).toBe('ok');
    expect(await reasonOf({ ...goodCase(), keyring: ring, signer: signerOf('stranger') })).toBe(
      'wrong_product',
    );
    const other = goodCase({ product: 'other' }, { product: 'other' });
    expect(await reasonOf({ ...other, keyring: ring, signer: signerOf('stranger') })).toBe('ok');
  });

  it('need not name a product for a keyring of several: the license does', async () => {
    const one = addPublicKey(undefined, keys.license.publicKey, { product: 'app' });
    const ring = addPublicKey(one, keys.stranger.publicKey, { product: 'other' });
    expect(await reasonOf({ ...goodCase(), keyring: ring })).toBe('ok');
    expect(await reasonOf({ ...goodCase({ product: 'other' }, { product: 'other' }), keyring: ring })).toBe(
      'wrong_product',
    );
  });

  it('has a role, which may be demanded', async () => {
    const ring = addPublicKey(undefined, keys.license.publicKey, { role: 'product' });
    expect(await judge({ ...goodCase({}, { role: 'product' }), keyring: ring })).toMatchObject({
      role: 'product',
    });
    expect(await reasonOf({ ...goodCase({}, { role: 'global' }), keyring: ring })).toBe('unknown_key');
  });

  it('goes on for what was signed before it was retired', async () => {
    for (const [at, expected] of [
      [NOW, 'key_retired'],
      [new Date(NOW.getTime() + 1000), 'ok'],
    ] as const) {
      const ring = retirePublicKey(keyring, keys.license.kid, at);
      expect(await reasonOf({ ...goodCase(), keyring: ring })).toBe(expected);
    }
  });

  it('may be RSA, and without crypto.subtle that is unsupported', async () => {
    const ring = addPublicKey(undefined, demoRsa.publicKey);
    expect(await reasonOf({ ...goodCase(), keyring: ring, signer: signers.RS256 })).toBe('ok');
    const given = { ...goodCase(), keyring: ring, signer: signers.RS256 };
    const text = await envelopeOf(given);
    vi.stubGlobal('crypto', {});
    const verdict = await verifyLicense(text, ring, untyped(given.policy));
    vi.unstubAllGlobals();
    expect(verdict).toMatchObject({ ok: false, reason: 'unsupported' });
  });
});
