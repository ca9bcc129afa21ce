import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import {
  type JsonObject,
  type License,
  type LicensePolicy,
  type LicenseVerdict,
  verifyLicense,
} from '../../../src/index.js';
import { untyped } from '../revocations/hostile-values.js';
import { keyring, NOW, signerOf } from '../revocations/lists.js';
import { envelopeOf, forgeEnvelope, goodCase, KEY, SECONDS } from './license-case.js';

describe('entitlements', () => {
  const license = { entitlements: { plan: 'team', seats: 5 } };
  const text = envelopeOf(goodCase(license));
  const policy = { product: 'app', key: null, device: null, now: NOW } as const;

  it('are typed by parse, or plain JSON', async () => {
    const parse = (given: JsonObject) => ({ seats: Number(given.seats) });
    const typed = await verifyLicense(await text, keyring, { ...policy, parse });
    expectTypeOf(typed).toEqualTypeOf<LicenseVerdict<{ seats: number }>>();
    if (typed.ok) expectTypeOf(typed.entitlements.seats).toBeNumber();
    expect(typed).toMatchObject({ ok: true, entitlements: { seats: 5 } });
    const later = await verifyLicense(await text, keyring, { ...policy, parse: async () => 'pro' as const });
    expectTypeOf(later).toEqualTypeOf<LicenseVerdict<'pro'>>();
    expect(later).toMatchObject({ ok: true, entitlements: 'pro' });
    const plain = await verifyLicense(await text, keyring, policy);
    expectTypeOf(plain).toEqualTypeOf<LicenseVerdict<JsonObject>>();
    expect(plain).toMatchObject({ ok: true, entitlements: license.entitlements });
    if (plain.ok) expectTypeOf(plain.license).toEqualTypeOf<License>();
    else expectTypeOf(plain.license).toEqualTypeOf<License | undefined>();
    const wide: LicensePolicy = policy;
    expectTypeOf(verifyLicense('', keyring, wide)).resolves.toEqualTypeOf<LicenseVerdict<unknown>>();
  });

  it('that parse refuses, at once or later, are bad', async () => {
    const parsers = [
      () => {
        throw new Error('no');
      },
      async () => {
        throw new Error('no');
      },
      () => Promise.reject(undefined),
      (given: JsonObject) => Reflect.get(untyped(given.missing), 'seats'),
    ];
    for (const parse of parsers) {
      const verdict = await verifyLicense(await text, keyring, { ...policy, parse });
      expect(verdict).toMatchObject({ ok: false, reason: 'bad_entitlements', license: { key: KEY } });
    }
  });

  it('are not parsed for a license that is refused', async () => {
    const parse = vi.fn(() => 'pro');
    await verifyLicense(await text, keyring, { ...policy, product: 'other', parse });
    expect(parse).not.toHaveBeenCalled();
  });

  it('may hold __proto__, which is a member like any other', async () => {
    const payload = `{"schema":"keywright/license/v1","timestamp":${SECONDS},"license":{"key":"${KEY}","product":"app","valid_until":null,"entitlements":{"__proto__":{"admin":true}},"__proto__":{"devices":[]}}}`;
    const verdict = await verifyLicense(await forgeEnvelope(payload, signerOf('license')), keyring, policy);
    if (!verdict.ok) throw new Error(verdict.reason);
    expect(Object.keys(verdict.entitlements)).toEqual(['__proto__']);
    expect(Reflect.get(verdict.entitlements, 'admin')).toBeUndefined();
    expect(Reflect.get({}, 'admin')).toBeUndefined();
    const hidden = `{"schema":"keywright/license/v1","timestamp":${SECONDS},"license":{"__proto__":{"key":"${KEY}","product":"app","valid_until":null}}}`;
    expect(
      await verifyLicense(await forgeEnvelope(hidden, signerOf('license')), keyring, policy),
    ).toMatchObject({
      reason: 'not_a_license',
    });
  });
});
