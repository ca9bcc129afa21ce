import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CreatedKeys, memoryKeys } from '../../../../src/core/bulk-create/bulk-create.js';
import { parseBulkRequest } from '../../../../src/core/bulk-create/bulk-request.js';
import { isJsonObject, type JsonValue } from '../../../../src/core/encoding/json-text.js';
import { formText, readForm } from '../../../../src/core/vendors/getkeymanager/form.js';
import {
  createRequestJsonSchema,
  createRequestSchema,
  type GetKeyManagerAccount,
  type KeptResponse,
  keyProblem,
  parseRecord,
  respond,
  validateCreateRequest,
} from '../../../../src/core/vendors/getkeymanager.js';
import type { IncomingRequest } from '../../../../src/core/vendors/server/vendor.js';
import { signers } from '../../sign/demo-keys.js';

const now = new Date(1_709_001_673_000);
const PATH = '/api/v1/create-license-keys';
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
const FORM = formText(Object.entries(REQUEST));

const judge = (body: unknown, level?: 'server' | 'documented') =>
  validateCreateRequest(body, { now, ...(level && { level }) });
const paths = (body: unknown, level?: 'server' | 'documented') =>
  judge(body, level).issues.map(({ path }) => path.join('.'));

describe('validateCreateRequest', () => {
  it.each([
    ['the documented request as JSON', REQUEST],
    ['as the text of a form', FORM],
    [
      'with numbers and a list',
      { ...REQUEST, license_keys: KEYS, product_id: 1, activation_limit: 0, validity: 0 },
    ],
    ['without what is optional', { ...REQUEST, owner_name: '', owner_email: null, assigned_at: '' }],
  ])('takes %s, at both levels', (_, body) => {
    expect(judge(body)).toEqual({ ok: true, issues: [], warnings: [] });
    expect(judge(body, 'documented')).toEqual({ ok: true, issues: [], warnings: [] });
  });

  it('wants the api_key as documented; its absence is answered by code 100', () => {
    const { api_key: _, ...rest } = REQUEST;
    expect(paths(rest, 'documented')).toEqual(['api_key']);
    expect(judge(rest)).toMatchObject({ ok: true, warnings: [{ path: ['api_key'] }] });
    expect(paths({ ...rest, api_key: 7 })).toEqual(['api_key']);
  });

  it.each([
    ['no object', [], ['']],
    ['null', null, ['']],
    ['a form whose percent signs are broken', 'product_id=%zz', ['']],
    ['a form that names a field twice', 'status=available&status=available', ['']],
    [
      'license_keys that are no JSON',
      formText(Object.entries({ ...REQUEST, license_keys: '[A,B]' })),
      ['license_keys'],
    ],
    ['license_keys that are a JSON object', { ...REQUEST, license_keys: '{"a":1}' }, ['license_keys']],
    ['no keys', { ...REQUEST, license_keys: [] }, ['license_keys']],
    ['two that are none', { ...REQUEST, license_keys: ['A', ' B', 7] }, ['license_keys.1', 'license_keys.2']],
    ['a fraction', { ...REQUEST, validity: '1.5' }, ['validity']],
    ['a negative number', { ...REQUEST, activation_limit: -1 }, ['activation_limit']],
    ['a product of none', { ...REQUEST, product_id: 0 }, ['product_id']],
    ['another status', { ...REQUEST, status: 'sold' }, ['status']],
    ['no e-mail address', { ...REQUEST, owner_email: 'nobody' }, ['owner_email']],
    ['a name of two lines', { ...REQUEST, owner_name: 'a\nb' }, ['owner_name']],
    ['a date that is none', { ...REQUEST, assigned_at: '2024-02-30 00:00:00' }, ['assigned_at']],
    ['a time without its clock', { ...REQUEST, assigned_at: '2024-01-08' }, ['assigned_at']],
  ])('refuses %s', (_, body, at) => {
    expect(paths(body)).toEqual(at);
  });

  it('tells everything at once, and never a value', () => {
    const { ok, issues } = judge({
      license_keys: ['SECRET-KEY '],
      status: 'SECRET-STATUS',
      api_key: 'SECRET-API',
    });
    expect(ok).toBe(false);
    expect(issues.map(({ path }) => path[0])).toEqual([
      'license_keys',
      'product_id',
      'activation_limit',
      'validity',
      'status',
    ]);
    expect(JSON.stringify(issues)).not.toContain('SECRET');
  });

  it('warns of fields that nobody knows', () => {
    expect(judge({ ...REQUEST, colour: 'red', __proto__: {} })).toMatchObject({
      ok: true,
      warnings: [{ path: ['colour'] }],
    });
  });

  it('survives a body that throws when it is read', () => {
    const hostile = Object.defineProperty({}, 'status', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    expect(paths(hostile)).toEqual(['']);
  });

  const value = fc.oneof(
    fc.jsonValue(),
    fc.string(),
    fc.constantFrom('0', '1', 'available', 'a@b.c', '["A"]'),
  );
  const body = fc.record(
    Object.fromEntries(
      Object.keys(REQUEST).map((name) => [name, fc.oneof(fc.constant(Reflect.get(REQUEST, name)), value)]),
    ),
    { requiredKeys: [] },
  );

  it('says no where the bulk create would answer 901, and yes where it would not', () => {
    fc.assert(
      fc.property(body, (fields) => {
        const { api_key: key, ...rest } = fields;
        const refused = 'errors' in parseBulkRequest(rest);
        const strangeKey = key !== undefined && typeof key !== 'string';
        expect(judge(fields).ok).toBe(!refused && !strangeKey);
      }),
    );
  });

  it('takes nothing that its schema does not', () => {
    fc.assert(
      fc.property(body, (fields) => {
        if (judge(fields).ok) expect(createRequestSchema.safeParse(fields).success).toBe(true);
      }),
    );
  });

  it('has a JSON Schema that names every field', () => {
    const schema = createRequestJsonSchema();
    const properties: JsonValue = schema['properties'] ?? null;
    expect(isJsonObject(properties) && Object.keys(properties)).toEqual(Object.keys(REQUEST));
    expect(schema['required']).not.toContain('api_key');
    expect(createRequestJsonSchema('documented')['required']).toContain('api_key');
  });
});

describe('keyProblem', () => {
  it.each(KEYS)('has none with %s', (key) => expect(keyProblem(key)).toBeUndefined());
  it.each(['', ' A', 'A\n', 'A\u2028B', '\ud800', 'x'.repeat(256)])('has one with %j', (key) => {
    expect(keyProblem(key)).toContain('one line');
  });
});

describe('forms', () => {
  it('come back as they went in, and never hold what begins a placeholder', () => {
    const pairs = fc.uniqueArray(
      fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' })),
      {
        selector: ([name]) => name,
      },
    );
    fc.assert(
      fc.property(pairs, (fields) => {
        const text = formText(fields);
        expect(text).not.toMatch(/[${}]/);
        expect(readForm(text)).toEqual({ fields: Object.fromEntries(fields) });
      }),
    );
  });

  it('have plus signs for blanks', () => {
    expect(readForm('a=b+c&&d')).toEqual({ fields: { a: 'b c', d: '' } });
  });
});

const form = (body: string, more: Record<string, string> = {}): IncomingRequest => ({
  method: 'POST',
  url: PATH,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...more },
  body,
});

function server(account: Partial<GetKeyManagerAccount> = {}, ledger: CreatedKeys = memoryKeys()) {
  const options = {
    now,
    newId: () => '',
    newKey: () => '',
    ledger,
    account: { signer: signers.RS256, ...account },
  };
  return (request: IncomingRequest, level?: 'server' | 'documented') =>
    respond(request, { ...options, ...(level && { level }) });
}

describe('respond', () => {
  it('answers the documented request to the byte', async () => {
    const ledger = memoryKeys([[KEYS[1] ?? '', 'old.txt:7']]);
    const { status, body } = await server({}, ledger)(form(FORM));
    const published = JSON.parse(readFileSync('samples/getkeymanager/response.json', 'utf8'));
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(Object.keys(published));
    expect(body).toMatchObject({
      response: published.response,
      response_base64: published.response_base64,
      private_key_used: 'product',
    });
  });

  it.each([
    ['a form', form(FORM)],
    [
      'JSON',
      {
        method: 'post',
        url: PATH,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(REQUEST),
      },
    ],
    ['an object, the whole URL', { method: 'POST', url: `https://keys.example${PATH}?x=1`, body: REQUEST }],
  ])('takes %s', async (_, request) => {
    expect(await server()(request)).toMatchObject({
      status: 200,
      body: { response: { code: 900, created: 4 } },
    });
  });

  it('answers 902 the second time, 901 to what is wrong, always with HTTP 200 and signed', async () => {
    const ask = server();
    await ask(form(FORM));
    expect(await ask(form(FORM))).toMatchObject({
      status: 200,
      body: { response: { code: 902, duplicate: 4 } },
    });
    const broken = { method: 'POST', url: PATH, headers: { 'Content-Type': 'application/json' }, body: '{' };
    for (const request of [form('status=sold'), form('%'), broken]) {
      const { status, body } = await ask(request);
      expect(status).toBe(200);
      expect(body).toMatchObject({ response: { code: 901 }, signature: expect.stringMatching(/^.{340,}$/) });
    }
  });

  it('takes no notice of fields that nobody knows', async () => {
    expect(await server()(form(`${FORM}&colour=red`))).toMatchObject({ body: { response: { code: 900 } } });
  });

  it('answers 401 to API keys that are refused, and asks for one as documented', async () => {
    const account = {
      authenticate: async (key: string | undefined) => (key === 'good' ? 'inactive' : 'invalid'),
    } as const;
    expect(await server(account)(form(FORM))).toMatchObject({
      status: 401,
      body: { response: { code: 100 }, private_key_used: 'global' },
    });
    expect(await server(account)(form('api_key=good'))).toMatchObject({
      status: 401,
      body: { response: { code: 101 } },
    });
    const { api_key: _, ...rest } = REQUEST;
    const without = form(formText(Object.entries(rest)));
    expect(await server()(without)).toMatchObject({ status: 200 });
    expect(await server()(without, 'documented')).toMatchObject({ status: 401 });
  });

  it('gives the same Idempotency-Key the same response, and another request none', async () => {
    const responses = new Map<string, KeptResponse>();
    const ask = server({ responses, authenticate: async (key) => (key === 'bad' ? 'invalid' : 'ok') });
    const once = await ask(form(FORM, { 'Idempotency-Key': 'a' }));
    expect(once).toMatchObject({ body: { response: { code: 900 } } });
    expect(await ask(form(FORM, { 'idempotency-key': 'a' }))).toEqual(once);
    expect(await ask(form(FORM, { 'Idempotency-Key': 'b' }))).toMatchObject({
      body: { response: { code: 902 } },
    });
    expect(await ask(form(`${FORM}0`, { 'Idempotency-Key': 'a' }))).toMatchObject({ status: 422 });
    // Whoever is refused learns nothing of what others were answered.
    const stranger = formText(Object.entries({ ...REQUEST, api_key: 'bad' }));
    expect(await ask(form(stranger, { 'Idempotency-Key': 'a' }))).toMatchObject({ status: 401 });
    expect(JSON.stringify([...responses])).not.toContain(REQUEST.api_key);
    expect(JSON.stringify([...responses])).not.toContain(KEYS[0]);
  });

  it('answers whatever comes in, signed', async () => {
    const ask = server({ signer: signers.Ed25519, responses: new Map() });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything(), fc.string(), fc.webQueryParameters()), async (body) => {
        const { status, body: answer } = await ask({
          method: 'POST',
          url: PATH,
          headers: { 'Idempotency-Key': 'a' },
          body,
        });
        expect([200, 422]).toContain(status);
        if (status === 200) expect(answer).toHaveProperty('signature');
      }),
    );
  });

  it('answers 404 and 405 to what is no bulk create', async () => {
    expect(await server()({ method: 'POST', url: '/api/v1/verify', body: FORM })).toMatchObject({
      status: 404,
    });
    expect(await server()({ method: 'GET', url: PATH })).toMatchObject({ status: 405 });
  });
});

describe('parseRecord', () => {
  const ROW = {
    id: 1034773,
    product_id: 1,
    license_key: 'AAAA-BBBB',
    owner_name: null,
    owner_email: '',
    activation_limit: '0',
    validity: 30,
    assigned_at: '2024-01-08 00:00:00',
    status: 'assigned',
    created_at: '2024-01-07T10:00:00.000000Z',
    updated_at: null,
    contract_id: null,
  };
  const at = (record: object, date = '2024-01-20') => parseRecord(record, { now: new Date(date) });

  it('derives when a license ends and whether it has', () => {
    expect(at(ROW)).toEqual({
      ok: true,
      id: '1034773',
      key: 'AAAA-BBBB',
      status: 'assigned',
      expiresAt: '2024-02-07T00:00:00Z',
      record: ROW,
      warnings: [],
    });
    expect(at(ROW, '2024-02-06T23:59:59Z')).toMatchObject({ status: 'assigned' });
    expect(at(ROW, '2024-02-07T00:00:00Z')).toMatchObject({ status: 'expired' });
    expect(at({ ...ROW, status: 'blocked' }, '2025-01-01')).toMatchObject({ status: 'blocked' });
  });

  it.each([
    ['0 days', { validity: '0' }],
    ['no days', { validity: null }],
    ['no assignment', { assigned_at: null }],
    ['the time some databases have for none', { assigned_at: '0000-00-00 00:00:00' }],
  ])('knows no end with %s', (_, change) => {
    expect(at({ ...ROW, ...change }, '2999-01-01')).toMatchObject({ status: 'assigned', expiresAt: null });
  });

  it.each([
    ['no object', 7, []],
    ['no key', { ...ROW, license_key: undefined }, [['license_key']]],
    ['another status', { ...ROW, status: 'sold' }, [['status']]],
    ['a time that is none', { ...ROW, assigned_at: '2024-13-01 00:00:00' }, [['assigned_at']]],
    ['negative days', { ...ROW, validity: -1 }, [['validity']]],
  ])('refuses %s', (_, record, issues) => {
    const reading = parseRecord(record, { now });
    expect(reading.ok).toBe(false);
    if (!reading.ok && issues.length > 0) expect(reading.issues.map(({ path }) => path)).toEqual(issues);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.anything(), (value) => void parseRecord(value, { now })));
  });
});
