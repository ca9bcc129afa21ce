import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/encoding/json-text.js';
import { generateKeys } from '../../../src/core/generate/generate.js';
import * as cryptlex from '../../../src/core/vendors/cryptlex.js';
import * as getkeymanager from '../../../src/core/vendors/getkeymanager.js';
import * as lukittu from '../../../src/core/vendors/lukittu.js';
import { type Filling, fillRequest } from '../../../src/core/vendors/server/fill-request.js';
import { importSeconds, spokenTime } from '../../../src/core/vendors/server/import-time.js';
import { placeholder } from '../../../src/core/vendors/server/preparation.js';
import type {
  HttpRequest,
  ImportRequest,
  ImportRow,
  PrepareOptions,
  Vendor,
} from '../../../src/core/vendors/server/vendor.js';
import * as solifyn from '../../../src/core/vendors/solifyn.js';
import { refusal } from '../../failure.js';

const now = new Date('2026-03-01T12:00:00Z');
const TEAM = '11111111-2222-4333-8444-555555555555';
const PRODUCT = '21111111-2222-4333-8444-555555555555';
const SECRETS = {
  CRYPTLEX_TOKEN: 'cryptlex secret',
  SOLIFYN_TOKEN: 'solifyn secret',
  LUKITTU_TOKEN: 'lukittu secret',
  GETKEYMANAGER_API_KEY: 'a&b=c%d+e',
};

/** Each vendor with the least that its requests need. */
const VENDORS = {
  cryptlex: { vendor: cryptlex, fields: { productId: PRODUCT } },
  solifyn: { vendor: solifyn, fields: { productId: PRODUCT, customerId: 'cust_1' } },
  lukittu: { vendor: lukittu, fields: { teamId: TEAM, expirationType: 'NEVER' } },
  getkeymanager: {
    vendor: getkeymanager,
    fields: { product_id: 1, activation_limit: 0, validity: 0, status: 'available' },
  },
} as const;
type Name = keyof typeof VENDORS;
const NAMES: readonly Name[] = ['cryptlex', 'solifyn', 'lukittu', 'getkeymanager'];
type Preparing = Pick<
  Vendor,
  | 'keyFormat'
  | 'keysPerRequest'
  | 'pace'
  | 'quotas'
  | 'prepareFields'
  | 'prepareRequest'
  | 'validateCreateRequest'
>;
const preparing = (name: Name): Preparing => VENDORS[name].vendor;
// One that lacks a function, or has another of its name, does not compile.
void ({ cryptlex, solifyn, lukittu, getkeymanager } satisfies Readonly<Record<Name, Vendor<never>>>);
const options = (name: Name, fields: JsonObject = {}): PrepareOptions => ({
  fields: { ...VENDORS[name].fields, ...fields },
  now,
  ...(name === 'getkeymanager' && { baseUrl: 'https://keys.example' }),
});
const rowsOf = (keys: readonly string[]): readonly ImportRow[] => keys.map((key) => ({ key, fields: {} }));
const keysOf = (name: Name, count: number) => generateKeys(preparing(name).keyFormat, count);

function prepared(name: Name, rows: readonly ImportRow[], fields: JsonObject = {}): ImportRequest {
  const result = preparing(name).prepareRequest(rows, options(name, fields));
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.request;
}

function issues(name: Name, rows: readonly ImportRow[], fields: JsonObject = {}): readonly string[] {
  const result = preparing(name).prepareRequest(rows, options(name, fields));
  return result.ok ? [] : result.issues.map(({ path }) => path.join('.'));
}

describe.each(NAMES)('%s', (name) => {
  const [key = ''] = keysOf(name, 1);
  const vendor = preparing(name);

  it('prepares what its own judge passes, at both levels, whatever the keys', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Math.min(50, vendor.keysPerRequest) }), (count) => {
        const keys = keysOf(name, count);
        const request = prepared(name, rowsOf(keys));
        expect(request.keys).toEqual(keys);
        for (const level of ['server', 'documented'] as const) {
          expect(vendor.validateCreateRequest(request.body, { now, level })).toMatchObject({ ok: true });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is the same for the same content, and another for another', () => {
    const [other = ''] = keysOf(name, 1);
    expect(prepared(name, rowsOf([key]))).toEqual(prepared(name, rowsOf([key])));
    expect(prepared(name, rowsOf([other])).idempotencyKey).not.toBe(
      prepared(name, rowsOf([key])).idempotencyKey,
    );
    // RFC 9562: version 8, variant 10.
    expect(prepared(name, rowsOf([key])).idempotencyKey).toMatch(/^\w{8}-\w{4}-8\w{3}-[89ab]\w{3}-\w{12}$/);
  });

  it('holds placeholders, no secrets, and the key only as data', () => {
    const text = JSON.stringify(prepared(name, rowsOf([key])));
    expect(text).toMatch(/\$\{[A-Z_]+\}/);
    const issued = [...text.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, secret]) => secret);
    expect(issued.every((secret) => secret !== undefined && secret in SECRETS)).toBe(true);
  });

  it('refuses data that would read as a placeholder, wherever it stands', () => {
    expect(issues(name, [{ key: `${placeholder('CRYPTLEX_TOKEN')}`, fields: {} }])[0]).toContain(
      vendor.prepareFields.key,
    );
    const [field = ''] = Object.keys(VENDORS[name].fields);
    expect(issues(name, rowsOf([key]), { [field]: `a ${placeholder('LUKITTU_TOKEN')} b` })).toContain(field);
    expect(
      issues(name, rowsOf([key]), { metadata: [{ key: 'k', value: `${placeholder('X')}`, locked: true }] }),
    ).toContain('metadata.0.value');
  });

  it('refuses the key among the fields', () => {
    expect(issues(name, rowsOf([key]), { [vendor.prepareFields.key]: key })).toContain(
      vendor.prepareFields.key,
    );
  });

  it('throws when rows are none, too many, or no equals', () => {
    const tooMany = rowsOf(keysOf(name, vendor.keysPerRequest + 1));
    for (const rows of [[], tooMany]) {
      expect(refusal(() => vendor.prepareRequest(rows, options(name)))).toMatchObject({
        code: 'invalid_option',
      });
    }
  });

  it('names its limits', () => {
    const { requests, seconds, advised } = vendor.pace;
    expect(advised).toBeLessThanOrEqual(requests / seconds);
    expect(advised).toBeGreaterThan(0);
  });

  it('tells a bad key by its place and never quotes it', () => {
    const bad = 'not a key\n';
    const result = vendor.prepareRequest([{ key: bad, fields: {} }], options(name));
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('not a key');
  });
});

describe.each(['cryptlex', 'solifyn', 'getkeymanager'] as const)('%s, with any fields', (name) => {
  const samples: Readonly<Record<typeof name, Readonly<Record<string, JsonValue>>>> = {
    cryptlex: {
      subscriptionInterval: 'P1Y',
      allowedActivations: -1,
      suspended: true,
      tags: ['a'],
      notes: 'a & b',
    },
    solifyn: { expiryHours: 720, activationLimit: 3 },
    getkeymanager: {
      owner_name: 'A & B = C',
      owner_email: 'a@b.c',
      validity: '30',
      assigned_at: '2026-01-31 00:00:00',
    },
  };
  const fields = fc.record(
    Object.fromEntries(
      Object.entries(samples[name]).map(([field, value]) => [
        field,
        fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, fc.string(), fc.integer(), fc.constant(null)),
      ]),
    ),
    { requiredKeys: [] },
  );

  it('prepares just what its judge passes', () => {
    const [key = ''] = keysOf(name, 1);
    const { key: keyField } = preparing(name).prepareFields;
    fc.assert(
      fc.property(fields, (given) => {
        fc.pre(!JSON.stringify(given).includes('${'));
        const own: JsonObject = JSON.parse(JSON.stringify(given));
        const all = options(name, own);
        const result = preparing(name).prepareRequest([{ key, fields: {} }], all);
        const body = { ...all.fields, [keyField]: name === 'getkeymanager' ? [key] : key };
        expect(result.ok).toBe(preparing(name).validateCreateRequest(body, { now }).ok);
        if (result.ok) {
          expect(preparing(name).validateCreateRequest(result.request.body, { now }).issues).toEqual([]);
        }
      }),
    );
  });
});

describe('getkeymanager', () => {
  const keys = generateKeys('uuid', 1000);

  it('wants to be told where it is', () => {
    expect(refusal(() => getkeymanager.prepareRequest(rowsOf(keys), { fields: {}, now }))).toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining('say where it is'),
    });
  });

  it('sends a thousand keys as a form, with an Idempotency-Key made of it', () => {
    const request = prepared('getkeymanager', rowsOf(keys), { owner_name: 'A & B', validity: 30 });
    expect(request.url).toBe('https://keys.example/api/v1/create-license-keys');
    expect(request.headers).toEqual({
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'application/json',
      'Idempotency-Key': request.idempotencyKey,
    });
    expect(request.body).toMatch(/^api_key=\$\{GETKEYMANAGER_API_KEY\}&license_keys=%5B%22/);
    expect(request.body).toMatch(
      /&product_id=1&owner_name=A%20%26%20B&activation_limit=0&validity=30&status=available$/,
    );
    expect(request.lookup).toBeUndefined();
  });

  it('refuses rows of different fields, and a secret', () => {
    const rows = [
      { key: 'A', fields: { owner_name: 'a' } },
      { key: 'B', fields: { owner_name: 'b' } },
    ];
    expect(refusal(() => getkeymanager.prepareRequest(rows, options('getkeymanager')))).toMatchObject({
      code: 'invalid_option',
    });
    expect(issues('getkeymanager', rowsOf(['A']), { api_key: 'x' })).toEqual(['api_key']);
  });
});

describe('lukittu', () => {
  const KEY = 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE';
  const request = (fields: JsonObject = {}) => prepared('lukittu', rowsOf([KEY]), fields);

  it('says every field, null where there is nothing, and then puts the key in place', () => {
    const { url, body, then, lookup, unfinished, idempotencyKey } = request({
      productIds: [PRODUCT, PRODUCT.toUpperCase(), TEAM],
      expirationType: 'DATE',
      expirationDate: '2027-01-01T00:00:00+01:00',
    });
    const team = `https://app.lukittu.com/api/v1/dev/teams/${TEAM}/licenses`;
    const common = {
      expirationType: 'DATE',
      expirationStart: null,
      expirationDays: null,
      ipLimit: null,
      hwidLimit: null,
      suspended: false,
      productIds: [PRODUCT, TEAM],
      customerIds: [],
    };
    expect(url).toBe(team);
    expect(body).toEqual({
      ...common,
      expirationDate: '2026-12-31T23:00:00.000Z',
      sendEmailDelivery: false,
      metadata: [{ key: 'keywright', value: idempotencyKey, locked: true }],
    });
    expect(then).toMatchObject({
      method: 'PUT',
      url: `${team}/id/{data.id}`,
      body: { ...common, expirationDate: '{data.expirationDate}', metadata: [], licenseKey: KEY },
    });
    expect(then?.body).not.toHaveProperty('sendEmailDelivery');
    expect(lookup).toMatchObject({ method: 'GET', url: `${team}?search=${KEY}` });
    expect(unfinished?.url).toBe(`${team}?metadataKey=keywright&metadataValue=${idempotencyKey}`);
  });

  const item = (key: string) => ({ key, value: 'v', locked: false });

  it('has room for the marker beside 19 items of metadata, and says so when there is none', () => {
    const some = Array.from({ length: 19 }, (_, index) => item(`k${index}`));
    const full = [...some, item('last')];
    expect(request({ metadata: some }).body).toMatchObject({ metadata: { length: 20 } });
    const result = lukittu.prepareRequest(rowsOf([KEY]), options('lukittu', { metadata: full }));
    expect(result).toMatchObject({ ok: true, warnings: [{ path: ['metadata'] }] });
    expect(result.ok && result.request.body).toMatchObject({ metadata: full });
    expect(result.ok && result.request.unfinished).toBeUndefined();
    expect(issues('lukittu', rowsOf([KEY]), { metadata: [...full, item('more')] })).toEqual(['metadata']);
    expect(issues('lukittu', rowsOf([KEY]), { metadata: [item('keywright')] })).toEqual(['metadata']);
  });

  it('warns of mails, which would go out with the key that the server made up', () => {
    const result = lukittu.prepareRequest(rowsOf([KEY]), options('lukittu', { sendEmailDelivery: true }));
    expect(result.ok && result.warnings.map(({ message }) => message).join()).toContain('makes up');
  });

  it.each([
    ['no team', { teamId: null }, 'teamId'],
    ['a team that is no UUID', { teamId: '../admin' }, 'teamId'],
    [
      'a date that is none',
      { expirationType: 'DATE', expirationDate: '2027-02-30T00:00:00Z' },
      'expirationDate',
    ],
    ['a date without its time', { expirationType: 'DATE', expirationDate: '2027-01-01' }, 'expirationDate'],
    [
      'a date that is past',
      { expirationType: 'DATE', expirationDate: '2020-01-01T00:00:00Z' },
      'expirationDate',
    ],
    ['days for ever', { expirationDays: 3 }, ''],
  ])('refuses %s', (_, fields, at) => {
    expect(issues('lukittu', rowsOf([KEY]), fields)).toEqual([at]);
  });

  const metadata = fc.array(
    fc.record({
      key: fc.string({ minLength: 1, maxLength: 255 }),
      value: fc.string({ minLength: 1, maxLength: 255 }),
      locked: fc.boolean(),
    }),
    { maxLength: 20 },
  );
  const expiration = fc.oneof(
    fc.record({ expirationType: fc.constant('NEVER') }),
    fc.record({
      expirationType: fc.constant('DATE'),
      expirationDate: fc
        .date({ min: new Date('2026-03-02'), max: new Date('2999-01-01'), noInvalidDate: true })
        .map((d) => d.toISOString()),
    }),
    fc.record({
      expirationType: fc.constant('DURATION'),
      expirationStart: fc.constantFrom('CREATION', 'ACTIVATION'),
      expirationDays: fc.integer({ min: 1, max: 1000 }),
    }),
  );
  const more = fc.record(
    {
      ipLimit: fc.integer({ min: 1, max: 1000 }),
      suspended: fc.boolean(),
      productIds: fc.array(fc.uuid(), { maxLength: 20 }),
      metadata,
    },
    { requiredKeys: [] },
  );

  it('makes both requests such that the server takes them', () => {
    fc.assert(
      fc.property(expiration, more, (when, rest) => {
        const fields = { ...when, ...rest };
        fc.pre(!JSON.stringify(fields).includes('${'));
        const { body, then } = request(fields);
        expect(lukittu.validateCreateRequest(body, { now }).issues).toEqual([]);
        const reply = { data: { id: TEAM, expirationDate: expiryOf(fields) } };
        const filled = fillRequest(then ?? never(), { secrets: SECRETS, reply });
        expect(lukittu.validateUpdateRequest(filled.body, { now }).issues).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

function expiryOf(fields: JsonObject): string | null {
  if (fields['expirationType'] === 'DATE') return String(fields['expirationDate']);
  return fields['expirationStart'] === 'CREATION' ? '2026-04-01T00:00:00.000Z' : null;
}

function never(): never {
  throw new Error('it should be there');
}

describe('fillRequest', () => {
  const request: HttpRequest = {
    method: 'PUT',
    url: 'https://x.example/{data.id}',
    headers: { Authorization: `Bearer ${placeholder('TOKEN')}`, 'X-Plain': '{data.id}' },
    body: {
      at: '{data.at}',
      deep: { at: '{data.at}' },
      text: 'see {data.at}',
      own: `${placeholder('TOKEN')}`,
    },
  };
  const fill = (filling: Partial<Filling>) =>
    fillRequest(request, { secrets: { TOKEN: 'secret' }, ...filling });

  it('fills headers, the URL, and members that are nothing but a placeholder', () => {
    expect(fill({ reply: { data: { id: 'a/b', at: null } } })).toEqual({
      method: 'PUT',
      url: 'https://x.example/a%2Fb',
      headers: { Authorization: 'Bearer secret', 'X-Plain': '{data.id}' },
      body: { at: null, deep: { at: '{data.at}' }, text: 'see {data.at}', own: `${placeholder('TOKEN')}` },
    });
  });

  it('encodes a secret in a form, where data cannot look like one', () => {
    const form = {
      method: 'POST',
      url: 'https://x.example',
      headers: {},
      body: `api_key=${placeholder('TOKEN')}&a=%24%7BTOKEN%7D`,
    };
    expect(fillRequest(form, { secrets: { TOKEN: 'a&b=$&' } }).body).toBe(
      'api_key=a%26b%3D%24%26&a=%24%7BTOKEN%7D',
    );
  });

  it.each([
    ['a secret that is missing', { secrets: {} }],
    ['an empty one', { secrets: { TOKEN: '' } }],
    ['one that would begin another header', { secrets: { TOKEN: 'SECRET\r\nX: y' } }],
    ['a reply without the member', { reply: { data: {} } }],
    ['a reply whose member is inherited', { reply: { data: JSON.parse('{"__proto__":{"id":1}}') } }],
    ['no reply', {}],
  ])('refuses %s', (_, filling) => {
    const error = refusal(() => fill(filling));
    expect(error).toMatchObject({ code: 'invalid_option' });
    expect(String(error.message)).not.toContain('SECRET');
  });
});

describe('the time an import takes', () => {
  const pace = { requests: 50, seconds: 5, documented: true, advised: 8 };

  it('is that of the pace, or of the quota that takes longer', () => {
    expect(importSeconds(10_000, [], pace, [])).toBe(1250);
    const quotas = [
      { what: 'mails', licenses: 50, seconds: 86_400 },
      { what: 'licenses', licenses: 100, seconds: null },
    ];
    expect(importSeconds(100, [50, 1000], pace, quotas)).toBe(13);
    expect(importSeconds(102, [51, 0], pace, quotas)).toBe(86_400);
    expect(importSeconds(0, [0, 0], pace, quotas)).toBe(0);
  });

  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [1250, '20 min 50 s'],
    [3600, '1 h'],
    [3601, '1 h'],
    [90_061, '1 d 1 h'],
  ])('of %d seconds is said %s', (seconds, said) => expect(spokenTime(seconds)).toBe(said));
});
