import { isJsonObject, type JsonObject, type JsonValue } from '../../encoding/json-text.js';
import { bearerToken, readJsonBody, readTarget } from '../server/incoming-request.js';
import { Findings, readJsonValue } from '../server/validation.js';
import type { IncomingRequest, OutgoingResponse, RespondOptions } from '../server/vendor.js';
import type { CryptlexAccount } from './account.js';
import { validateCreateRequest } from './create-request.js';
import { type Draft, newRecord, spanOf } from './new-license.js';

type Options = RespondOptions<CryptlexAccount>;

/** How often another key is made when the one just made exists already. */
const ATTEMPTS = 5;
/** The most that a list holds; what it holds unless asked is not published. */
const LIST_LIMIT = 100;

/**
 * Answers as Cryptlex does: `POST /v3/licenses` with 201 and the record, `GET /v3/licenses` with the list that the
 * parameters `key[eq]` (or `key`), `productId`, `page` and `limit` (1 to 100) choose, `GET /v3/licenses/{id}` with one.
 * A license inherits from its template; `expiresAt` is `createdAt` and the interval on the calendar of UTC. What
 * is wrong comes back as `{message, code}`: 400, 401, 404, 405, or 409 for a license key that exists. The codes of
 * this endpoint are not published: these are ours, and so is 409, after the one that is published for a conflict.
 * Requests are not counted: the limit of 50 in 5 seconds is a matter of what stands before the server.
 *
 * @throws {KeywrightError} `invalid_option` when `now` is no valid date. Whatever ledger, licenses and
 * `authenticate` throw comes through. Never for a request.
 * @example
 * const account = { products: [], licenseTemplates: [], licenses: memoryLicenses() };
 * const options = {
 *   now: new Date(), newId: () => crypto.randomUUID(), newKey: () => generateKey('cryptlex'), ledger: memoryKeys(), account,
 * };
 * (await respond({ method: 'POST', url: '/v3/licenses', body: '{' }, options)).body.code; // 'INVALID_REQUEST'
 * (await respond({ method: 'GET', url: '/v3/licenses?key[eq]=x' }, options)).body; // []
 */
export async function respond(request: IncomingRequest, options: Options): Promise<OutgoingResponse> {
  const { account } = options;
  const { path, query } = readTarget(request.url);
  const [version, collection, id, ...more] = path;
  if (version !== 'v3' || collection !== 'licenses' || more.length > 0)
    return failure(404, 'NOT_FOUND', 'no such path');
  if (account.authenticate !== undefined && !(await account.authenticate(bearerToken(request))))
    return failure(401, 'UNAUTHORIZED', 'the access token is missing or not valid');
  const method = request.method.toUpperCase();
  if (method === 'GET') return id === undefined ? list(query, account) : single(id, account);
  if (method === 'POST' && id === undefined) return create(request, options);
  return failure(405, 'METHOD_NOT_ALLOWED', 'the path does not have that method');
}

async function create(request: IncomingRequest, options: Options): Promise<OutgoingResponse> {
  const json = readJsonBody(request);
  if (json === undefined) return failure(400, 'INVALID_REQUEST', 'the body is not JSON');
  const body = readJsonValue(json.value, new Findings());
  const { ok, issues } = validateCreateRequest(body ?? json.value, options);
  if (!ok || body === undefined || !isJsonObject(body)) {
    const faults = issues.map(({ path, message }) => [path.join('.') || 'the body', message].join(' '));
    return failure(400, 'INVALID_REQUEST', faults.join('; '));
  }
  const draft = draftOf(body, options);
  if ('status' in draft) return draft;
  const span = spanOf(draft);
  if (span === undefined) return failure(400, 'INVALID_REQUEST', 'the license would end after the year 9999');
  const key = await claimKey(draft, options);
  if (typeof key !== 'string') return key;
  const record = newRecord(draft, key, span, options.newId);
  await options.account.licenses.put(String(record['id']), key, record);
  return { status: 201, body: record };
}

/** Finds what the request names, and holds the two together against the template's demands. */
function draftOf(request: JsonObject, { account, now }: Options): Draft | OutgoingResponse {
  const product = account.products.find(({ id }) => isSame(id, request['productId']));
  if (product === undefined)
    return failure(404, 'PRODUCT_NOT_FOUND', 'there is no product of that productId');
  const templateId = request['licenseTemplateId'] ?? request['licensePolicyId'] ?? product.licenseTemplateId;
  const template = account.licenseTemplates.find(({ id }) => isSame(id, templateId));
  if (template === undefined)
    return failure(
      404,
      'LICENSE_TEMPLATE_NOT_FOUND',
      'there is no license template of that licenseTemplateId',
    );
  const find = (id: JsonValue | undefined) => account.users?.find((user) => isSame(user.id, id)) ?? null;
  const { userId, resellerId, additionalUserIds } = request;
  const named = [userId, resellerId, ...listOf(additionalUserIds)].filter((id) => typeof id === 'string');
  if (named.some((id) => find(id) === null))
    return failure(404, 'USER_NOT_FOUND', 'there is no user of that id');
  const missing = [
    ...lacking(template['requiredMetadataKeys'], request['metadata'], 'key'),
    ...lacking(
      template['requiredMeterAttributes'],
      request['meterAttributes'] ?? template['meterAttributes'],
      'name',
    ),
  ];
  if (missing.length > 0)
    return failure(400, 'INVALID_REQUEST', `the license template requires ${missing.join(', ')}`);
  const inherited = { ...template, ...withoutNulls(request) };
  if (inherited['type'] === 'on-premise-floating' && inherited['allowContainerActivation'] === true)
    return failure(
      400,
      'INVALID_REQUEST',
      'allowContainerActivation must not be true for on-premise-floating licenses',
    );
  return { request, template, user: find(userId), reseller: find(resellerId), now };
}

/** The request's key, or a new one, entered into the ledger; or the answer that it exists. */
async function claimKey({ request, template }: Draft, options: Options): Promise<string | OutgoingResponse> {
  const { key } = request;
  const pattern = template['keyPattern'];
  const given = typeof key === 'string' && key !== '' ? key : undefined;
  for (let attempt = 0; attempt < (given === undefined ? ATTEMPTS : 1); attempt++) {
    const wanted = given ?? (typeof pattern === 'string' ? options.newKey(pattern) : options.newKey());
    // A license that was not made here may be in no ledger.
    if ((await options.account.licenses.withKey(wanted)) !== undefined) continue;
    const [stored] = await options.ledger.create([wanted]);
    if (stored?.fresh === true) return wanted;
  }
  return given === undefined
    ? failure(500, 'INTERNAL_SERVER_ERROR', 'no license key could be made that is new')
    : failure(409, 'LICENSE_KEY_EXISTS', 'the license key exists already');
}

async function list(query: ReadonlyMap<string, string>, account: CryptlexAccount): Promise<OutgoingResponse> {
  const limit = numberOf(query.get('limit') ?? String(LIST_LIMIT));
  const page = numberOf(query.get('page') ?? '1');
  if (limit === undefined || limit > LIST_LIMIT)
    return failure(400, 'INVALID_REQUEST', `limit must be an integer from 1 to ${LIST_LIMIT}`);
  if (page === undefined) return failure(400, 'INVALID_REQUEST', 'page must be an integer from 1');
  const key = query.get('key[eq]') ?? query.get('key');
  const productId = query.get('productId');
  const found = key === undefined ? await account.licenses.list() : [await account.licenses.withKey(key)];
  const licenses = found
    .filter((license) => license !== undefined)
    .filter((license) => productId === undefined || isSame(productId, license['productId']));
  return { status: 200, body: licenses.slice((page - 1) * limit, page * limit) };
}

async function single(id: string, account: CryptlexAccount): Promise<OutgoingResponse> {
  const license = await account.licenses.withId(id);
  return license === undefined
    ? failure(404, 'LICENSE_NOT_FOUND', 'there is no license of that id')
    : { status: 200, body: license };
}

function failure(status: number, code: string, message: string): OutgoingResponse {
  return { status, body: { message, code } };
}

/** The names in `required` that no entry of `list` has. */
function lacking(
  required: JsonValue | undefined,
  list: JsonValue | undefined,
  member: string,
): readonly string[] {
  const names = listOf(list).map((entry) => (isJsonObject(entry) ? entry[member] : undefined));
  return listOf(required)
    .filter((name) => typeof name === 'string')
    .filter((name) => !names.includes(name));
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

/** UUIDs are one whatever their case. */
function isSame(id: string, other: JsonValue | undefined): boolean {
  return typeof other === 'string' && id.toLowerCase() === other.toLowerCase();
}

function numberOf(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
