import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryKeys } from '../../../../src/core/bulk-create/bulk-create.js';
import type { JsonObject } from '../../../../src/core/encoding/json-text.js';
import { parseFormat } from '../../../../src/core/format/parse-format.js';
import { generateKeys } from '../../../../src/core/generate/generate.js';
import type { IncomingRequest, RespondOptions } from '../../../../src/core/vendors/server/vendor.js';
import {
  memoryLicenses,
  parseRecord,
  respond,
  type SolifynAccount,
} from '../../../../src/core/vendors/solifyn.js';
import { refusal } from '../../../failure.js';
import { exampleOf } from '../published-example.js';
import { hasSeeds, NEEDS_SEEDS, readSeed } from '../seed-files.js';

const PRODUCT = { id: '00000000-0000-4000-8000-000000000001', publicId: 'prod_one' };
const CUSTOMER = { id: '00000000-0000-4000-8000-000000000002', publicId: 'cust_one' };
const KEY = 'GIVEN-KEY';

type Options = RespondOptions<SolifynAccount>;

function server(account: Partial<SolifynAccount> = {}, changes: Partial<Options> = {}) {
  let ids = 0;
  let keys = 0n;
  const options: Options = {
    now: new Date('2024-02-28T12:00:00.250Z'),
    newId: () => `id${++ids}`,
    newKey: () => parseFormat('solifyn').unrank(keys++),
    ledger: memoryKeys(),
    account: {
      businessId: 'biz_one',
      products: [PRODUCT],
      customers: [CUSTOMER],
      licenses: memoryLicenses(),
      ...account,
    },
    ...changes,
  };
  const ask = (request: Partial<IncomingRequest>) =>
    respond({ method: 'GET', url: '/v1/licenses', ...request }, options);
  const create = (members: object = {}) =>
    ask({
      method: 'POST',
      body: JSON.stringify({ productId: PRODUCT.id, customerId: CUSTOMER.id, ...members }),
    });
  return { ask, create, options };
}

async function created(response: ReturnType<typeof respond>): Promise<JsonObject> {
  const { status, body } = await response;
  expect([status, body]).toEqual([200, expect.any(Object)]);
  return Array.isArray(body) ? {} : Object(body);
}

describe('a new license', () => {
  it('S9: is 200 and sixteen members; S10: no instance yet', async () => {
    const record = await created(server().create({ key: KEY }));
    expect(record).toEqual({
      id: 'lic_id1',
      key: KEY,
      status: 'ACTIVE',
      businessId: 'biz_one',
      productId: 'prod_one',
      paymentId: null,
      customerId: 'cust_one',
      activationLimit: null,
      activationMessage: null,
      instancesCount: 0,
      expiryHours: null,
      expiresAt: null,
      filters: null,
      archived: false,
      createdAt: '2024-02-28T12:00:00.250Z',
      updatedAt: '2024-02-28T12:00:00.250Z',
    });
  });

  it('S6: expiresAt is createdAt and expiryHours, hours of an hour each', async () => {
    const { create, options } = server();
    for (const [expiryHours, expiresAt] of [
      [1, '2024-02-28T13:00:00.250Z'],
      [36, '2024-03-01T00:00:00.250Z'],
      [8760, '2025-02-27T12:00:00.250Z'],
    ] as const) {
      const record = await created(create({ expiryHours }));
      expect(record).toMatchObject({ expiryHours, expiresAt });
      expect(parseRecord(record, options)).toMatchObject({ ok: true, status: 'ACTIVE', warnings: [] });
    }
  });

  it('S6: agrees with milliseconds for any number of hours', async () => {
    const { create, options } = server();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60_000_000 }), async (expiryHours) => {
        const { expiresAt } = await created(create({ expiryHours }));
        expect(expiresAt).toBe(new Date(options.now.getTime() + expiryHours * 3_600_000).toISOString());
      }),
    );
  });

  it('S5: what is left out, or null, is without limit', async () => {
    for (const members of [{}, { activationLimit: null, expiryHours: null }])
      expect(await created(server().create(members))).toMatchObject({
        activationLimit: null,
        expiresAt: null,
      });
    expect(await created(server().create({ activationLimit: 3 }))).toMatchObject({ activationLimit: 3 });
  });

  it('S2: product and customer go by either name, and show the public one', async () => {
    const { create } = server();
    for (const members of [
      { productId: PRODUCT.publicId, customerId: CUSTOMER.publicId },
      { productId: PRODUCT.id.toUpperCase() },
    ])
      expect(await created(create(members))).toMatchObject({ productId: 'prod_one', customerId: 'cust_one' });
  });

  it('S1: a key is made where none is given', async () => {
    const { create } = server();
    for (const members of [{}, { key: null }]) {
      expect(parseFormat('solifyn').test(String((await created(create(members)))['key']))).toBe(true);
    }
  });

  it("2.2: what is the TypeScript SDK's alone changes nothing", async () => {
    const sdk = { status: 'DISABLED', paymentId: 'pay_x', activationMessage: 'x', metadata: { a: 1 } };
    expect(await created(server().create(sdk))).toMatchObject({
      status: 'ACTIVE',
      paymentId: null,
      activationMessage: null,
    });
  });
});

describe('a license key is created once', () => {
  it('409 the second time, and nothing is created', async () => {
    const { create, ask } = server();
    const record = await created(create({ key: KEY }));
    expect(await create({ key: KEY })).toEqual({
      status: 409,
      body: { statusCode: 409, message: 'the license key exists already', error: 'Conflict' },
    });
    expect(await ask({})).toEqual({ status: 200, body: [record] });
  });

  it('a key that the licenses have and the ledger has not exists, too', async () => {
    const { create, options } = server();
    await options.account.licenses.put('old', KEY, { id: 'old', key: KEY });
    expect(await create({ key: KEY })).toMatchObject({ status: 409 });
    expect(await options.account.licenses.list()).toEqual([{ id: 'old', key: KEY }]);
  });

  it('a request that is refused takes no key', async () => {
    const { create } = server();
    expect(await create({ key: KEY, productId: 'prod_two' })).toMatchObject({ status: 404 });
    expect(await create({ key: KEY, customerId: 'cust_two' })).toMatchObject({ status: 404 });
    expect(await create({ key: KEY, expiryHours: 0 })).toMatchObject({ status: 400 });
    await created(create({ key: KEY }));
  });

  it('a key that is made and exists already is made anew, five times at most', async () => {
    let made = 0;
    const { create } = server({}, { newKey: () => (++made < 5 ? KEY : `${KEY}-${made}`) });
    await created(create({ key: KEY }));
    expect(await created(create())).toMatchObject({ key: `${KEY}-5` });
    const stuck = server({}, { newKey: () => KEY });
    await created(stuck.create());
    expect(await stuck.create()).toMatchObject({ status: 500 });
    expect((await stuck.ask({})).body).toHaveLength(1);
  });
});

it('2.4: GET is the bare list of all, with which an import finds what it created', async () => {
  const { create, ask } = server();
  expect(await ask({})).toEqual({ status: 200, body: [] });
  const records = [await created(create()), await created(create({ key: KEY }))];
  expect(await ask({ url: 'https://api.example.com/v1/licenses' })).toEqual({ status: 200, body: records });
  expect(await ask({ url: '/v1/licenses/lic_id2' })).toEqual({ status: 200, body: records[1] });
  expect(await ask({ url: '/v1/licenses/lic_id3' })).toMatchObject({ status: 404 });
});

describe('2.6: what is wrong comes back as {statusCode, message, error}', () => {
  it.each([
    ['no body', undefined],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('400: %s', async (_, body) => {
    expect(await server().ask({ method: 'POST', body })).toEqual({
      status: 400,
      body: { statusCode: 400, message: [expect.any(String)], error: 'Bad Request' },
    });
  });

  it('400: tells all that is wrong, one line each, and no key', async () => {
    const { status, body } = await server().create({
      key: 'SECRET KEY',
      activationLimit: 0,
      expiryHours: 1.5,
    });
    expect([status, body]).toEqual([
      400,
      {
        statusCode: 400,
        message: [
          'activationLimit must be at least 1',
          'expiryHours must be an integer',
          'key holds white space or a character that cannot be seen',
        ],
        error: 'Bad Request',
      },
    ]);
  });

  it('S2: at level documented prod_… is refused', async () => {
    const { create } = server({}, { level: 'documented' });
    expect(await create({ productId: PRODUCT.publicId })).toMatchObject({ status: 400 });
    await created(create());
  });

  it('S9: 404 without /v1, 405 for another method', async () => {
    const { ask } = server();
    for (const url of ['/licenses', '/', '/v1/licenses/1/2'])
      expect(await ask({ url })).toMatchObject({
        status: 404,
        body: { statusCode: 404, error: 'Not Found' },
      });
    for (const method of ['PUT', 'DELETE']) expect(await ask({ method })).toMatchObject({ status: 405 });
    expect(await ask({ method: 'POST', url: '/v1/licenses/1' })).toMatchObject({ status: 405 });
  });

  it('401: the API key is judged before anything is looked at', async () => {
    const { ask } = server({ authenticate: async (apiKey) => apiKey === 'right' });
    const refused = {
      status: 401,
      body: { statusCode: 401, message: expect.any(String), error: 'Unauthorized' },
    };
    expect(await ask({ method: 'POST', body: '{' })).toEqual(refused);
    expect(await ask({ headers: { authorization: 'Bearer wrong' } })).toEqual(refused);
    expect(await ask({ headers: { authorization: 'Bearer right' } })).toMatchObject({ status: 200 });
  });

  it('any request is answered, none thrown at', async () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('/v1/licenses', '/v1/licenses/%', 'POST', 'GET'));
    const request = fc.record({ method: text, url: text, body: fc.oneof(fc.anything(), fc.json()) });
    const { options } = server();
    await fc.assert(
      fc.asyncProperty(request, async (any) => {
        const posted = { ...any, method: 'POST', url: '/v1/licenses' };
        for (const asked of [any, posted])
          expect((await respond(asked, options)).status).toBeGreaterThanOrEqual(200);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses an invalid now', async () => {
    const error = await server({}, { now: new Date(Number.NaN) })
      .create()
      .catch((reason: unknown) => reason);
    expect(
      refusal(() => {
        throw error;
      }).code,
    ).toBe('invalid_option');
  });
});

it('300 generated keys become 300 licenses; the second run knows them all', async () => {
  const { create, ask, options } = server();
  const keys = [...generateKeys('solifyn', 300)];
  const first = await Promise.all(keys.map((key) => create({ key })));
  expect(first.filter(({ status }) => status === 200)).toHaveLength(300);
  const readings = first.map(({ body }) => parseRecord(body, options));
  expect(readings.map((reading) => (reading.ok && reading.status === 'ACTIVE' ? reading.key : null))).toEqual(
    keys,
  );
  const second = await Promise.all(keys.map((key) => create({ key })));
  expect(second.filter(({ status }) => status === 409)).toHaveLength(300);
  expect(await options.account.licenses.list()).toHaveLength(300);
  expect((await ask({})).body).toHaveLength(300);
});

describe.skipIf(!hasSeeds)(`S8: the published example${NEEDS_SEEDS}`, () => {
  const published = exampleOf(readSeed('003'));
  const { expiresAt, instancesCount, updatedAt } = published;
  const answer = () => {
    const { id, key, businessId, productId, customerId, paymentId, activationMessage, createdAt } = published;
    const { activationLimit, expiryHours } = published;
    const { options } = server();
    const account: SolifynAccount = {
      businessId: String(businessId),
      products: [{ ...PRODUCT, publicId: String(productId) }],
      customers: [{ ...CUSTOMER, publicId: String(customerId) }],
      paymentId: String(paymentId),
      activationMessage: String(activationMessage),
      licenses: memoryLicenses(),
    };
    const body = { productId: PRODUCT.id, customerId, activationLimit, expiryHours };
    return created(
      respond(
        { method: 'POST', url: 'https://api.solifyn.com/v1/licenses', body },
        {
          ...options,
          account,
          now: new Date(String(createdAt)),
          newId: () => String(id).replace('lic_', ''),
          newKey: () => String(key),
        },
      ),
    );
  };

  it('comes out member for member, in order, but for what happened to it since and its expiry', async () => {
    const record = await answer();
    expect(Object.keys(record)).toEqual(Object.keys(published));
    expect({ ...record, expiresAt, instancesCount, updatedAt }).toEqual(published);
  });

  it('S10: a fresh license has no instance and was not updated: the published one is a week old', async () => {
    expect(await answer()).toMatchObject({ instancesCount: 0, updatedAt: published['createdAt'] });
    expect([instancesCount, updatedAt]).toEqual([1, '2026-05-18T09:45:37.166Z']);
  });

  it('S6: expiresAt is 720 hours after createdAt; the published one is 5639 hours after it', async () => {
    expect(await answer()).toMatchObject({ expiryHours: 720, expiresAt: '2026-06-10T01:12:25.764Z' });
    expect(expiresAt).toBe('2027-01-01T00:00:00.000Z');
    const between =
      new Date(String(expiresAt)).getTime() - new Date(String(published['createdAt'])).getTime();
    expect(Math.round(between / 3_600_000)).toBe(5639);
  });
});
