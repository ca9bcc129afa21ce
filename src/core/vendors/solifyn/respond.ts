import { isJsonObject, type JsonObject, type JsonValue } from '../../encoding/json-text.js';
import { bearerToken, readJsonBody, readTarget } from '../server/incoming-request.js';
import { Findings, readJsonValue } from '../server/validation.js';
import type { IncomingRequest, OutgoingResponse, RespondOptions } from '../server/vendor.js';
import { addSeconds, instantOf, writeInstant } from '../time/instant.js';
import type { Named, SolifynAccount } from './account.js';
import { validateCreateRequest } from './create-request.js';

type Options = RespondOptions<SolifynAccount>;

/** How often another key is made when the one just made exists already. */
const ATTEMPTS = 5;

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  500: 'Internal Server Error',
};

/**
 * Answers as Solifyn does: `POST /v1/licenses` with 200 and the record of sixteen members, `GET /v1/licenses` with
 * the list of all, `GET /v1/licenses/{id}` with one. `expiresAt` is `createdAt` and `expiryHours`; a limit that the
 * request does not give is null, for none. What is wrong comes back as `{statusCode, message, error}`: 400 (where
 * `message` is a list), 401, 404, 405, or 409 for a license key that exists; the document tells of no failures,
 * and of these the SDKs know 400 and 401.
 *
 * @throws {KeywrightError} `invalid_option` when `now` is no valid date. Whatever ledger, licenses and
 * `authenticate` throw comes through. Never for a request.
 * @example
 * const account = { businessId: 'biz_1', products: [], customers: [], licenses: memoryLicenses() };
 * const options = {
 *   now: new Date(), newId: () => crypto.randomUUID(), newKey: () => generateKey('solifyn'), ledger: memoryKeys(), account,
 * };
 * (await respond({ method: 'POST', url: '/v1/licenses', body: '{' }, options)).body.error; // 'Bad Request'
 * (await respond({ method: 'GET', url: '/v1/licenses' }, options)).body; // []
 */
export async function respond(request: IncomingRequest, options: Options): Promise<OutgoingResponse> {
  const { account } = options;
  const [version, collection, id, ...more] = readTarget(request.url).path;
  if (version !== 'v1' || collection !== 'licenses' || more.length > 0) return failure(404, 'no such path');
  if (account.authenticate !== undefined && !(await account.authenticate(bearerToken(request))))
    return failure(401, 'the API key is missing or not valid');
  const method = request.method.toUpperCase();
  if (method === 'POST' && id === undefined) return create(request, options);
  if (method !== 'GET') return failure(405, 'the path does not have that method');
  if (id === undefined) return { status: 200, body: await account.licenses.list() };
  const license = await account.licenses.withId(id);
  return license === undefined
    ? failure(404, 'there is no license of that id')
    : { status: 200, body: license };
}

async function create(request: IncomingRequest, options: Options): Promise<OutgoingResponse> {
  const json = readJsonBody(request);
  if (json === undefined) return failure(400, ['the body is not JSON']);
  const body = readJsonValue(json.value, new Findings());
  const { ok, issues } = validateCreateRequest(body ?? json.value, options);
  if (!ok || body === undefined || !isJsonObject(body)) {
    return failure(
      400,
      issues.map(({ path, message }) => `${path.join('.') || 'the body'} ${message}`),
    );
  }
  const { account } = options;
  const product = find(account.products, body['productId']);
  if (product === undefined) return failure(404, 'there is no product of that productId');
  const customer = find(account.customers, body['customerId']);
  if (customer === undefined) return failure(404, 'there is no customer of that customerId');
  const key = await claimKey(body['key'], options);
  if (typeof key !== 'string') return key;
  const record = newRecord(body, key, { product, customer }, options);
  await account.licenses.put(String(record['id']), key, record);
  return { status: 200, body: record };
}

/** The request's key, or a new one, entered into the ledger; or the answer that it exists. */
async function claimKey(given: JsonValue | undefined, options: Options): Promise<string | OutgoingResponse> {
  const own = typeof given === 'string' ? given : undefined;
  for (let attempt = 0; attempt < (own === undefined ? ATTEMPTS : 1); attempt++) {
    const wanted = own ?? options.newKey();
    // A license that was not made here may be in no ledger.
    if ((await options.account.licenses.withKey(wanted)) !== undefined) continue;
    const [stored] = await options.ledger.create([wanted]);
    if (stored?.fresh === true) return wanted;
  }
  return own === undefined
    ? failure(500, 'no license key could be made that is new')
    : failure(409, 'the license key exists already');
}

/** The record of a new license, its members in the published order. */
function newRecord(
  request: JsonObject,
  key: string,
  { product, customer }: { readonly product: Named; readonly customer: Named },
  { account, now, newId }: Options,
): JsonObject {
  const { activationLimit = null, expiryHours = null } = request;
  const created = instantOf(now);
  const expires = typeof expiryHours === 'number' ? addSeconds(created, expiryHours * 3600) : undefined;
  const createdAt = writeInstant(created);
  return {
    id: `lic_${newId()}`,
    key,
    status: 'ACTIVE',
    businessId: account.businessId,
    productId: product.publicId,
    paymentId: account.paymentId ?? null,
    customerId: customer.publicId,
    activationLimit,
    activationMessage: account.activationMessage ?? null,
    instancesCount: 0,
    expiryHours,
    expiresAt: expires === undefined ? null : writeInstant(expires),
    filters: null,
    archived: false,
    createdAt,
    updatedAt: createdAt,
  };
}

function find(list: readonly Named[], id: JsonValue | undefined): Named | undefined {
  const same = (uuid: string) => typeof id === 'string' && uuid.toLowerCase() === id.toLowerCase();
  return list.find((entry) => entry.publicId === id || same(entry.id));
}

function failure(statusCode: number, message: string | readonly string[]): OutgoingResponse {
  return { status: statusCode, body: { statusCode, message, error: REASONS[statusCode] ?? 'Error' } };
}
