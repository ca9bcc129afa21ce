import { isJsonObject, type JsonObject, type JsonValue } from '../../encoding/json-text.js';
import { bearerToken, readJsonBody, readTarget, type Target } from '../server/incoming-request.js';
import { requireTime } from '../server/validation.js';
import type { IncomingRequest, Level, OutgoingResponse, RespondOptions } from '../server/vendor.js';
import type { LukittuAccount } from './account.js';
import { Answers } from './answer.js';
import { expirationOfNew, expirationOfUpdated } from './expiration.js';
import { listedLicense, named, newLicense, textsOf, updatedLicense } from './license.js';
import { LICENSE_KEY } from './license-key.js';
import { judgeBody, type RequestKind } from './request.js';

/** A team's quota, where the account names none. */
const MAX_LICENSES = 100;
/** How often a key is drawn before the server gives up. */
const MOST_DRAWS = 5;
const PAGE_SIZES: readonly number[] = [10, 25, 50, 100];
const PAGE_SIZE = 25;
/** What the server calls a UUID: any version, either case. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Answers a request to Lukittu's Dev API as its server does, errors and their order included:
 * `POST /api/v1/dev/teams/{teamId}/licenses` creates a license with a new key, `PUT …/licenses/id/{licenseId}`
 * replaces what a license holds (its key too), `GET …/licenses` lists the newest first (`page`, `pageSize` 10, 25,
 * 50 or 100, `search`, which finds one whole key, and `metadataKey` with `metadataValue`; of anything else that
 * stands there it takes no notice).
 *
 * Keys are unique through the ledger: five are drawn at most for a new license, and a PUT takes one in only when
 * nothing else is wrong with it. A key that a license gave up stays taken, as does one whose mail failed; at
 * the real server both are free again. At level `documented` errors carry `result.code` and null as `data`,
 * licenses what the pages list; the rules are those of `validateCreateRequest`.
 *
 * Never throws, whatever the request: what ledger, account, newId and newKey throw becomes a 500, as it would there.
 *
 * @throws {KeywrightError} `invalid_option` when `now` is no valid time.
 *
 * @example
 * const account = { teamId: crypto.randomUUID(), products: [], customers: [], licenses: memoryLicenses() };
 * const url = `/api/v1/dev/teams/${account.teamId}/licenses`;
 * const options = {
 *   now: new Date(), newId: () => crypto.randomUUID(), newKey: () => generateKey('lukittu'), ledger: memoryKeys(), account,
 * };
 * (await respond({ method: 'POST', url, body: '{' }, options)).body.result.details; // 'Invalid JSON body'
 * (await respond({ method: 'GET', url }, options)).body.data.totalResults; // 0
 */
export async function respond(
  request: IncomingRequest,
  options: RespondOptions<LukittuAccount>,
): Promise<OutgoingResponse> {
  requireTime(options.now);
  const answers = new Answers(options.now, options.level ?? 'server');
  try {
    return await route({ ...options, level: options.level ?? 'server', request, answers });
  } catch {
    return answers.refusal(500, 'Internal server error');
  }
}

/** A request on its way to the answer. */
interface Call extends RespondOptions<LukittuAccount> {
  readonly request: IncomingRequest;
  readonly answers: Answers;
  readonly level: Level;
}

async function route(call: Call): Promise<OutgoingResponse> {
  const { request, answers, account } = call;
  const target = readTarget(request.url);
  const [api, v1, dev, teams, teamId = '', licenses, id, licenseId, ...rest] = target.path;
  const known = [api, v1, dev, teams, licenses, id ?? 'id'].join('/') === 'api/v1/dev/teams/licenses/id';
  if (!known || rest.length > 0 || (id === undefined) !== (licenseId === undefined)) {
    return answers.refusal(404, 'Not found');
  }
  const method = request.method.toUpperCase();
  if (!(licenseId === undefined ? ['POST', 'GET'] : ['PUT']).includes(method)) {
    return answers.refusal(405, 'Method not allowed');
  }
  if (!UUID.test(teamId)) return answers.refusal(400, 'Invalid teamId');
  if (licenseId !== undefined && !UUID.test(licenseId)) return answers.refusal(400, 'Invalid licenseId');
  const { authenticate = async () => true } = account;
  if (!sameId(teamId, account.teamId) || !(await authenticate(bearerToken(request)))) {
    return answers.refusal(401, 'Invalid API key');
  }
  if (licenseId !== undefined) return update(call, licenseId);
  return method === 'POST' ? create(call) : list(call, target);
}

async function create(call: Call): Promise<OutgoingResponse> {
  const { answers, account, now, level } = call;
  const { fields, refusal } = readFields(call, 'create');
  if (fields === undefined) return refusal;
  const { maxLicenses = MAX_LICENSES, licenses } = account;
  if ((await licenses.list()).length >= maxLicenses) return answers.refusal(403, 'Max licenses reached');
  const strangers = findStrangers(call, fields);
  if (strangers !== undefined) return strangers;
  const expirationDate = expirationOfNew(fields, now);
  if (expirationDate === undefined) return answers.refusal(500, 'Error processing license creation');
  const key = await drawKey(call);
  if (key === undefined) return answers.refusal(500, 'Failed to generate license key');
  const license = newLicense(fields, key, expirationDate, call);
  const delivery = fields['sendEmailDelivery'] === true ? await deliver(account, license) : 'sent';
  if (delivery === 'limited') return answers.refusal(429, 'Too many requests');
  if (delivery === 'failed') return answers.refusal(500, 'Failed to send email');
  await licenses.put(String(license['id']), key, license);
  const deprecated = level === 'server' ? { seats: license['hwidLimit'] ?? null } : {};
  return answers.success('License created', { ...license, ...deprecated });
}

/** A key that is nobody's yet, and ours now. */
async function drawKey({ ledger, newKey }: Call): Promise<string | undefined> {
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    const key = newKey();
    const [stored] = await ledger.create([key]);
    if (stored?.fresh) return key;
  }
  return undefined;
}

async function update(call: Call, licenseId: string): Promise<OutgoingResponse> {
  const { answers, account, now, ledger } = call;
  const { fields, refusal } = readFields(call, 'update');
  if (fields === undefined) return refusal;
  const before =
    (await account.licenses.withId(licenseId)) ?? (await account.licenses.withId(licenseId.toLowerCase()));
  if (before === undefined) return answers.refusal(404, 'License not found');
  const strangers = findStrangers(call, fields);
  if (strangers !== undefined) return strangers;
  const license = updatedLicense(before, fields, expirationOfUpdated(fields, before, now), call);
  const key = String(fields['licenseKey']);
  if (key !== before['licenseKey']) {
    const taken = await account.licenses.withKey(key);
    const [stored] = taken === undefined ? await ledger.create([key]) : [];
    if (!stored?.fresh) return answers.refusal(400, 'License key already exists');
  }
  await account.licenses.put(String(before['id']), key, license);
  return answers.success('License updated', license);
}

async function list({ account, answers }: Call, { query }: Target): Promise<OutgoingResponse> {
  const search = query.get('search') ?? '';
  const searched = LICENSE_KEY.test(search)
    ? [await account.licenses.withKey(search)].filter((license) => license !== undefined)
    : (await account.licenses.list()).toReversed();
  const found = searched.filter((license) => hasMetadata(license, query));
  const page = Number.parseInt(query.get('page') ?? '', 10);
  const wanted = Number.parseInt(query.get('pageSize') ?? '', 10);
  const size = PAGE_SIZES.includes(wanted) ? wanted : PAGE_SIZE;
  const first = (page > 0 ? page - 1 : 0) * size;
  return answers.success('Licenses found', {
    hasNextPage: found.length > first + size,
    totalResults: found.length,
    licenses: found.slice(first, first + size).map(listedLicense),
  });
}

/** Both `metadataKey`, the whole key, and `metadataValue`, a part of the value in any case, or neither. */
function hasMetadata({ metadata }: JsonObject, query: Target['query']): boolean {
  const [key, value] = [query.get('metadataKey') ?? '', (query.get('metadataValue') ?? '').toLowerCase()];
  const unfit = (text: string) => text.length < 1 || text.length > 255;
  if (unfit(key) || unfit(value)) return true;
  const items: readonly JsonValue[] = Array.isArray(metadata) ? metadata : [];
  return items.some(
    (item) =>
      isJsonObject(item) && item['key'] === key && String(item['value']).toLowerCase().includes(value),
  );
}

type Reading =
  | { readonly fields: JsonObject; readonly refusal?: never }
  | { readonly fields?: never; readonly refusal: OutgoingResponse };

/** The fields of a body that the server's schema lets through, or the answer to one that it does not. */
function readFields({ request, answers, now, level }: Call, kind: RequestKind): Reading {
  const body = readJsonBody(request);
  if (body === undefined) return { refusal: answers.refusal(400, 'Invalid JSON body') };
  const { json = null, issues } = judgeBody(kind, body.value, level, now);
  if (issues.length === 0 && isJsonObject(json)) return { fields: json };
  const data = issues.map(({ message, path }): JsonObject => ({ message, path }));
  return { refusal: answers.refusal(400, 'Invalid request body', data) };
}

/** The answer to ids that name no product or customer of the team, or one of them twice. */
function findStrangers({ account, answers }: Call, fields: JsonObject): OutgoingResponse | undefined {
  for (const [list, owned] of [
    ['productIds', account.products],
    ['customerIds', account.customers],
  ] as const) {
    const ids: JsonValue | undefined = fields[list];
    if (named(ids, owned).length !== textsOf(ids).length) return answers.refusal(400, `Invalid ${list}`);
  }
  return undefined;
}

async function deliver(account: LukittuAccount, license: JsonObject): Promise<string> {
  return account.deliver === undefined || !hasAddress(license) ? 'sent' : account.deliver(license);
}

function hasAddress({ customers }: JsonObject): boolean {
  return (
    Array.isArray(customers) &&
    customers.some((customer: JsonValue) => isJsonObject(customer) && customer['email'])
  );
}

function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
