import { type BulkOptions, createLicenseKeys } from '../../bulk-create/bulk-create.js';
import { parseJson } from '../../encoding/json-text.js';
import { type SignOptions, signResponse } from '../../sign/envelope.js';
import type { Signer } from '../../sign/signer.js';
import { contentHash } from '../server/content-hash.js';
import { headerOf, readTarget } from '../server/incoming-request.js';
import { Findings } from '../server/validation.js';
import type { IncomingRequest, OutgoingResponse, RespondOptions } from '../server/vendor.js';
import { type Fields, knownFields, readFields } from './create-request.js';

/** A response that was given, and what it answered. */
export interface KeptResponse {
  /** A hash of the request's fields without its `api_key`. */
  readonly payload: string;
  readonly response: OutgoingResponse;
}

/**
 * The responses that were given, by idempotency key; a `Map` is one. Two requests of one key that overlap are both
 * carried out.
 */
export interface KeptResponses {
  get(idempotencyKey: string): KeptResponse | undefined | Promise<KeptResponse | undefined>;
  set(idempotencyKey: string, kept: KeptResponse): unknown;
}

/** What a request does not hold. */
export interface GetKeyManagerAccount {
  /** Signs the responses. */
  readonly signer: Signer;
  /** What `private_key_used` says; default `product`, and `global` where the API key is refused. */
  readonly role?: SignOptions['role'] | undefined;
  /** Default `php`: the vendor's bytes. */
  readonly style?: SignOptions['style'] | undefined;
  /** Judges the `api_key`; without it, every one will do. */
  readonly authenticate?: BulkOptions['authenticate'] | undefined;
  /** Where given responses are kept for `Idempotency-Key`; without it, the header means nothing. */
  readonly responses?: KeptResponses | undefined;
}

const PATH = 'api/v1/create-license-keys';

/**
 * Answers a bulk create (`POST /api/v1/create-license-keys`, a form or JSON) as the documented server does: a
 * signed envelope, with HTTP 200 also for 901 and 902, and 401 for 100 and 101. The same `Idempotency-Key`
 * with the same fields gets the same response and creates nothing; with other fields 422, which the vendor does
 * not document (draft-ietf-httpapi-idempotency-key-header does). What is no such request gets 404 or 405,
 * unsigned.
 *
 * @throws whatever the ledger, the signer and the account's functions throw.
 *
 * @example
 * const account = { signer: ed25519Signer(privateKey), responses: new Map() };
 * const request = { method: 'POST', url: '/api/v1/create-license-keys', body: 'license_keys=["A"]&product_id=1' };
 * const options = { now: new Date(), newId: () => '', newKey: () => '', ledger: memoryKeys(), account };
 * (await respond(request, options)).body.response.code; // 901
 */
export async function respond(
  request: IncomingRequest,
  options: RespondOptions<GetKeyManagerAccount>,
): Promise<OutgoingResponse> {
  if (readTarget(request.url).path.join('/') !== PATH) return { status: 404, body: { message: 'Not found' } };
  if (request.method.toUpperCase() !== 'POST')
    return { status: 405, body: { message: 'Method not allowed' } };
  const { account, level } = options;
  const found = new Findings();
  const fields = readFields(bodyOf(request), found);
  const apiKey = typeof fields?.['api_key'] === 'string' ? fields['api_key'] : undefined;
  const missing = level === 'documented' && apiKey === undefined;
  const access = missing ? 'invalid' : ((await account.authenticate?.(apiKey)) ?? 'ok');
  const idempotencyKey = access === 'ok' ? headerOf(request, 'idempotency-key') : undefined;
  const answer = () => answerTo(fields === undefined ? [] : knownFields(fields), access, options);
  if (idempotencyKey === undefined || account.responses === undefined || fields === undefined)
    return answer();
  const payload = payloadHash(fields);
  const kept = await account.responses.get(idempotencyKey);
  if (kept !== undefined) {
    if (kept.payload === payload) return kept.response;
    return { status: 422, body: { message: 'This Idempotency-Key was used with another request' } };
  }
  const response = await answer();
  await account.responses.set(idempotencyKey, { payload, response });
  return response;
}

async function answerTo(
  fields: object,
  access: 'ok' | 'invalid' | 'inactive',
  { now, ledger, account }: RespondOptions<GetKeyManagerAccount>,
): Promise<OutgoingResponse> {
  const { payload } = await createLicenseKeys(fields, { now, ledger, authenticate: async () => access });
  const envelope = await signResponse(payload, account.signer, {
    role: account.role ?? (access === 'ok' ? 'product' : 'global'),
    style: account.style ?? 'php',
  });
  return { status: access === 'ok' ? 200 : 401, body: { ...envelope } };
}

/** A text is JSON where the request says so, else a form; what is no JSON is no object of fields either. */
function bodyOf(request: IncomingRequest): unknown {
  const type = headerOf(request, 'content-type') ?? '';
  if (typeof request.body !== 'string' || !/^application\/json\b/i.test(type)) return request.body;
  const reading = parseJson(request.body);
  return 'value' in reading ? reading.value : undefined;
}

function payloadHash(fields: Fields): string {
  const { api_key: _, ...rest } = fields;
  const names = Object.keys(rest).sort();
  return contentHash(names.map((name) => [name, rest[name]]));
}
