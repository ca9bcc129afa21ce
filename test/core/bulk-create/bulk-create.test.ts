import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CreatedKeys,
  createLicenseKeys,
  memoryKeys,
} from '../../../src/core/bulk-create/bulk-create.js';
import { signResponse } from '../../../src/core/sign/envelope.js';
import { failureOf } from '../../failure.js';
import { signers } from '../sign/demo-keys.js';

const now = new Date(1_709_001_673_000);
const KEYS = [
  '3a343c8a-38fe-4b6e-ad77-444444',
  '3a343c8a-38fe-4b6e-ad77-2222222',
  '3a343c8a-38fe-4b6e-ad77-0078aaf16-333333',
  '9cc2cc83-4c74-49f9-98f5-f0e1c1eb1541',
];
/** The documented request, as a form sends it. */
const REQUEST = {
  api_key: '2964c3c9-0b5d-4d89-b3ac-4668f30bc492',
  license_keys: JSON.stringify(KEYS),
  product_id: '1',
  owner_name: 'Test User',
  owner_email: 'domain@email.ltdc',
  activation_limit: '0',
  validity: '0',
  status: 'available',
  assigned_at: '2024-01-08 00:00:00',
};
const run = (request: unknown, ledger: CreatedKeys = memoryKeys()) =>
  createLicenseKeys(request, { ledger, now });

describe('the documented example', () => {
  it('is reproduced to the byte', async () => {
    const ledger = memoryKeys([[KEYS[1] ?? '', 'old.txt:7']]);
    const { payload, outcomes, request } = await run(REQUEST, ledger);
    const published = JSON.parse(readFileSync('samples/getkeymanager/response.json', 'utf8'));
    expect(payload).toEqual(published.response);
    const envelope = await signResponse(payload, signers.RS256, { style: 'php' });
    expect(envelope.response_base64).toBe(published.response_base64);
    expect(outcomes.map(({ outcome, firstSeen }) => [outcome, firstSeen])).toEqual([
      ['created', null],
      ['duplicate', 'old.txt:7'],
      ['created', null],
      ['created', null],
    ]);
    expect(request).toMatchObject({ productId: 1, activationLimit: 0, status: 'available' });
    expect(JSON.stringify({ payload, outcomes, request })).not.toContain(REQUEST.api_key);
  });

  it('answers 902 the second time', async () => {
    const ledger = memoryKeys();
    await run(REQUEST, ledger);
    expect((await run(REQUEST, ledger)).payload).toEqual({
      code: 902,
      message: 'No license keys created',
      created: 0,
      duplicate: 4,
      timestamp: 1_709_001_673,
    });
  });

  it('takes numbers and lists as they are, too', async () => {
    const request = { ...REQUEST, license_keys: KEYS, product_id: 1, activation_limit: 0, validity: 0 };
    expect((await run(request)).payload).toEqual((await run(REQUEST)).payload);
  });

  it('does without what is optional, absent or empty', async () => {
    const { owner_name: _, owner_email: __, assigned_at: ___, ...rest } = REQUEST;
    expect((await run(rest)).payload).toMatchObject({ code: 900, created: 4 });
    const empty = { ...rest, owner_name: '', owner_email: '', assigned_at: '' };
    expect((await run(empty)).payload).toMatchObject({ code: 900, created: 4 });
  });
});

describe('901', () => {
  it('tells all that is wrong at once, by field, and stores nothing', async () => {
    const ledger = memoryKeys();
    const wrong = {
      license_keys: '["a","a b ",7]',
      product_id: 'one',
      owner_name: 'x'.repeat(256),
      owner_email: 'nobody',
      activation_limit: '-1',
      validity: '1.5',
      status: 'sold',
      assigned_at: '2024-02-30 00:00:00',
      activation_limt: '5',
    };
    const { payload, outcomes } = await run(wrong, ledger);
    expect(payload).toEqual({
      code: 901,
      message: 'Incorrect data found',
      errors: {
        request: ['has unknown parameters: activation_limt'],
        license_keys: ['holds 2 that are no license keys; the first is number 2'],
        product_id: ['must be an integer from 1'],
        owner_name: ['must be one line of at most 255 characters'],
        owner_email: ['must be an e-mail address'],
        activation_limit: ['must be an integer from 0'],
        validity: ['must be an integer from 0 to 36500'],
        status: ['must be one of available, assigned, reserved, blocked'],
        assigned_at: ['must be a time in UTC like 2026-01-31 00:00:00'],
      },
      timestamp: 1_709_001_673,
    });
    expect(outcomes).toEqual([]);
    expect((await run({ ...REQUEST, license_keys: ['a'] }, ledger)).payload).toMatchObject({ created: 1 });
    await signResponse(payload, signers.RS256);
  });

  it('can be signed whatever the unknown parameters are called', async () => {
    const { payload } = await run({ ...REQUEST, '\ud800': 1, 'a\nb': 2, 7: 3 });
    expect(payload.errors).toEqual({ request: ['has unknown parameters: 7, (unprintable), (unprintable)'] });
    await signResponse(payload, signers.RS256);
  });

  it('names every parameter that is missing', async () => {
    const { payload } = await run({});
    const missing = ['license_keys', 'product_id', 'activation_limit', 'validity', 'status'];
    expect(Object.keys(Object(payload.errors))).toEqual(missing);
  });

  it.each([
    ['an empty list', []],
    ['an empty list in a text', '[]'],
    ['no list', 'a,b'],
    ['an object', '{"a":1}'],
    ['a broken list', '["a"'],
    ['an empty key', ['']],
    ['white space around a key', [' a']],
    ['a line end in a key', ['a\nb']],
    ['a list in the list', [['a']]],
    ['a number', 5],
  ])('refuses license_keys: %s', async (_, license_keys) => {
    const { payload } = await run({ ...REQUEST, license_keys });
    expect(payload).toMatchObject({ code: 901, errors: { license_keys: [expect.any(String)] } });
  });

  it.each(['', '0', '1e3', ' 1', '01', 1.5, -1, 2 ** 53, true, null, [1], Number.NaN])(
    'refuses product_id %j',
    async (product_id) => {
      const { payload } = await run({ ...REQUEST, product_id });
      expect(payload).toMatchObject({ code: 901, errors: { product_id: [expect.any(String)] } });
    },
  );

  it.each([null, undefined, 5, 'x', []])('refuses %j as a request', async (request) => {
    expect((await run(request)).payload).toMatchObject({
      code: 901,
      errors: { request: [expect.any(String)] },
    });
  });
});

describe('expiry', () => {
  const expiryOf = async (members: object) => (await run({ ...REQUEST, ...members })).outcomes[0]?.expiresAt;

  it('is validity days after assigned_at', async () => {
    expect(await expiryOf({ validity: 365 })).toBe('2025-01-07T00:00:00Z');
    expect(await expiryOf({ validity: 0 })).toBeNull();
    expect(await expiryOf({ validity: 1, assigned_at: '2024-02-28T12:34:56Z' })).toBe('2024-02-29T12:34:56Z');
  });

  it('without assigned_at counts from now for an assigned key, and has not begun for any other', async () => {
    expect(await expiryOf({ validity: 1, assigned_at: '', status: 'assigned' })).toBe('2024-02-28T02:41:13Z');
    expect(await expiryOf({ validity: 1, assigned_at: '' })).toBeNull();
  });
});

describe('counting', () => {
  it('created + duplicate is what was submitted; a key twice counts once as each', async () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '-'), minLength: 1, maxLength: 3 });
    const canonical = (text: string) => text.replaceAll('-', '').toUpperCase();
    await fc.assert(
      fc.asyncProperty(fc.array(key, { minLength: 1 }), fc.array(key), async (submitted, old) => {
        const existing = old.map((text, index) => [text, `old:${index}`] as const);
        const { payload, outcomes } = await run(
          { ...REQUEST, license_keys: submitted },
          memoryKeys(existing, canonical),
        );
        const before = new Set(old.map(canonical));
        const fresh = new Set(submitted.map(canonical).filter((form) => !before.has(form)));
        expect(payload.created).toBe(fresh.size);
        expect(Number(payload.created) + Number(payload.duplicate)).toBe(submitted.length);
        expect(outcomes.map(({ key }) => key)).toEqual(submitted);
        for (const { outcome, firstSeen } of outcomes) expect(firstSeen === null).toBe(outcome === 'created');
      }),
    );
  });

  it('names the place in the request for a key that stands in it twice', async () => {
    const { payload, outcomes } = await run({ ...REQUEST, license_keys: ['a', 'b', 'a'] });
    expect(payload).toMatchObject({ created: 2, duplicate: 1 });
    expect(outcomes[2]).toMatchObject({ outcome: 'duplicate', firstSeen: 'request:1' });
  });
});

describe('authenticate', () => {
  it.each([
    ['invalid', { code: 100, message: 'Invalid API Key', timestamp: 1_709_001_673 }],
    ['inactive', { code: 101, message: 'Inactive API Key', timestamp: 1_709_001_673 }],
  ] as const)('%s ends it before anything is looked at', async (access, payload) => {
    const asked: unknown[] = [];
    const authenticate = async (apiKey: string | undefined) => {
      asked.push(apiKey);
      return access;
    };
    const result = await createLicenseKeys({ api_key: 'k' }, { ledger: memoryKeys(), now, authenticate });
    expect(result).toEqual({ payload, outcomes: [], request: null });
    expect(asked).toEqual(['k']);
  });

  it('ok goes on', async () => {
    const { payload } = await createLicenseKeys(REQUEST, {
      ledger: memoryKeys(),
      now,
      authenticate: async () => 'ok',
    });
    expect(payload).toMatchObject({ code: 900 });
  });
});

it('refuses an invalid now', async () => {
  const options = { ledger: memoryKeys(), now: new Date(Number.NaN) };
  expect((await failureOf(() => createLicenseKeys(REQUEST, options))).code).toBe('invalid_option');
});
