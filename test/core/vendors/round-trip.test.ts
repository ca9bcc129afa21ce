import { describe, expect, it } from 'vitest';
import { type CreatedKeys, memoryKeys } from '../../../src/core/bulk-create/bulk-create.js';
import type { JsonObject, JsonValue } from '../../../src/core/encoding/json-text.js';
import { generateKey, generateKeys } from '../../../src/core/generate/generate.js';

import { addPublicKey } from '../../../src/core/sign/keyring-changes.js';
import { verifyResponse } from '../../../src/core/sign/verify.js';
import * as cryptlex from '../../../src/core/vendors/cryptlex.js';
import * as getkeymanager from '../../../src/core/vendors/getkeymanager.js';
import * as lukittu from '../../../src/core/vendors/lukittu.js';
import { fillRequest } from '../../../src/core/vendors/server/fill-request.js';
import type {
  HttpRequest,
  ImportRequest,
  IncomingRequest,
  OutgoingResponse,
  Vendor,
} from '../../../src/core/vendors/server/vendor.js';
import * as solifyn from '../../../src/core/vendors/solifyn.js';
import { demoEd25519, signers } from '../sign/demo-keys.js';
import { PRODUCT as ANVIL, CUSTOMER } from './lukittu/lukittu-fixtures.js';

const now = new Date('2026-03-01T12:00:00Z');
const PRODUCT = '21111111-2222-4333-8444-555555555555';
const OTHER = '31111111-2222-4333-8444-555555555555';
const SECRETS = {
  CRYPTLEX_TOKEN: 'cryptlex secret',
  SOLIFYN_TOKEN: 'solifyn secret',
  LUKITTU_TOKEN: 'lukittu secret',
  GETKEYMANAGER_API_KEY: 'a&b=c%d+e',
};
const COUNT = 1000;

type Reader = Pick<Vendor, 'keyFormat' | 'keysPerRequest' | 'prepareRequest' | 'parseRecord'>;
type Respond = (request: IncomingRequest) => Promise<OutgoingResponse>;

/** A server with an account that holds what the requests name, and whoever knows the secret is let in. */
const making = (format: string, ledger: CreatedKeys = memoryKeys()) => ({
  now,
  newId: () => crypto.randomUUID(),
  newKey: () => generateKey(format),
  ledger,
});
const only = (secret: string) => async (token: string | undefined) => token === secret;

function cryptlexServer(licenses: cryptlex.LicenseStore): Respond {
  const account: cryptlex.CryptlexAccount = {
    products: [{ id: PRODUCT, licenseTemplateId: OTHER }],
    licenseTemplates: [{ id: OTHER, subscriptionStartTrigger: 'creation' }],
    licenses,
    authenticate: only(SECRETS.CRYPTLEX_TOKEN),
  };
  const options = { ...making('cryptlex'), account };
  return (request) => cryptlex.respond(request, options);
}

function solifynServer(licenses: solifyn.LicenseStore): Respond {
  const account: solifyn.SolifynAccount = {
    businessId: 'biz_1',
    products: [{ id: PRODUCT, publicId: 'prod_1' }],
    customers: [{ id: OTHER, publicId: 'cust_1' }],
    licenses,
    authenticate: only(SECRETS.SOLIFYN_TOKEN),
  };
  const options = { ...making('solifyn'), account };
  return (request) => solifyn.respond(request, options);
}

function lukittuServer(licenses: lukittu.LicenseStore): Respond {
  const account: lukittu.LukittuAccount = {
    teamId: OTHER,
    products: [ANVIL],
    customers: [CUSTOMER],
    licenses,
    maxLicenses: 10_000,
    authenticate: only(SECRETS.LUKITTU_TOKEN),
  };
  const options = { ...making('lukittu'), account };
  return (request) => lukittu.respond(request, options);
}

interface Case {
  readonly name: string;
  readonly vendor: Reader;
  readonly server: (licenses: cryptlex.LicenseStore) => Respond;
  readonly fields: JsonObject;
  readonly created: number;
  readonly status: string;
  readonly expiresAt: string;
}

/** The vendors that answer with a license, each with terms that it has to reckon with. */
const VENDORS: readonly Case[] = [
  {
    name: 'Cryptlex',
    vendor: cryptlex,
    server: cryptlexServer,
    fields: { productId: PRODUCT, subscriptionInterval: 'P1Y' },
    created: 201,
    status: 'ACTIVE',
    expiresAt: '2027-03-01T12:00:00.000Z',
  },
  {
    name: 'Solifyn',
    vendor: solifyn,
    server: solifynServer,
    fields: { productId: 'prod_1', customerId: 'cust_1', expiryHours: 720 },
    created: 200,
    status: 'ACTIVE',
    expiresAt: '2026-03-31T12:00:00.000Z',
  },
  {
    name: 'Lukittu',
    vendor: lukittu,
    server: lukittuServer,
    fields: {
      teamId: OTHER,
      expirationType: 'DURATION',
      expirationStart: 'CREATION',
      expirationDays: 90,
      productIds: [ANVIL.id],
      customerIds: [CUSTOMER.id],
    },
    created: 200,
    status: 'ACTIVE',
    expiresAt: '2026-05-30T12:00:00.000Z',
  },
];

describe.each(VENDORS)('$name, there and back', ({ vendor, server, fields, created, status, expiresAt }) => {
  const keys = generateKeys(vendor.keyFormat, COUNT);
  const requests = prepareAll(vendor, keys, fields);
  const licenses = cryptlex.memoryLicenses();
  const respond = server(licenses);

  it('creates 1,000 licenses of 1,000 keys, whose records say the same', async () => {
    const answers = new Set<number>();
    for (const request of requests) {
      const first = await send(respond, request);
      const last = request.then ? await send(respond, request.then, asJson(first)) : first;
      answers.add(first.status).add(last.status);
    }
    expect([...answers]).toEqual([created]);
    const records = (await licenses.list()).map((record) => vendor.parseRecord(record, { now }));
    expect(records.filter(({ ok }) => !ok)).toEqual([]);
    const read = records.filter((record) => record.ok);
    expect(read.map(({ key }) => key)).toEqual(keys);
    expect(new Set(read.map(({ id }) => id)).size).toBe(COUNT);
    const derived = new Set(
      read.map((record) => JSON.stringify([record.status, record.expiresAt, record.warnings])),
    );
    expect([...derived]).toEqual([JSON.stringify([status, expiresAt, []])]);
  });

  it('knows every key the second time, and creates nothing', async () => {
    const before = await licenses.list();
    const finds = await Promise.all(requests.map((request) => known(respond, request)));
    expect(finds.filter((found) => !found)).toEqual([]);
    // Who does not look first is refused; Lukittu's would leave a license behind.
    const direct = requests.filter(({ then }) => then === undefined);
    const answers = await Promise.all(direct.map((request) => send(respond, request)));
    expect(answers.filter((answer) => answer.status !== 409)).toEqual([]);
    expect(await licenses.list()).toEqual(before);
  });
});

describe('GetKeyManager, there and back', () => {
  const keys = generateKeys(getkeymanager.keyFormat, COUNT);
  const fields = { product_id: 1, activation_limit: 3, validity: 365, status: 'available' };
  const stored: string[] = [];
  const ledger = memoryKeys();
  const noting: CreatedKeys = {
    create: async (wanted) => {
      const answers = await ledger.create(wanted);
      stored.push(...wanted.filter((_, index) => answers[index]?.fresh));
      return answers;
    },
  };
  const account: getkeymanager.GetKeyManagerAccount = {
    signer: signers.Ed25519,
    authenticate: async (key) => (key === SECRETS.GETKEYMANAGER_API_KEY ? 'ok' : 'invalid'),
    responses: new Map(),
  };
  const options = { ...making('getkeymanager', noting), account };
  const respond: Respond = (request) => getkeymanager.respond(request, options);

  it('creates 1,000 keys with one request, whose answer is signed', async () => {
    const [request = never(), ...more] = prepareAll(getkeymanager, keys, fields);
    expect(more).toEqual([]);
    const first = await send(respond, request);
    const verdict = await verifyResponse(
      JSON.stringify(first.body),
      addPublicKey(undefined, demoEd25519.publicKey),
      { now },
    );
    expect(verdict).toMatchObject({ ok: true, payload: { code: 900, created: COUNT, duplicate: 0 } });
    expect(stored).toEqual(keys);
    const rows = stored.map((license_key, index) => ({ ...fields, id: index + 1, license_key }));
    const read = rows.map((row) => getkeymanager.parseRecord(row, { now }));
    expect(read.map((record) => record.ok && record.key)).toEqual(keys);
  });

  it('repeats its answer to the same request, and knows every key in another', async () => {
    const [request = never()] = prepareAll(getkeymanager, keys, fields);
    expect((await send(respond, request)).body).toMatchObject({ response: { code: 900, created: COUNT } });
    for (const chunk of [keys.slice(0, 600), keys.slice(600)]) {
      const [again = never()] = prepareAll(getkeymanager, chunk, fields);
      const { body } = await send(respond, again);
      expect(body).toMatchObject({ response: { code: 902, created: 0, duplicate: chunk.length } });
    }
    expect(stored).toHaveLength(COUNT);
  });
});

describe('Lukittu, when the second request never happened', () => {
  const licenses = lukittu.memoryLicenses();
  const respond = lukittuServer(licenses);
  const fields = { teamId: OTHER, expirationType: 'NEVER' };
  const [request = never(), other = never()] = prepareAll(lukittu, generateKeys('lukittu', 2), fields);

  it('finds the license by its marker, and finishes it', async () => {
    for (const one of [request, other]) await send(respond, one);
    expect(await known(respond, request)).toBe(false);
    const orphans = await listed(respond, request.unfinished ?? never());
    expect(orphans).toHaveLength(1);
    expect(await send(respond, request.then ?? never(), { data: orphans[0] ?? {} })).toMatchObject({
      status: 200,
      body: { data: { licenseKey: request.keys[0], metadata: [] } },
    });
    expect(await listed(respond, request.unfinished ?? never())).toEqual([]);
    expect(await known(respond, request)).toBe(true);
  });

  it('has the key refused when it is sent again without a look', async () => {
    const first = await send(respond, request);
    expect(await send(respond, request.then ?? never(), asJson(first))).toMatchObject({
      status: 400,
      body: { result: { details: 'License key already exists' } },
    });
  });
});

function prepareAll(vendor: Reader, keys: readonly string[], fields: JsonObject): readonly ImportRequest[] {
  const { keysPerRequest } = vendor;
  return Array.from({ length: Math.ceil(keys.length / keysPerRequest) }, (_, index) => {
    const chunk = keys.slice(index * keysPerRequest, (index + 1) * keysPerRequest);
    const rows = chunk.map((key) => ({ key, fields: {} }));
    const prepared = vendor.prepareRequest(rows, { fields, now, baseUrl: 'https://licenses.example' });
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.issues));
    return prepared.request;
  });
}

/** Sends a request as text, as it goes over the network. */
async function send(respond: Respond, request: HttpRequest, reply?: JsonValue): Promise<OutgoingResponse> {
  const { body, ...rest } = fillRequest(request, { secrets: SECRETS, ...(reply !== undefined && { reply }) });
  return respond({ ...rest, ...(body !== undefined && { body: asText(body) }) });
}

function asText(body: JsonObject | string): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function asJson({ body }: OutgoingResponse): JsonValue {
  return JSON.parse(JSON.stringify(body));
}

/** The licenses in the reply to a look-up, whichever server gave it. */
async function listed(respond: Respond, lookup: HttpRequest): Promise<readonly JsonObject[]> {
  const { status, body } = await send(respond, lookup);
  expect(status).toBe(200);
  const list: unknown = Array.isArray(body)
    ? body
    : Reflect.get(Object(Reflect.get(body, 'data')), 'licenses');
  return Array.isArray(list) ? list : [];
}

async function known(respond: Respond, { lookup = never(), keys }: ImportRequest): Promise<boolean> {
  const found = await listed(respond, lookup);
  return found.some((license) => (license['key'] ?? license['licenseKey']) === keys[0]);
}

function never(): never {
  throw new Error('it should be there');
}
