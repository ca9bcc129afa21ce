import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CreatedKeys, memoryKeys } from '../../../../src/core/bulk-create/bulk-create.js';
import type { JsonObject } from '../../../../src/core/encoding/json-text.js';
import {
  type IncomingRequest,
  type LukittuAccount,
  memoryLicenses,
  parseRecord,
  type RespondOptions,
  respond,
} from '../../../../src/core/vendors/lukittu.js';
import {
  CUSTOMER,
  DATE,
  DISCORD,
  DURATION,
  KEY,
  LATER,
  NEVER,
  NOW,
  PRODUCT,
  updateOf,
  uuid,
} from './lukittu-fixtures.js';

const TEAM = uuid(1);
const PATH = `/api/v1/dev/teams/${TEAM}/licenses`;
const DAY = 86_400_000;
const OTHER = 'ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ';
const FULL = {
  ...DURATION,
  productIds: [PRODUCT.id],
  customerIds: [CUSTOMER.id],
  metadata: [{ key: 'order', value: '7', locked: true }],
};

let account: LukittuAccount;
let asked: string[];
let ledger: CreatedKeys;
let count: number;

beforeEach(() => {
  account = { teamId: TEAM, products: [PRODUCT], customers: [CUSTOMER], licenses: memoryLicenses() };
  asked = [];
  count = 0;
  const keys = memoryKeys();
  ledger = {
    create: async (wanted) => {
      asked.push(...wanted);
      return keys.create(wanted);
    },
  };
});

const keyOf = (number: number) => `${String(number).padStart(5, '0')}-AAAAA-AAAAA-AAAAA-AAAAA`;

async function send(
  request: Partial<IncomingRequest>,
  options: Partial<RespondOptions<LukittuAccount>> = {},
) {
  const { status, body } = await respond(
    { method: 'POST', url: PATH, ...request },
    {
      now: NOW,
      newId: () => uuid(1000 + ++count),
      newKey: () => keyOf(++count),
      ledger,
      account,
      ...options,
    },
  );
  // As it goes over the wire.
  const { data, result } = JSON.parse(JSON.stringify(body));
  return { status, data, details: result.details, result };
}

const post = (body: unknown, options?: Partial<RespondOptions<LukittuAccount>>) => send({ body }, options);
const put = (id: string, body: unknown, options?: Partial<RespondOptions<LukittuAccount>>) =>
  send({ method: 'PUT', url: `${PATH}/id/${id}`, body }, options);
const get = (query = '') => send({ method: 'GET', url: `${PATH}${query}` });

describe('POST', () => {
  it('answers 200 with the record of the server, member for member', async () => {
    const { status, data, result } = await post(JSON.stringify(FULL));
    expect(status).toBe(200);
    expect(result).toEqual({ details: 'License created', timestamp: NOW.toISOString(), valid: true });
    const { metadata, address, ...customer } = CUSTOMER;
    const { metadata: _, ...product } = PRODUCT;
    const times = { createdAt: NOW.toISOString(), updatedAt: NOW.toISOString() };
    expect(data).toEqual({
      id: uuid(1002),
      licenseKey: keyOf(1),
      ipLimit: null,
      hwidLimit: null,
      expirationType: 'DURATION',
      expirationStart: 'CREATION',
      expirationDate: '2026-03-31T12:00:00.000Z',
      expirationDays: 30,
      suspended: false,
      teamId: TEAM,
      createdByUserId: null,
      ...times,
      lastActiveAt: NOW.toISOString(),
      customers: [{ ...customer, discordAccount: DISCORD }],
      products: [product],
      metadata: [
        {
          id: uuid(1003),
          key: 'order',
          value: '7',
          locked: true,
          teamId: TEAM,
          ...times,
          customerId: null,
          licenseId: uuid(1002),
          productId: null,
          releaseId: null,
          blacklistId: null,
        },
      ],
      seats: null,
    });
    expect(parseRecord(data, { now: NOW })).toMatchObject({
      ok: true,
      key: keyOf(1),
      status: 'ACTIVE',
      warnings: [],
    });
  });

  it('L4: expirationStart is never null in a record', async () => {
    expect((await post(NEVER)).data.expirationStart).toBe('CREATION');
    expect((await post(DATE)).data.expirationStart).toBe('CREATION');
    expect((await post({ ...DATE, expirationStart: 'ACTIVATION' })).data.expirationStart).toBe('ACTIVATION');
  });

  it('L6: createdByUserId is null, lastActiveAt is createdAt', async () => {
    const { data } = await post(NEVER, { account: { ...account, userId: uuid(2) } });
    expect(data.createdByUserId).toBeNull();
    expect(data.lastActiveAt).toBe(data.createdAt);
  });

  it('seats is an alias of hwidLimit', async () => {
    expect((await post({ ...NEVER, hwidLimit: 3 })).data).toMatchObject({ hwidLimit: 3, seats: 3 });
  });

  it('a customer without a Discord account has a null one', async () => {
    const { discordAccount, ...customer } = CUSTOMER;
    const { data } = await post(FULL, { account: { ...account, customers: [customer] } });
    expect(data.customers[0].discordAccount).toBeNull();
  });

  it.each([
    ['NEVER: null', NEVER, null],
    ['DATE: the date, in UTC', { ...DATE, expirationDate: '2027-01-31T02:00:00+02:00' }, LATER],
    [
      'DURATION from creation: days of 24 hours',
      { ...DURATION, expirationDays: 1000 },
      '2028-11-25T12:00:00.000Z',
    ],
    ['DURATION from activation: null', { ...DURATION, expirationStart: 'ACTIVATION' }, null],
    ['DATE with days: the days win', { ...DATE, expirationDays: 1 }, '2026-03-02T12:00:00.000Z'],
    [
      'DATE with days from activation: the date',
      { ...DATE, expirationDays: 1, expirationStart: 'ACTIVATION' },
      LATER,
    ],
    [
      'DURATION from creation with a date: the days win',
      { ...DURATION, expirationDate: LATER },
      '2026-03-31T12:00:00.000Z',
    ],
    [
      'DURATION from activation with a date: the date',
      { ...DURATION, expirationStart: 'ACTIVATION', expirationDate: LATER },
      LATER,
    ],
  ])('expires as calculateLicenseExpirationDate says. %s', async (_, body, expirationDate) => {
    expect((await post(body)).data.expirationDate).toBe(expirationDate);
  });

  it('counts days of 24 hours, whatever the calendar does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1000 }),
        fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
        async (days, now) => {
          const { data } = await post(
            { ...DURATION, expirationDays: days },
            { now, account: { ...account, maxLicenses: Number.POSITIVE_INFINITY } },
          );
          expect(Date.parse(data.expirationDate)).toBe(now.getTime() + days * DAY);
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([
    ['L1: an absent field', { ...NEVER, ipLimit: undefined }, [['ipLimit']]],
    ['L2: ipLimit 0', { ...NEVER, ipLimit: 0 }, [['ipLimit']]],
    ['L10: a license key', { ...NEVER, licenseKey: KEY }, [['licenseKey']]],
    ['L4: NEVER with days, at the empty path', { ...NEVER, expirationDays: 1 }, [[]]],
    ['L11: DATE in the past', { ...DATE, expirationDate: NOW.toISOString() }, [['expirationDate']]],
    ['a date that is none', { ...DATE, expirationDate: 'x' }, [['expirationDate']]],
    ['a body that is a list', [NEVER], [[]]],
    ['a body that is null', 'null', [[]]],
    [
      '21 products and no locked',
      { ...NEVER, productIds: Array(21).fill(PRODUCT.id), metadata: [{ key: 'a', value: 'b' }] },
      [['productIds'], ['metadata', 0, 'locked']],
    ],
  ])('L7: 400 Invalid request body, its data a list, for %s', async (_, body, paths) => {
    const { status, details, data, result } = await post(body);
    expect([status, details, result.valid]).toEqual([400, 'Invalid request body', false]);
    expect(data.map(({ path }: { path: unknown }) => path)).toEqual(paths);
    for (const issue of data) expect(Object.keys(issue)).toEqual(['message', 'path']);
    expect(result).not.toHaveProperty('code');
    expect(asked).toEqual([]);
  });

  it.each([
    ['{', 400, 'Invalid JSON body'],
    ['', 400, 'Invalid JSON body'],
    [undefined, 400, 'Invalid JSON body'],
    [{ ...NEVER, productIds: [uuid(99)] }, 400, 'Invalid productIds'],
    [{ ...NEVER, productIds: [PRODUCT.id, PRODUCT.id] }, 400, 'Invalid productIds'],
    [{ ...NEVER, customerIds: [PRODUCT.id] }, 400, 'Invalid customerIds'],
    [{ ...NEVER, customerIds: [CUSTOMER.id, CUSTOMER.id] }, 400, 'Invalid customerIds'],
    [{ ...DATE, expirationDate: '2027-01-31' }, 500, 'Error processing license creation'],
    [{ ...DATE, expirationDate: 1_900_000_000_000 }, 500, 'Error processing license creation'],
  ])('%j: %i %s, and takes no key', async (body, status, details) => {
    const answer = await post(body);
    expect([answer.status, answer.details, answer.data]).toEqual([status, details, null]);
    expect(asked).toEqual([]);
    expect(await account.licenses.list()).toEqual([]);
  });

  it('reads product ids in either case', async () => {
    expect((await post({ ...NEVER, productIds: [PRODUCT.id.toUpperCase()] })).data.products).toHaveLength(1);
  });

  it('refuses the 101st license, or what the account says', async () => {
    for (let number = 0; number < 100; number++) expect((await post(NEVER)).status).toBe(200);
    expect(await post(NEVER)).toMatchObject({ status: 403, details: 'Max licenses reached' });
    expect(await post(NEVER, { account: { ...account, maxLicenses: 101 } })).toMatchObject({ status: 200 });
    expect(asked).toHaveLength(101);
  });

  it('draws five keys at most', async () => {
    await ledger.create([KEY]);
    expect(await post(NEVER, { newKey: () => KEY })).toMatchObject({
      status: 500,
      details: 'Failed to generate license key',
    });
    expect(asked).toHaveLength(6);
    const keys = [KEY, KEY, KEY, KEY, OTHER];
    expect((await post(NEVER, { newKey: () => keys.shift() ?? '' })).data.licenseKey).toBe(OTHER);
  });

  it.each([
    ['limited', 429, 'Too many requests'],
    ['failed', 500, 'Failed to send email'],
  ] as const)('rolls back when the mail is %s', async (delivery, status, details) => {
    const limited = { ...account, deliver: async () => delivery };
    const mail = { ...FULL, sendEmailDelivery: true };
    expect(await post(mail, { account: limited })).toMatchObject({ status, details, data: null });
    expect(await account.licenses.list()).toEqual([]);
    expect(await post({ ...mail, customerIds: [] }, { account: limited })).toMatchObject({ status: 200 });
    expect(await post(FULL, { account: limited })).toMatchObject({ status: 200 });
    expect(await post(mail, { account: { ...account, deliver: async () => 'sent' } })).toMatchObject({
      status: 200,
    });
    expect(await post(mail)).toMatchObject({ status: 200 });
  });

  it.each([
    [
      'the ledger',
      {
        ledger: {
          create: async () => {
            throw new Error('full');
          },
        },
      },
    ],
    [
      'newKey',
      {
        newKey: () => {
          throw new Error('no entropy');
        },
      },
    ],
  ])('answers 500 when %s fails', async (_, options) => {
    expect(await post(NEVER, options)).toMatchObject({
      status: 500,
      details: 'Internal server error',
      data: null,
    });
  });
});

describe('what is looked at first', () => {
  const authenticate = async (apiKey: string | undefined) => apiKey === 'secret';
  const headers = { AUTHORIZATION: 'Bearer secret' };

  it.each([
    ['the team before the API key', { url: PATH.replace(TEAM, 'team'), body: '{' }, 400, 'Invalid teamId'],
    [
      'the license id before the API key',
      { method: 'PUT', url: `${PATH}/id/1`, body: '{' },
      400,
      'Invalid licenseId',
    ],
    ['the API key before the body', { body: '{' }, 401, 'Invalid API key'],
    [
      'the API key of another team',
      { url: PATH.replace(TEAM, uuid(9)), headers, body: '{' },
      401,
      'Invalid API key',
    ],
    ['JSON before its rules', { headers, body: '{' }, 400, 'Invalid JSON body'],
    ['the rules before the quota', { headers, body: {} }, 400, 'Invalid request body'],
    [
      'the quota before the products',
      { headers, body: { ...NEVER, productIds: [uuid(99)], customerIds: [uuid(99)] } },
      403,
      'Max licenses reached',
    ],
    [
      'the license before its products',
      {
        method: 'PUT',
        url: `${PATH}/id/${uuid(9)}`,
        headers,
        body: updateOf({ ...NEVER, productIds: [uuid(99)] }),
      },
      404,
      'License not found',
    ],
  ])('%s', async (_, request, status, details) => {
    const answer = await send(request, { account: { ...account, authenticate, maxLicenses: 0 } });
    expect([answer.status, answer.details]).toEqual([status, details]);
  });

  it('products before customers, and both before the key', async () => {
    const strangers = { ...NEVER, productIds: [uuid(99)], customerIds: [uuid(99)] };
    expect((await post(strangers)).details).toBe('Invalid productIds');
    const { data } = await post(NEVER);
    expect((await put(data.id, updateOf({ ...strangers, productIds: [] }))).details).toBe(
      'Invalid customerIds',
    );
    expect(asked).not.toContain(KEY);
  });

  it.each([
    ['DELETE', PATH, 405],
    ['PUT', PATH, 405],
    ['POST', `${PATH}/id/${uuid(1)}`, 405],
    ['POST', '/api/v1/dev/teams', 404],
    ['POST', `${PATH}/id`, 404],
    ['POST', `${PATH}/by/${uuid(1)}`, 404],
    ['POST', `${PATH}/id/${uuid(1)}/hwid`, 404],
    ['GET', '/', 404],
  ])('%s %s: %i', async (method, url, status) => {
    expect((await send({ method, url, body: NEVER })).status).toBe(status);
  });
});

describe('PUT', () => {
  const license = async (body: JsonObject = NEVER) => (await post(body)).data;

  it("L10: gives a license a key of one's own, and keeps what is not in the request", async () => {
    const created = await license({ ...FULL, hwidLimit: 2 });
    const later = new Date(NOW.getTime() + DAY);
    const { seats, ...before } = created;
    const { status, data, details } = await put(
      created.id,
      updateOf({ ...FULL, expirationDate: created.expirationDate }),
      { now: later },
    );
    expect([status, details]).toEqual([200, 'License updated']);
    expect(data).toEqual({
      ...before,
      licenseKey: KEY,
      hwidLimit: null,
      updatedAt: later.toISOString(),
      metadata: [
        {
          ...before.metadata[0],
          id: uuid(1004),
          createdAt: later.toISOString(),
          updatedAt: later.toISOString(),
        },
      ],
    });
    expect((await get(`?search=${KEY}`)).data.licenses).toHaveLength(1);
    expect((await get(`?search=${created.licenseKey}`)).data.licenses).toHaveLength(0);
  });

  it('replaces metadata, products and customers as a whole', async () => {
    const { id } = await license(FULL);
    expect((await put(id, updateOf(NEVER))).data).toMatchObject({
      metadata: [],
      products: [],
      customers: [],
    });
  });

  it('again with the same key takes none: a retry after a lost reply', async () => {
    const { id } = await license();
    await put(id, updateOf(NEVER));
    asked.length = 0;
    expect((await put(id, updateOf(NEVER))).data.licenseKey).toBe(KEY);
    expect(asked).toEqual([]);
  });

  it.each([
    [
      'expirationDate null erases the date of a DURATION',
      DURATION,
      { ...DURATION, expirationDate: null },
      null,
    ],
    ['the date echoed stays', DURATION, { ...DURATION, expirationDate: LATER }, LATER],
    [
      'a DURATION that has no date starts now',
      { ...DURATION, expirationStart: 'ACTIVATION' },
      DURATION,
      '2026-03-31T12:00:00.000Z',
    ],
    ['what was NEVER and becomes DURATION starts now', NEVER, DURATION, '2026-03-31T12:00:00.000Z'],
    [
      'what was DATE and becomes DURATION starts now',
      DATE,
      { ...DURATION, expirationDate: LATER },
      '2026-03-31T12:00:00.000Z',
    ],
    ['DATE has its date', NEVER, DATE, LATER],
    ['a date alone is midnight in UTC', NEVER, { ...DATE, expirationDate: '2027-01-31' }, LATER],
    ['Unix milliseconds are read too', NEVER, { ...DATE, expirationDate: Date.parse(LATER) }, LATER],
    ['NEVER has none', DATE, NEVER, null],
  ])('%s', async (_, before, after, expirationDate) => {
    const { id } = await license(before);
    expect((await put(id, updateOf(after))).data.expirationDate).toBe(expirationDate);
  });

  it.each([
    ['a key in lower case', updateOf(NEVER, KEY.toLowerCase()), 'Invalid request body'],
    ['sendEmailDelivery', { ...updateOf(NEVER), sendEmailDelivery: false }, 'Invalid request body'],
    ['no JSON', '{', 'Invalid JSON body'],
    ['strange products', updateOf({ ...NEVER, productIds: [uuid(99)] }), 'Invalid productIds'],
  ])('that is refused for %s changes nothing and takes no key', async (_, body, details) => {
    const created = await license();
    asked.length = 0;
    const before = await account.licenses.withId(created.id);
    expect(await put(created.id, body)).toMatchObject({ status: 400, details });
    expect(asked).toEqual([]);
    expect(await account.licenses.withId(created.id)).toEqual(before);
    expect((await put(created.id, updateOf(NEVER))).status).toBe(200);
  });

  it.each(['another license', 'the ledger', 'the store alone'])(
    'refuses a key that %s has',
    async (where) => {
      const created = await license();
      if (where === 'the ledger') await ledger.create([KEY]);
      else if (where === 'the store alone')
        await account.licenses.put(uuid(9), KEY, { id: uuid(9), licenseKey: KEY });
      else await put((await license()).id, updateOf(NEVER));
      const before = await account.licenses.withId(created.id);
      expect(await put(created.id, updateOf(NEVER))).toMatchObject({
        status: 400,
        details: 'License key already exists',
      });
      expect(await account.licenses.withId(created.id)).toEqual(before);
    },
  );

  it('finds the license in either case of its id, and none that is not there', async () => {
    const { id } = await post(NEVER, { newId: () => 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' }).then(
      ({ data }) => data,
    );
    expect((await put(id.toUpperCase(), updateOf(NEVER))).status).toBe(200);
    expect(await put(uuid(9), updateOf(NEVER))).toMatchObject({ status: 404, details: 'License not found' });
  });
});

describe('GET', () => {
  it('lists the newest first, in pages of 10, 25, 50 or 100; other sizes are 25', async () => {
    for (let number = 0; number < 30; number++) await post(NEVER, { newKey: () => keyOf(number) });
    const keys = async (query: string) => {
      const { status, details, data } = await get(query);
      expect([status, details, data.totalResults]).toEqual([200, 'Licenses found', 30]);
      return [data.licenses.length, data.licenses[0]?.licenseKey, data.hasNextPage];
    };
    expect(await keys('')).toEqual([25, keyOf(29), true]);
    expect(await keys('?pageSize=10&page=3')).toEqual([10, keyOf(9), false]);
    expect(await keys('?pageSize=50')).toEqual([30, keyOf(29), false]);
    expect(await keys('?pageSize=100')).toEqual([30, keyOf(29), false]);
    expect(await keys('?pageSize=20&page=2')).toEqual([5, keyOf(4), false]);
    expect(await keys('?page=-1')).toEqual([25, keyOf(29), true]);
    expect(await keys('?page=9')).toEqual([0, undefined, false]);
  });

  it('search finds one whole key; of anything else it takes no notice', async () => {
    await post(FULL);
    await post(NEVER);
    const found = async (search: string) => (await get(`?search=${search}`)).data.licenses.length;
    expect(await found(keyOf(1))).toBe(1);
    expect(await found(OTHER)).toBe(0);
    expect(await found(keyOf(1).slice(0, -1))).toBe(2);
    expect(await found(keyOf(1).toLowerCase())).toBe(2);
  });

  it('shows customers without their Discord accounts, and no seats', async () => {
    await post(FULL);
    const [license] = (await get()).data.licenses;
    expect(license).not.toHaveProperty('seats');
    expect(license.customers[0].id).toBe(CUSTOMER.id);
    expect(license.customers[0]).not.toHaveProperty('discordAccount');
    expect(parseRecord(license, { now: NOW }).ok).toBe(true);
  });
});

describe('level documented', () => {
  const documented = { level: 'documented' } as const;

  it('takes what the pages take, and answers with what they list', async () => {
    const { ipLimit, hwidLimit, expirationDate, ...body } = FULL;
    const { status, data } = await post(
      { ...body, extra: 1, status: 9 },
      { ...documented, account: { ...account, userId: uuid(2) } },
    );
    expect(status).toBe(200);
    expect(data).toMatchObject({
      createdByUserId: uuid(2),
      ipLimit: null,
      products: [PRODUCT],
      customers: [CUSTOMER],
    });
    expect(data.metadata).toEqual(FULL.metadata);
    expect(data).not.toHaveProperty('seats');
    expect((await post({ ...NEVER, ipLimit: 0 }, documented)).data.ipLimit).toBe(0);
    expect((await post({ ...DATE, expirationDate: '2020-01-01T00:00:00Z' }, documented)).status).toBe(200);
  });

  it.each([
    ['{', 400, 'BAD_REQUEST'],
    [{}, 400, 'BAD_REQUEST'],
    [{ ...NEVER, productIds: [uuid(99)] }, 400, 'BAD_REQUEST'],
  ])('L7: %j is answered with a code and null as data', async (body, status, code) => {
    const answer = await post(body, documented);
    expect([answer.status, answer.result.code, answer.data]).toEqual([status, code, null]);
  });

  it.each([
    [{ authenticate: async () => false }, 401, 'UNAUTHORIZED'],
    [{ maxLicenses: 0 }, 403, 'FORBIDDEN'],
    [{ deliver: async () => 'limited' as const }, 429, 'RATE_LIMIT'],
    [{ deliver: async () => 'failed' as const }, 500, 'INTERNAL_SERVER_ERROR'],
  ])('L7: %o gives %i %s', async (members, status, code) => {
    const body = { ...FULL, sendEmailDelivery: true };
    const answer = await post(body, { ...documented, account: { ...account, ...members } });
    expect([answer.status, answer.result.code]).toEqual([status, code]);
    const missing = await put(uuid(9), updateOf(NEVER), documented);
    expect([missing.status, missing.result.code]).toEqual([404, 'LICENSE_NOT_FOUND']);
  });

  it('answers 500 when the days go beyond every date', async () => {
    expect((await post({ ...DURATION, expirationDays: Number.MAX_SAFE_INTEGER }, documented)).status).toBe(
      500,
    );
  });
});

describe('any request', () => {
  it('is answered', async () => {
    const url = fc.oneof(
      fc.string(),
      fc.constantFrom(PATH, `${PATH}?search=%`, `${PATH}/id/${uuid(1)}`, `${PATH}/id/%00`),
    );
    const request = fc.record({
      method: fc.oneof(fc.constantFrom('POST', 'PUT', 'GET', 'post'), fc.string()),
      url,
      headers: fc.dictionary(fc.string(), fc.string()),
      body: fc.oneof(fc.string(), fc.json(), fc.anything(), fc.constant(FULL), fc.constant(updateOf(FULL))),
    });
    await fc.assert(
      fc.asyncProperty(
        request,
        fc.constantFrom('server' as const, 'documented' as const),
        async (wanted, level) => {
          const { status, result } = await send(wanted, { level });
          expect(status).toBeGreaterThanOrEqual(200);
          expect(result.valid).toBe(status === 200);
        },
      ),
    );
  });

  it('is never answered with what stood in it', async () => {
    const secret = 'SECRE-TSECR-ETSEC-RETSE-CRETS';
    const faulty = {
      ...NEVER,
      metadata: [{ key: secret, value: secret, locked: secret }],
      productIds: [secret],
      suspended: secret,
    };
    expect(JSON.stringify(await post(faulty))).not.toContain(secret);
    expect(JSON.stringify(await put(uuid(1), { ...faulty, licenseKey: `${secret}-` }))).not.toContain(secret);
  });
});

it('refuses an invalid now', async () => {
  const invalid = post(NEVER, { now: new Date(Number.NaN) });
  await expect(invalid).rejects.toMatchObject({ code: 'invalid_option' });
});
