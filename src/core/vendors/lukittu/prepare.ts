import { isJsonObject, type JsonObject, type JsonValue } from '../../encoding/json-text.js';
import { jsonHeaders, Preparation } from '../server/preparation.js';
import type {
  ImportRow,
  Pace,
  PrepareFields,
  PrepareOptions,
  Quota,
  RequestResult,
} from '../server/vendor.js';
import { validateCreateRequest } from './create-request.js';
import { keyProblem } from './license-key.js';

/** There is no bulk endpoint. */
export const keysPerRequest = 1;

/** The pages say that all endpoints are limited, and not how. */
export const pace: Pace = { requests: 5, seconds: 1, documented: false, advised: 5 };

/** E-mails with the license are counted by the day. */
export const quotas: readonly Quota[] = [
  { what: 'licenses of a team unless its plan says otherwise, 403 beyond', licenses: 100, seconds: null },
  {
    what: 'licenses with sendEmailDelivery a day and team, 429 beyond',
    licenses: 50,
    seconds: 86_400,
    when: 'sendEmailDelivery',
  },
];

/** The server takes no key in a create request: it comes with the update that follows. */
export const prepareFields: PrepareFields = {
  key: 'licenseKey',
  secret: [],
  path: ['teamId'],
  metadataItem: (key, value) => ({ key, value, locked: false }),
};

/** What marks a license that is not finished yet: metadata of this key whose value is the idempotency key. */
export const MARKER = 'keywright';

const MOST_METADATA = 20;

/**
 * The two requests that create one license with this key, at `https://app.lukittu.com` unless `baseUrl` says
 * otherwise. `teamId` among the fields goes into the URLs. The first creates the license under a key that the
 * server makes up; `then` puts ours in its place, with `{data.id}` and `{data.expirationDate}` from the first
 * reply (an update without that date would erase it).
 *
 * Bodies are canonical: every field, null where nothing is given; dates as RFC 3339 in UTC, ids once each.
 * `lookup` finds the finished license by its key. One whose second request never happened has a key that nobody
 * knows: the first gives it a locked metadata item, {@link MARKER} with the idempotency key, by which `unfinished`
 * finds it, and which the second, replacing all metadata, takes away. With 20 items of one's own there
 * is no room for it, and a warning says so.
 *
 * @throws {KeywrightError} `invalid_option`: not exactly one row.
 *
 * @example
 * const fields = { teamId: '8bbf0df7-2b06-4f2c-9ee5-3a0b77a3a3b1', expirationType: 'NEVER' };
 * const result = prepareRequest([{ key: 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE', fields }], { fields: {}, now: new Date() });
 * result.ok && result.request.then.body.licenseKey; // 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE'
 */
export function prepareRequest(rows: readonly ImportRow[], options: PrepareOptions): RequestResult {
  const { baseUrl = 'https://app.lukittu.com', now, level } = options;
  const preparation = new Preparation(rows, options, { keysPerRequest, prepareFields, keyProblem });
  const [key = ''] = preparation.keys;
  const team = preparation.pathField('teamId', UUID, 'must be a UUID');
  const body = canonicalBody(preparation.fieldsWithout('teamId', 'licenseKey'));
  preparation.add(validateCreateRequest(body, { now, level }));
  const url = `${baseUrl}/api/v1/dev/teams/${team}/licenses`;
  const idempotencyKey = preparation.idempotencyKey('POST', url, body, key);
  const { sendEmailDelivery, ...rest } = body;
  if (sendEmailDelivery === true) {
    const problem =
      'mails the key that the server makes up, before ours takes its place: mail keys afterwards';
    preparation.found.warn(['sendEmailDelivery'], problem);
  }
  const update = { ...rest, expirationDate: '{data.expirationDate}', licenseKey: key };
  const get = (query: string) => ({
    method: 'GET',
    url: `${url}?${query}`,
    headers: jsonHeaders(TOKEN, false),
  });
  const metadata = marked(body['metadata'], idempotencyKey, preparation);
  return preparation.outcome(
    {
      method: 'POST',
      url,
      headers: jsonHeaders(TOKEN, true),
      body: { ...body, metadata },
      lookup: get(`search=${encodeURIComponent(key)}`),
      // biome-ignore lint/suspicious/noThenProperty: a member of a line of JSON, no promise
      then: { method: 'PUT', url: `${url}/id/{data.id}`, headers: jsonHeaders(TOKEN, true), body: update },
      unfinished:
        metadata === body['metadata']
          ? undefined
          : get(`metadataKey=${MARKER}&metadataValue=${idempotencyKey}`),
    },
    idempotencyKey,
  );
}

const TOKEN = 'LUKITTU_TOKEN';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What the server demands to be there, although its pages call it optional, and what is safe to say for it. */
const ABSENT: JsonObject = {
  expirationStart: null,
  expirationDate: null,
  expirationDays: null,
  ipLimit: null,
  hwidLimit: null,
  suspended: false,
  sendEmailDelivery: false,
  productIds: [],
  customerIds: [],
  metadata: [],
};

function canonicalBody(fields: JsonObject): JsonObject {
  const { expirationType, ...rest } = { ...ABSENT, ...fields };
  return {
    ...(expirationType === undefined ? {} : { expirationType }),
    ...rest,
    expirationDate: canonicalDate(rest['expirationDate'] ?? null),
    productIds: withoutRepeats(rest['productIds'] ?? []),
    customerIds: withoutRepeats(rest['customerIds'] ?? []),
  };
}

/** RFC 3339 in UTC, of what is a time with its zone; anything else is left to the validation. */
function canonicalDate(value: JsonValue): JsonValue {
  if (typeof value !== 'string' || !/T.*(Z|[+-]\d\d:\d\d)$/i.test(value)) return value;
  const [date, day] = [new Date(value), new Date(`${value.slice(0, 10)}T00:00:00Z`)];
  // Some engines take February 30 for March 2.
  if (Number.isNaN(date.getTime()) || Number.isNaN(day.getTime())) return value;
  return day.toISOString().startsWith(value.slice(0, 10)) ? date.toISOString() : value;
}

/** The server counts the rows it finds for the ids, in which case does not count. */
function withoutRepeats(value: JsonValue): JsonValue {
  if (!Array.isArray(value)) return value;
  const forms = value.map((id: JsonValue) => (typeof id === 'string' ? id.toLowerCase() : id));
  return value.filter(
    (_, index) => typeof forms[index] !== 'string' || forms.indexOf(forms[index]) === index,
  );
}

function marked(
  metadata: JsonValue | undefined,
  idempotencyKey: string,
  preparation: Preparation,
): JsonValue {
  if (!Array.isArray(metadata)) return metadata ?? [];
  if (metadata.some((item: JsonValue) => isJsonObject(item) && item['key'] === MARKER)) {
    preparation.found.refuse(
      ['metadata'],
      `holds the key ${MARKER}, which marks unfinished licenses: rename it`,
    );
  }
  if (metadata.length < MOST_METADATA) {
    return [...metadata, { key: MARKER, value: idempotencyKey, locked: true }];
  }
  const problem = `leaves no room for the item that marks an unfinished license: use ${MOST_METADATA - 1} at most`;
  preparation.found.warn(['metadata'], problem);
  return metadata;
}
