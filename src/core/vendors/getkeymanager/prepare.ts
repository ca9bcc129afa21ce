import { PARAMETERS } from '../../bulk-create/bulk-request.js';
import { misuse, Preparation, placeholder } from '../server/preparation.js';
import type {
  ImportRow,
  Pace,
  PrepareFields,
  PrepareOptions,
  Quota,
  RequestResult,
} from '../server/vendor.js';
import { validateCreateRequest } from './create-request.js';
import { formText } from './form.js';
import { keyProblem } from './license-key.js';

/** The vendor's own batches end there; it names no limit for this endpoint. */
export const keysPerRequest = 1000;

/** No limit is documented. */
export const pace: Pace = { requests: 1, seconds: 1, documented: false, advised: 1 };

/** No quota is documented. */
export const quotas: readonly Quota[] = [];

/** Where a request has its key, and which of its fields is a secret. */
export const prepareFields: PrepareFields = {
  key: 'license_keys',
  secret: ['api_key'],
  path: [],
  owner: ['owner_name', 'owner_email', 'assigned_at'],
};

/**
 * The bulk create of these keys: the text of a form, whose `api_key` is `${GETKEYMANAGER_API_KEY}`, to be
 * replaced by the percent-encoded secret (see `fillRequest`). The server is self-hosted, so `baseUrl` is
 * demanded. A retry is safe: with the same `Idempotency-Key` the server repeats its response, and without, keys
 * that are stored count as duplicates.
 *
 * @throws {KeywrightError} `invalid_option`: no rows, over 1,000, of different fields; no base URL.
 *
 * @example
 * const fields = { product_id: 1, activation_limit: 0, validity: 0, status: 'available' };
 * const options = { fields, baseUrl: 'https://keys.example', now: new Date() };
 * const result = prepareRequest([{ key: 'AAAA', fields: {} }], options);
 * result.ok && result.request.url; // 'https://keys.example/api/v1/create-license-keys'
 */
export function prepareRequest(rows: readonly ImportRow[], options: PrepareOptions): RequestResult {
  const { baseUrl, now, level } = options;
  if (baseUrl === undefined) {
    throw misuse('baseUrl', 'GetKeyManager is self-hosted: say where it is');
  }
  const preparation = new Preparation(rows, options, { keysPerRequest, prepareFields, keyProblem });
  const { keys, fields } = preparation;
  preparation.add(validateCreateRequest({ ...fields, api_key: SECRET, license_keys: keys }, { now, level }));
  const names = [...PARAMETERS, ...Object.keys(fields)].filter((name) => !FILLED.includes(name));
  const pairs = [...new Set(names)].flatMap((name): readonly (readonly [string, string])[] => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return value === undefined || value === null || value === '' ? [] : [[name, String(value)]];
  });
  const body = `api_key=${SECRET}&${formText([['license_keys', JSON.stringify(keys)], ...pairs])}`;
  const url = `${baseUrl}/api/v1/create-license-keys`;
  const idempotencyKey = preparation.idempotencyKey('POST', url, body);
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    Accept: 'application/json',
    'Idempotency-Key': idempotencyKey,
  };
  return preparation.outcome({ method: 'POST', url, headers, body }, idempotencyKey);
}

const SECRET = placeholder('GETKEYMANAGER_API_KEY');
const FILLED: readonly string[] = ['api_key', 'license_keys'];
