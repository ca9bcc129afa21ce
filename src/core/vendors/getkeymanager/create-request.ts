import * as z from 'zod/mini';
import {
  isLicenseKey,
  PARAMETERS,
  parseBulkRequest,
  parseKeyList,
  STATUSES,
  TEXT_LENGTH,
  VALIDITY,
} from '../../bulk-create/bulk-request.js';
import type { JsonObject } from '../../encoding/json-text.js';
import { Findings, jsonSchema } from '../server/validation.js';
import type { Issue, Level, ValidateOptions, Validation } from '../server/vendor.js';
import { readForm } from './form.js';
import { KEY_RULE } from './license-key.js';

const text = z.string().check(z.maxLength(TEXT_LENGTH));
const digits = z.string().check(z.regex(/^(0|[1-9]\d*)$/));
const whole = (min: number, max?: number) =>
  z.union([z.int().check(z.gte(min), ...(max === undefined ? [] : [z.lte(max)])), digits]);

/** The shape of a create request: a form sends every field as text, `license_keys` as a JSON array in it. */
export const createRequestSchema = z.looseObject({
  api_key: z.optional(z.string()),
  license_keys: z.union([z.array(text.check(z.minLength(1))).check(z.minLength(1)), z.string()]),
  product_id: whole(1),
  owner_name: z.nullish(text),
  owner_email: z.nullish(text),
  activation_limit: whole(0),
  validity: whole(0, VALIDITY),
  status: z.enum(STATUSES),
  assigned_at: z.nullish(z.string()),
});

/**
 * Judges the body of a request that creates licenses, as an object or as the text of a form: by the rules that
 * `createLicenseKeys` answers 901 by. Unknown fields are warnings, for nothing says that the server refuses
 * them; `api_key` is required as `documented`, while `server` leaves its absence to the server's code 100.
 * Never throws.
 *
 * @example
 * validateCreateRequest('license_keys=A&product_id=1', { now: new Date() }).ok; // false
 */
export function validateCreateRequest(body: unknown, options: ValidateOptions): Validation {
  const found = new Findings();
  const fields = readFields(body, found);
  if (fields === undefined) return found.validation;
  for (const name of Object.keys(fields)) {
    if (!PARAMETERS.includes(name)) found.warn([name], 'is no field that is known here: leave it out');
  }
  judgeApiKey(fields, options.level ?? 'server', found);
  const read = parseBulkRequest(knownFields(fields));
  for (const [name, messages] of 'errors' in read ? Object.entries(read.errors) : []) {
    for (const { path, message } of pathsOf(name, messages, fields)) found.refuse(path, message);
  }
  return found.validation;
}

/**
 * The JSON Schema (draft 2020-12) of such a body.
 *
 * @example
 * createRequestJsonSchema('documented')['required']; // ['license_keys', 'product_id', 'activation_limit', 'validity', 'status', 'api_key']
 */
export function createRequestJsonSchema(level: Level = 'server'): JsonObject {
  const schema = jsonSchema({ schema: createRequestSchema, unknown: 'warning' });
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return level === 'documented' ? { ...schema, required: [...required, 'api_key'] } : schema;
}

/** Fields as they came, unread. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a body, from whatever it is; undefined when it has none, and then the findings say why. */
export function readFields(body: unknown, found: Findings): Fields | undefined {
  if (typeof body === 'string') {
    const form = readForm(body);
    if ('fields' in form) return form.fields;
    found.refuse([], form.fault);
    return undefined;
  }
  const fields = typeof body === 'object' && body !== null && !Array.isArray(body) ? copied(body) : undefined;
  if (fields === undefined) found.refuse([], 'must be an object of fields, or the text of a form');
  return fields;
}

/** What of the fields the server is known to read. */
export function knownFields(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => PARAMETERS.includes(name)));
}

function copied(body: object): Fields | undefined {
  try {
    return Object.fromEntries(Object.entries(body));
  } catch {
    return undefined; // a getter threw
  }
}

function judgeApiKey(fields: Fields, level: Level, found: Findings): void {
  const key = Object.hasOwn(fields, 'api_key') ? fields['api_key'] : undefined;
  if (typeof key === 'string' && key !== '') return;
  if (key !== undefined && key !== '') found.refuse(['api_key'], 'must be a text');
  else if (level === 'documented') found.refuse(['api_key'], 'is required');
  else found.warn(['api_key'], 'is missing: a server that asks for it answers code 100');
}

/** The places that messages about a field belong to: of a list of keys, each that is none. */
function pathsOf(name: string, messages: readonly string[], fields: Fields): readonly Issue[] {
  if (name === 'request') return messages.map((message) => ({ path: [], message }));
  const strangers = name === 'license_keys' ? (parseKeyList(fields[name]) ?? []) : [];
  const places = strangers.flatMap((key, index) => (isLicenseKey(key) ? [] : [index]));
  if (places.length === 0) return messages.map((message) => ({ path: [name], message }));
  return places.map((index) => ({ path: [name, index], message: KEY_RULE }));
}
