import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  addPublicKey,
  type Envelope,
  signLicense,
  signResponse,
  signToText,
  verifyLicense,
  verifyResponse,
} from '../../../src/index.js';
import { failureOf } from '../../failure.js';
import { untyped } from '../revocations/hostile-values.js';
import { keyring, keys, NOW, signerOf } from '../revocations/lists.js';
import { KEY } from './license-case.js';

describe('plain signing', () => {
  it('refuses the schema of a license, however it is called', async () => {
    const payload = { schema: 'keywright/license/v1', license: {}, timestamp: 1 };
    for (const sign of [signResponse, signToText]) {
      for (const given of [
        payload,
        JSON.stringify(payload),
        '{"sch\\u0065ma":"keywright/license/v1","timestamp":1}',
      ]) {
        const error = await failureOf(() => sign(given, signerOf('license')));
        expect([error.code, error.message]).toEqual([
          'invalid_payload',
          'the payload names the schema of a license: sign it as one',
        ]);
      }
    }
    expect(await signToText({ schema: 'acme/license/v1', timestamp: 1 }, signerOf('license'))).toContain(
      'acme',
    );
  });
});

describe('signing a license', () => {
  const terms = { key: KEY, product: 'app', validUntil: new Date('2027-11-28T12:00:00Z') };

  it('writes what verifies, its own members before those that are added', async () => {
    const members = { product: 'other', key: 'ZZZZ', customer: 'Zoë', valid_until: null };
    const entitlements = { seats: 5, plan: 'team' };
    const file = await signLicense({ ...terms, entitlements, members }, signerOf('license'), { now: NOW });
    expectTypeOf(file).toEqualTypeOf<Envelope>();
    const policy = { product: 'app', key: KEY, device: null, now: NOW };
    const verdict = await verifyLicense(file, keyring, policy);
    expect(verdict).toMatchObject({ ok: true, entitlements, signedAt: NOW });
    expect(verdict.license?.signed).toEqual({
      key: KEY,
      product: 'app',
      valid_until: '2027-11-28T12:00:00Z',
      customer: 'Zoë',
      entitlements,
      comparison: 'canonical',
    });
    // The same key may answer as a server: who asks for a response gets what was signed, and its schema says what it is.
    const both = addPublicKey(undefined, keys.license.publicKey);
    expect(await verifyResponse(file, both)).toMatchObject({ payload: { schema: 'keywright/license/v1' } });
  });

  it.each<[string, object, string, object]>([
    ['an empty key', { key: '' }, 'invalid_payload', { path: 'key' }],
    ['an empty product', { product: '' }, 'invalid_payload', { path: 'product' }],
    [
      'a validity that ends as it begins',
      { validFrom: terms.validUntil },
      'invalid_payload',
      { path: 'valid_until' },
    ],
    ['no validity', { validUntil: undefined }, 'invalid_payload', { path: 'valid_until' }],
    ['an invalid time', { validUntil: new Date(Number.NaN) }, 'invalid_option', { option: 'valid_until' }],
    [
      'the year 10000',
      { validUntil: new Date(253_402_300_800_000) },
      'invalid_option',
      { option: 'valid_until' },
    ],
    ['a year before 0', { validFrom: new Date(-1e14) }, 'invalid_option', { option: 'valid_from' }],
    ['an unknown comparison', { comparison: 'lax' }, 'invalid_payload', { path: 'comparison' }],
    ['devices that are numbers', { devices: [1] }, 'invalid_payload', { path: 'devices' }],
    ['entitlements that are a list', { entitlements: [] }, 'invalid_payload', { path: 'entitlements' }],
  ])('is refused with %s', async (_, wrong, code, details) => {
    const error = await failureOf(() =>
      signLicense(untyped({ ...terms, ...wrong }), signerOf('license'), { now: NOW }),
    );
    expect([error.code, error.details]).toEqual([code, details]);
  });

  it('is refused at a time that is none', async () => {
    for (const now of [new Date(Number.NaN), new Date(253_402_300_800_000), undefined]) {
      const options = { now: untyped(now) };
      expect((await failureOf(() => signLicense(terms, signerOf('license'), options))).code).toBe(
        'invalid_option',
      );
    }
    const before = { now: new Date(-1000) };
    expect((await failureOf(() => signLicense(terms, signerOf('license'), before))).code).toBe(
      'invalid_payload',
    );
  });
});
