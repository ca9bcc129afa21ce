import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryKeys } from '../../../../src/core/bulk-create/bulk-create.js';
import { isJsonObject, type JsonObject } from '../../../../src/core/encoding/json-text.js';
import { parseFormat } from '../../../../src/core/format/parse-format.js';
import { generateKeys } from '../../../../src/core/generate/generate.js';
import {
  type CryptlexAccount,
  type LicenseTemplate,
  memoryLicenses,
  parseRecord,
  respond,
} from '../../../../src/core/vendors/cryptlex.js';
import type { IncomingRequest, RespondOptions } from '../../../../src/core/vendors/server/vendor.js';
import { refusal } from '../../../failure.js';
import { exampleOf } from '../published-example.js';
import { hasSeeds, NEEDS_SEEDS, readSeed } from '../seed-files.js';

const PRODUCT = '00000000-0000-4000-8000-000000000001';
const USER = { id: '00000000-0000-4000-8000-000000000002', email: 'someone@example.com' };
const TEMPLATE = {
  id: '00000000-0000-4000-8000-000000000003',
  allowedActivations: 3,
  allowedDeactivations: -1,
  serverSyncGracePeriod: 86_400,
  serverSyncInterval: 7200,
  subscriptionInterval: 'P1M',
};
const OTHER_TEMPLATE = {
  ...TEMPLATE,
  id: '00000000-0000-4000-8000-000000000004',
  subscriptionInterval: null,
};
const KEY = 'ABCDEF-012345-ABCDEF';

type Options = RespondOptions<CryptlexAccount>;

/** A server with one product, its template changed by `template`, everything else by `changes`. */
function server(
  template: JsonObject = {},
  changes: Partial<Options> & { readonly authenticate?: CryptlexAccount['authenticate'] } = {},
) {
  let ids = 0;
  let keys = 0n;
  const { authenticate, ...others } = changes;
  const licenseTemplates: readonly LicenseTemplate[] = [{ ...TEMPLATE, ...template }, OTHER_TEMPLATE];
  const options: Options = {
    now: new Date('2024-01-31T10:00:00.250Z'),
    newId: () => `id-${++ids}`,
    newKey: () => parseFormat('cryptlex').unrank(keys++),
    ledger: memoryKeys(),
    account: {
      products: [{ id: PRODUCT, licenseTemplateId: TEMPLATE.id }],
      licenseTemplates,
      users: [USER],
      licenses: memoryLicenses(),
      ...(authenticate === undefined ? {} : { authenticate }),
    },
    ...others,
  };
  const ask = (request: Partial<IncomingRequest>) =>
    respond({ method: 'GET', url: '/v3/licenses', ...request }, options);
  const create = (members: object = {}) =>
    ask({ method: 'POST', body: JSON.stringify({ productId: PRODUCT, ...members }) });
  return { ask, create, options };
}

async function created(response: ReturnType<typeof respond>): Promise<JsonObject> {
  const { status, body } = await response;
  expect([status, body]).toEqual([201, expect.any(Object)]);
  return Array.isArray(body) ? {} : Object(body);
}

describe('a new license', () => {
  it('inherits from the template of its product, and starts with nothing used', async () => {
    const record = await created(server().create());
    expect(record).toMatchObject({
      revoked: false,
      suspended: false,
      totalActivations: 0,
      totalDeactivations: 0,
      allowedActivations: 3,
      serverSyncInterval: 7200,
      productId: PRODUCT,
      user: null,
      createdAt: '2024-01-31T10:00:00.250Z',
      updatedAt: '2024-01-31T10:00:00.250Z',
    });
    expect(parseFormat('cryptlex').test(String(record['key']))).toBe(true);
  });

  it('C6: overrides what it says itself, and shows it as given', async () => {
    for (const allowedActivations of [0, -1, 7])
      expect(await created(server().create({ allowedActivations }))).toMatchObject({ allowedActivations });
    expect(await created(server().create({ allowedActivations: null }))).toMatchObject({
      allowedActivations: 3,
    });
  });

  it('C8: another template overrides the default one, under either name', async () => {
    for (const name of ['licenseTemplateId', 'licensePolicyId']) {
      const record = await created(server().create({ [name]: OTHER_TEMPLATE.id.toUpperCase() }));
      expect(record).toMatchObject({ subscriptionInterval: null, expiresAt: null });
    }
  });

  it('C7: userId in the request is the user in the record', async () => {
    expect(await created(server().create({ userId: USER.id }))).toMatchObject({ user: USER });
    expect(await created(server().create({ resellerId: USER.id }))).toMatchObject({
      user: null,
      reseller: USER,
    });
  });

  it('shows what is beyond the published record when it was given', async () => {
    const record = await created(
      server({ allowedClockOffset: 600 }).create({ notes: 'n', leasingStrategy: 'per-machine' }),
    );
    expect(record).toMatchObject({ allowedClockOffset: 600, notes: 'n', leasingStrategy: 'per-machine' });
    expect(Object.keys(await created(server().create()))).not.toContain('notes');
  });

  it('3.3: metadata and meter attributes get an id and times', async () => {
    const metadata = [{ key: 'order', value: '7', viewPermissions: ['user'] }];
    const record = await created(
      server().create({ metadata, meterAttributes: [{ name: 'a', allowedUses: 5 }] }),
    );
    const times = { createdAt: '2024-01-31T10:00:00.250Z', updatedAt: '2024-01-31T10:00:00.250Z' };
    expect(record).toMatchObject({
      metadata: [{ ...metadata[0], id: 'id-1', ...times }],
      meterAttributes: [{ name: 'a', allowedUses: 5, id: 'id-2', ...times }],
      id: 'id-3',
    });
  });

  it('parses as a record', async () => {
    const { create, options } = server();
    const record = await created(create({ key: KEY, userId: USER.id, metadata: [{ key: 'a', value: 'b' }] }));
    expect(parseRecord(record, options)).toMatchObject({
      ok: true,
      key: KEY,
      status: 'ACTIVE',
      warnings: [],
    });
  });

  it('gets a key of the template when it brings none, of its keyPattern when there is one', async () => {
    const patterns: unknown[] = [];
    const newKey = (keyPattern?: string) => {
      patterns.push(keyPattern);
      return parseFormat(`/${keyPattern ?? '[A-Z]{20}'}/`).example;
    };
    for (const key of [undefined, null, ''])
      await created(server({ keyPattern: '^K-[0-9]{20}$' }, { newKey }).create({ key }));
    await created(server({ keyPattern: null }, { newKey }).create());
    await created(server({ keyPattern: '^K-[0-9]{20}$' }, { newKey }).create({ key: KEY }));
    expect(patterns).toEqual([...Array(3).fill('^K-[0-9]{20}$'), undefined]);
  });
});

describe('expiresAt', () => {
  const expiry = async (members: object, template: JsonObject = {}) =>
    (await created(server(template).create(members)))['expiresAt'];

  it.each([
    ['C1: the template gives the length, on the calendar', {}, '2024-02-29T10:00:00.250Z'],
    ['C2: the request overrides it', { subscriptionInterval: 'P1Y1M' }, '2025-02-28T10:00:00.250Z'],
    ['C2: the empty text is for ever', { subscriptionInterval: '' }, null],
    ["C2: null is the template's", { subscriptionInterval: null }, '2024-02-29T10:00:00.250Z'],
    [
      'C3: it counts from createdAt and keeps its digits',
      { createdAt: '2023-12-31T23:59:59.1234560Z' },
      '2024-01-31T23:59:59.1234560Z',
    ],
    [
      '3.3: createdAt of another offset is UTC',
      { createdAt: '2024-01-01T00:30:00+01:00' },
      '2024-01-31T23:30:00Z',
    ],
    [
      '3.3: an explicit one wins',
      { expiresAt: '2030-06-07T08:09:10.1234567Z', subscriptionInterval: 'P1Y' },
      '2030-06-07T08:09:10.1234567Z',
    ],
    ['3.3: activation starts it later', { subscriptionStartTrigger: 'activation' }, null],
    [
      '3.3: an explicit one wins over activation',
      { subscriptionStartTrigger: 'activation', expiresAt: '2030-01-01T00:00:00Z' },
      '2030-01-01T00:00:00Z',
    ],
    ['3.3: legacy validity is seconds', { validity: 86_400 }, '2024-02-01T10:00:00.250Z'],
    ['3.3: legacy validity 0 is for ever', { validity: 0 }, null],
    ['3.3: legacy delayed is activation', { validity: 86_400, expirationStrategy: 'delayed' }, null],
    ['3.3: legacy immediate is creation', { expirationStrategy: 'immediate' }, '2024-02-29T10:00:00.250Z'],
    ['3.3: legacy rolling has none', { validity: 86_400, expirationStrategy: 'rolling' }, null],
  ])('%s', async (_, members, expected) => {
    expect(await expiry(members)).toBe(expected);
  });

  it('3.3: null on both sides is perpetual; a template may use the legacy names', async () => {
    expect(await expiry({}, { subscriptionInterval: null })).toBeNull();
    expect(await expiry({}, { subscriptionInterval: null, validity: 60 })).toBe('2024-01-31T10:01:00.250Z');
    expect(await expiry({}, { subscriptionStartTrigger: 'activation' })).toBeNull();
    expect(
      await expiry({ subscriptionStartTrigger: 'creation' }, { subscriptionStartTrigger: 'activation' }),
    ).not.toBeNull();
  });

  it('3.3: a record shows the terms that hold, under the names they were given', async () => {
    const legacy = { subscriptionInterval: null, validity: 60, expirationStrategy: 'delayed' };
    const names = ['subscriptionInterval', 'subscriptionStartTrigger', 'validity', 'expirationStrategy'];
    const terms = async (members: object) => {
      const record = await created(server(legacy).create(members));
      return names.map((name) => record[name]);
    };
    expect(await terms({})).toEqual([null, 'activation', 60, 'delayed']);
    expect(await terms({ subscriptionInterval: 'P2M' })).toEqual(['P2M', 'activation', undefined, undefined]);
    expect(await terms({ subscriptionStartTrigger: 'creation' })).toEqual([
      null,
      'creation',
      60,
      'immediate',
    ]);
    expect(await terms({ subscriptionInterval: '', expirationStrategy: 'rolling' })).toEqual([
      '',
      'activation',
      undefined,
      'rolling',
    ]);
  });

  it('is refused where a template has no length that can be', async () => {
    for (const subscriptionInterval of ['P9999Y', 'forever'])
      expect(await server({ subscriptionInterval }).create()).toMatchObject({ status: 400 });
  });
});

describe('a license key is created once', () => {
  it('409 the second time, and nothing is created', async () => {
    const { create, ask } = server();
    await created(create({ key: KEY }));
    expect(await create({ key: KEY })).toEqual({
      status: 409,
      body: { message: 'the license key exists already', code: 'LICENSE_KEY_EXISTS' },
    });
    expect((await ask({})).body).toHaveLength(1);
  });

  it('a key that the licenses have and the ledger has not exists, too', async () => {
    const { create, options } = server();
    await options.account.licenses.put('old', KEY, { id: 'old', key: KEY });
    expect(await create({ key: KEY })).toMatchObject({ status: 409 });
    expect(await options.account.licenses.list()).toEqual([{ id: 'old', key: KEY }]);
  });

  it('a request that is refused takes no key', async () => {
    const { create } = server({ requiredMetadataKeys: ['order'] });
    expect(await create({ key: KEY })).toMatchObject({ status: 400 });
    expect(await create({ key: KEY, userId: PRODUCT })).toMatchObject({ status: 404 });
    await created(create({ key: KEY, metadata: [{ key: 'order', value: '1' }] }));
  });

  it('a key that is made and exists already is made anew, five times at most', async () => {
    let made = 0;
    const newKey = () => (++made < 5 ? KEY : `${KEY}-${made}`);
    const { create } = server({}, { newKey });
    await created(create({ key: KEY }));
    expect(await created(create())).toMatchObject({ key: `${KEY}-5` });
    const stuck = server({}, { newKey: () => KEY });
    await created(stuck.create());
    expect(await stuck.create()).toMatchObject({ status: 500, body: { code: 'INTERNAL_SERVER_ERROR' } });
    expect((await stuck.ask({})).body).toHaveLength(1);
  });

  it('two requests at once: one is created', async () => {
    const { create } = server();
    const statuses = (await Promise.all([create({ key: KEY }), create({ key: KEY })])).map(
      ({ status }) => status,
    );
    expect(statuses.toSorted()).toEqual([201, 409]);
  });
});

describe('looking for a license', () => {
  it.each([
    `/v3/licenses?key[eq]=${KEY}`,
    `/v3/licenses?key%5Beq%5D=${KEY}&limit=1`,
    `/v3/licenses?key=${KEY}`,
    `https://api.example.com/v3/licenses?limit=100&key=${KEY}`,
  ])('3.4: %s finds the one with that key', async (url) => {
    const { create, ask } = server();
    expect(await ask({ url })).toEqual({ status: 200, body: [] });
    await created(create());
    const record = await created(create({ key: KEY }));
    expect(await ask({ url })).toEqual({ status: 200, body: [record] });
    expect(await ask({ url: url.replace(KEY, KEY.toLowerCase()) })).toEqual({ status: 200, body: [] });
  });

  it('3.4: lists hold 1 to 100, in pages', async () => {
    const { create, ask } = server();
    for (let count = 0; count < 5; count++) await create();
    const ids = async (query: string) => {
      const { body } = await ask({ url: `/v3/licenses${query}` });
      return Array.isArray(body) ? body.filter(isJsonObject).map(({ id }) => id) : body;
    };
    expect(await ids('')).toHaveLength(5);
    expect(await ids('?limit=2&page=2')).toEqual(['id-3', 'id-4']);
    expect(await ids(`?productId=${PRODUCT}&limit=1`)).toEqual(['id-1']);
    expect(await ids(`?productId=${USER.id}`)).toEqual([]);
    for (const query of ['?limit=0', '?limit=101', '?limit=x', '?limit=', '?page=0', '?limit=1.5'])
      expect(await ask({ url: `/v3/licenses${query}` }), query).toMatchObject({ status: 400 });
  });

  it('one by its id', async () => {
    const { create, ask } = server();
    const record = await created(create());
    expect(await ask({ url: `/v3/licenses/${record['id']}` })).toEqual({ status: 200, body: record });
    expect(await ask({ url: '/v3/licenses/other' })).toMatchObject({ status: 404 });
  });
});

describe('3.6: what is wrong comes back as {message, code}', () => {
  const failed = (status: number, code: string, message: unknown = expect.any(String)) => ({
    status,
    body: { message, code },
  });

  it.each([
    ['no body', undefined],
    ['no text', ''],
    ['no JSON', '{'],
    ['a form', 'productId=1'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"x"'],
  ])('400: %s', async (_, body) => {
    expect(await server().ask({ method: 'POST', body })).toEqual(failed(400, 'INVALID_REQUEST'));
  });

  it('400: tells all that is wrong, by path', async () => {
    expect(await server().create({ tags: [1], allowedActivations: -2 })).toEqual(
      failed(400, 'INVALID_REQUEST', 'allowedActivations must be at least -1; tags.0 must be a text'),
    );
  });

  it('400: what the template requires is missing', async () => {
    const { create } = server({ requiredMetadataKeys: ['order', 'mail'], requiredMeterAttributes: ['uses'] });
    const metadata = [{ key: 'order', value: '1' }];
    expect(await create({ metadata })).toEqual(
      failed(400, 'INVALID_REQUEST', 'the license template requires mail, uses'),
    );
  });

  it('400: the rule between type and allowContainerActivation holds for what is inherited, too', async () => {
    const { create } = server({ type: 'on-premise-floating' });
    expect(await create({ allowContainerActivation: true })).toMatchObject({ status: 400 });
    await created(create({ allowContainerActivation: null }));
  });

  it('404: product, template, user', async () => {
    const { create } = server();
    expect(await create({ productId: USER.id })).toEqual(failed(404, 'PRODUCT_NOT_FOUND'));
    expect(await create({ licenseTemplateId: USER.id })).toEqual(failed(404, 'LICENSE_TEMPLATE_NOT_FOUND'));
    for (const members of [
      { userId: PRODUCT },
      { resellerId: PRODUCT },
      { additionalUserIds: [USER.id, PRODUCT] },
    ])
      expect(await create(members)).toEqual(failed(404, 'USER_NOT_FOUND'));
  });

  it('404 and 405: another path, another method', async () => {
    const { ask } = server();
    for (const url of [
      '/',
      '',
      '/v2/licenses',
      '/v3/licences',
      '/v3/licenses/1/2',
      'https://api.example.com',
    ])
      expect(await ask({ url }), url).toEqual(failed(404, 'NOT_FOUND'));
    for (const method of ['PUT', 'DELETE', ''])
      expect(await ask({ method }), method).toEqual(failed(405, 'METHOD_NOT_ALLOWED'));
    expect(await ask({ method: 'POST', url: '/v3/licenses/1' })).toEqual(failed(405, 'METHOD_NOT_ALLOWED'));
  });

  it('401: the access token is judged before anything is looked at', async () => {
    const asked: unknown[] = [];
    const authenticate = async (token: string | undefined) => {
      asked.push(token);
      return token === 'right';
    };
    const { ask } = server({}, { authenticate });
    for (const method of ['GET', 'POST']) {
      expect(await ask({ method, body: '{' })).toEqual(failed(401, 'UNAUTHORIZED'));
      expect(await ask({ method, headers: { authorization: 'Bearer wrong' } })).toEqual(
        failed(401, 'UNAUTHORIZED'),
      );
    }
    expect(await ask({ headers: { Authorization: 'Bearer right' } })).toMatchObject({ status: 200 });
    expect(asked).toEqual([undefined, 'wrong', undefined, 'wrong', 'right']);
  });

  it('never tells a license key', async () => {
    const { create } = server();
    await create({ key: KEY });
    for (const members of [{ key: KEY }, { key: KEY, tags: 'x' }, { key: KEY, productId: KEY }])
      expect(JSON.stringify(await create(members))).not.toContain(KEY);
  });

  it('any request is answered, none thrown at', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('/v3/licenses', '/v3/licenses?key=%', '/v3/licenses?limit=%5B', 'POST', 'GET'),
    );
    const request = fc.record({ method: text, url: text, body: fc.oneof(fc.anything(), fc.json()) });
    const { options } = server();
    await fc.assert(
      fc.asyncProperty(request, async (any) => {
        const posted = { ...any, method: 'POST', url: '/v3/licenses' };
        for (const asked of [any, posted])
          expect((await respond(asked, options)).status).toBeGreaterThanOrEqual(200);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses an invalid now', async () => {
    const { create } = server({}, { now: new Date(Number.NaN) });
    const error = await create().catch((reason: unknown) => reason);
    expect(
      refusal(() => {
        throw error;
      }).code,
    ).toBe('invalid_option');
  });
});

it('300 generated keys become 300 licenses; the second run knows them all', async () => {
  const { create, ask, options } = server();
  const keys = [...generateKeys('cryptlex', 300)];
  const first = await Promise.all(keys.map((key) => create({ key })));
  expect(first.filter(({ status }) => status === 201)).toHaveLength(300);
  const readings = first.map(({ body }) => parseRecord(body, options));
  expect(readings.map((reading) => (reading.ok && reading.status === 'ACTIVE' ? reading.key : null))).toEqual(
    keys,
  );
  const second = await Promise.all(keys.map((key) => create({ key })));
  expect(second.filter(({ status }) => status === 409)).toHaveLength(300);
  expect(await options.account.licenses.list()).toHaveLength(300);
  for (const key of [keys[0], keys[299]])
    expect((await ask({ url: `/v3/licenses?key[eq]=${key}` })).body).toHaveLength(1);
});

describe.skipIf(!hasSeeds)(`the published example${NEEDS_SEEDS}`, () => {
  const published = exampleOf(readSeed('000'));
  const {
    key,
    id,
    createdAt,
    updatedAt,
    expiresAt,
    productId,
    user: _,
    subscriptionInterval,
    ...template
  } = published;
  /** The license was made at 17.9361143 s: a Date ends at the millisecond, so createdAt is given as for an import. */
  const answer = async () => {
    const { options } = server();
    const account: CryptlexAccount = {
      products: [{ id: String(productId), licenseTemplateId: 'default' }],
      licenseTemplates: [{ ...template, id: 'default' }],
      licenses: memoryLicenses(),
    };
    const body = { productId, subscriptionInterval, createdAt };
    return created(
      respond(
        { method: 'POST', url: 'https://api.cryptlex.com/v3/licenses', body },
        {
          ...options,
          account,
          now: new Date(String(updatedAt)),
          newId: () => String(id),
          newKey: () => String(key),
        },
      ),
    );
  };

  it('comes out member for member, in order, but for expiresAt and the ticks of updatedAt', async () => {
    const record = await answer();
    expect(Object.keys(record)).toEqual(Object.keys(published));
    expect({ ...record, expiresAt, updatedAt }).toEqual(published);
  });

  it('C3: updatedAt is the published one to the millisecond, which is where a Date ends', async () => {
    const record = await answer();
    expect(record['updatedAt']).toBe(`${String(updatedAt).slice(0, 23)}Z`);
    expect(updatedAt).not.toBe(createdAt);
  });

  it('C1: expiresAt is a year after createdAt; the published one is 364 days', async () => {
    const record = await answer();
    expect(record['expiresAt']).toBe('2026-05-06T08:49:17.9361143Z');
    expect(expiresAt).toBe('2026-05-05T08:49:17.9361143Z');
    const days = (new Date(String(expiresAt)).getTime() - new Date(String(createdAt)).getTime()) / 86_400_000;
    expect(days).toBe(364);
  });
});
