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

/** No limit is documented. */
export const pace: Pace = { requests: 5, seconds: 1, documented: false, advised: 5 };

/** No quota is documented. */
export const quotas: readonly Quota[] = [];

/** Where a request has its key; no field of it is a secret or stands in its path. */
export const prepareFields: PrepareFields = { key: 'key', secret: [], path: [] };

/**
 * The request that creates one license with this key, at `https://api.solifyn.com` unless `baseUrl` says
 * `https://sandbox-api.solifyn.com` or another. There is neither an idempotency key nor a search: `lookup` is
 * the list of all licenses, to be fetched once for many keys.
 *
 * @throws {KeywrightError} `invalid_option`: not exactly one row.
 *
 * @example
 * const fields = { productId: 'prod_1a2b3c4d5e6f7', customerId: 'cust_1a2b3c4d5' };
 * const result = prepareRequest([{ key: 'A1B2-C3D4-E5F6', fields: {} }], { fields, now: new Date() });
 * result.ok && result.request.url; // 'https://api.solifyn.com/v1/licenses'
 */
export function prepareRequest(rows: readonly ImportRow[], options: PrepareOptions): RequestResult {
  const { baseUrl = 'https://api.solifyn.com', now, level } = options;
  const preparation = new Preparation(rows, options, { keysPerRequest, prepareFields, keyProblem });
  const [key = ''] = preparation.keys;
  const body = { ...preparation.fields, key };
  preparation.add(validateCreateRequest(body, { now, level }));
  const url = `${baseUrl}/v1/licenses`;
  const lookup = { method: 'GET', url, headers: jsonHeaders(TOKEN, false) };
  return preparation.outcome(
    { method: 'POST', url, headers: jsonHeaders(TOKEN, true), body, lookup },
    preparation.idempotencyKey('POST', url, body),
  );
}

const TOKEN = 'SOLIFYN_TOKEN';
