import { afterEach, describe, expect, it } from 'vitest';
import { openRevocations, verifyLicense } from '../../../src/index.js';
import { failureOf } from '../../failure.js';
import { untyped } from '../revocations/hostile-values.js';
import { keyring, list, NAME, NOW } from '../revocations/lists.js';
import { envelopeOf, forgeEnvelope, goodCase, KEY, SECONDS } from './license-case.js';

describe('a polluted Object.prototype', () => {
  const polluted: string[] = [];
  afterEach(() => {
    for (const name of polluted.splice(0)) Reflect.deleteProperty(Object.prototype, name);
  });
  const pollute = (name: string, value: unknown) => {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    polluted.push(name);
  };

  it.each<[string, unknown]>([
    ['license', { key: KEY, product: 'app', valid_until: null }],
    ['schema', 'keywright/license/v1'],
    ['valid_until', null],
    ['key', KEY],
    ['product', 'app'],
    ['timestamp', SECONDS],
    ['comparison', 'canonical'],
  ])('gives a license no %s', async (name, value) => {
    const given = goodCase(name in goodCase().license ? { [name]: undefined } : {});
    if (name === 'schema' || name === 'timestamp') delete given.payload[name];
    const payload =
      name === 'license'
        ? JSON.stringify(given.payload)
        : JSON.stringify({ ...given.payload, license: given.license });
    const envelope = await forgeEnvelope(payload, given.signer);
    const policy = { product: 'app', key: null, device: null, now: NOW };
    pollute(name, value);
    const verdict = await verifyLicense(envelope, keyring, policy);
    expect(verdict.ok ? 'ok' : verdict.reason).toBe(name === 'comparison' ? 'ok' : 'not_a_license');
  });

  it.each<[string, unknown]>([
    ['devices', []],
    ['valid_from', '9998-01-01T00:00:00Z'],
    ['entitlements', { plan: 'pro' }],
    ['maxAge', 0],
    ['maxFuture', 0],
    ['maxListAge', 0],
    ['nonce', 'n'],
    ['role', 'global'],
    ['revocations', [{}]],
    ['parse', () => 'pro'],
    ['evidence', { built: 9e9 }],
    ['built', 9e9],
    ['signed', { x: 9e9 }],
    ['validFrom', new Date(9e14)],
    ['ok', true],
  ])('demands and gives nothing by %s', async (name, value) => {
    const text = await envelopeOf(goodCase());
    const policy = { product: 'app', key: null, device: null, now: new Date(NOW.getTime() - 5000) };
    pollute(name, value);
    expect(await verifyLicense(text, keyring, policy)).toMatchObject({
      ok: true,
      entitlements: {},
      clockBehind: false,
    });
  });

  it('does not complete a policy', async () => {
    const policy = { product: 'app', device: null, now: NOW };
    pollute('key', null);
    const { details } = await failureOf(() => verifyLicense('', keyring, untyped(policy)));
    expect(details).toEqual({ option: 'key' });
  });
});

describe('misuse', () => {
  const policy = { product: 'app', key: null, device: null, now: NOW };
  const without = (name: keyof typeof policy) => {
    const { [name]: _, ...others } = policy;
    return others;
  };

  it.each<[string, unknown, string]>([
    ['no policy', undefined, 'policy'],
    ['no product', without('product'), 'product'],
    ['no key', without('key'), 'key'],
    ['no device', without('device'), 'device'],
    ['no time', without('now'), 'now'],
    ['an undefined key', { ...policy, key: undefined }, 'key'],
    ['an empty product', { ...policy, product: '' }, 'product'],
    ['a key that is a number', { ...policy, key: 7 }, 'key'],
    ['devices in a list', { ...policy, device: ['mine'] }, 'device'],
    ['an invalid time', { ...policy, now: new Date(Number.NaN) }, 'now'],
    ['a time in milliseconds', { ...policy, now: NOW.getTime() }, 'now'],
    ['one list that stands alone', { ...policy, revocations: {} }, 'revocations'],
    ['a list that is null', { ...policy, revocations: [null] }, 'revocations'],
    ['an age of lists below 0', { ...policy, maxListAge: -1 }, 'maxListAge'],
    ['an age without end', { ...policy, maxAge: Number.POSITIVE_INFINITY }, 'maxAge'],
    ['an empty nonce', { ...policy, nonce: '' }, 'nonce'],
    ['an unknown role', { ...policy, role: 'seller' }, 'role'],
    ['a parse that is none', { ...policy, parse: {} }, 'parse'],
    ['a member that is unknown', { ...policy, lists: [] }, 'lists'],
  ])('with %s throws before the license is looked at', async (_, wrong, option) => {
    let looked = false;
    const get = () => {
      looked = true;
      return undefined;
    };
    const spy = new Proxy({}, { get, getOwnPropertyDescriptor: get });
    const error = await failureOf(() => verifyLicense(spy, keyring, untyped(wrong)));
    expect([error.code, error.details, looked]).toEqual(['invalid_option', { option }, false]);
  });

  it('with a list of another product, or a keyring that nobody loaded, throws', async () => {
    const bytes = await list({ product: 'other' }, '');
    const other = await openRevocations(bytes, keyring, { name: NAME, product: 'other', now: NOW });
    const error = await failureOf(() => verifyLicense('', keyring, { ...policy, revocations: [other] }));
    expect(error.details).toEqual({ option: 'revocations' });
    const ring = await failureOf(() => verifyLicense('', untyped({ keys: [] }), policy));
    expect(ring.details).toEqual({ option: 'keyring' });
  });
});
