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

/** 50 requests in a window of 5 seconds and IP address, look-ups included; abuse ends on a blacklist. */
export const pace: Pace = { requests: 50, seconds: 5, documented: true, advised: 8 };

/** No quota is documented. */
export const quotas: readonly Quota[] = [];

/** Metadata that nothing says of who may see it is shown to nobody but the vendor. */
export const prepareFields: PrepareFields = {
  key: 'key',
  secret: [],
  path: [],
  metadataItem: (key, value) => ({ key, value }),
};

/**
 * The request that creates one license with this key, at `https://api.cryptlex.com` unless `baseUrl` says
 * `https://api.eu.cryptlex.com` or another. The server has no idempotency key: whether a request arrived
 * whose reply was lost, `lookup` tells, a search for the key, since it is ours.
 *
 * @throws {KeywrightError} `invalid_option`: not exactly one row.
 *
 * @example
 * const fields = { productId: '0b7e2a4c-5d3f-4a61-9c8e-7f1d2b3a4c5d' };
 * const result = prepareRequest([{ key: 'A1B2C3-D4E5F6-071829', fields: {} }], { fields, now: new Date() });
 * result.ok && result.request.url; // 'https://api.cryptlex.com/v3/licenses'
 */
export function prepareRequest(rows: readonly ImportRow[], options: PrepareOptions): RequestResult {
  const { baseUrl = 'https://api.cryptlex.com', now, level } = options;
  const preparation = new Preparation(rows, options, { keysPerRequest, prepareFields, keyProblem });
  const [key = ''] = preparation.keys;
  const body = { ...preparation.fields, key };
  preparation.add(validateCreateRequest(body, { now, level }));
  const url = `${baseUrl}/v3/licenses`;
  const lookup = {
    method: 'GET',
    url: `${url}?key%5Beq%5D=${encodeURIComponent(key)}`,
    headers: jsonHeaders(TOKEN, false),
  };
  return preparation.outcome(
    { method: 'POST', url, headers: jsonHeaders(TOKEN, true), body, lookup },
    preparation.idempotencyKey('POST', url, body),
  );
}

const TOKEN = 'CRYPTLEX_TOKEN';
