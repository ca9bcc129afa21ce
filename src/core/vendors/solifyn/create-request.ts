import type { JsonObject } from '../../encoding/json-text.js';
import { type Findings, jsonSchema, judge } from '../server/validation.js';
import type { Issue, Level, ValidateOptions, Validation } from '../server/vendor.js';
import { addSeconds, instantOf } from '../time/instant.js';
import { createSchema } from './create-schema.js';

/** What the TypeScript SDK's type has and the API's own document has not. */
const SDK_ALONE: readonly Issue['path'][number][] = ['status', 'activationMessage', 'paymentId', 'metadata'];

/**
 * Judges the body of Solifyn's `POST /v1/licenses`: all that is wrong at once. Members that are not known are
 * warnings, for the document leaves them open. Level `documented` takes a UUID alone as `productId` and no null;
 * `server` takes `prod_…` as the pages' samples have it, and null for what may be left out, with a warning.
 *
 * @throws {KeywrightError} `invalid_option` when `now` is no valid date. Never for a body.
 * @example
 * const body = { productId: 'prod_1', customerId: 'cust_1', activationLimit: 0 };
 * validateCreateRequest(body, { now: new Date() }).issues[0]?.message; // 'must be at least 1'
 */
export function validateCreateRequest(body: unknown, options: ValidateOptions): Validation {
  const now = instantOf(options.now);
  const across = (fields: JsonObject, found: Findings) => {
    for (const name of ['activationLimit', 'expiryHours', 'key']) {
      if (fields[name] === null && !found.refused(name)) found.warn([name], 'is null: leave it out');
    }
    const { expiryHours } = fields;
    if (typeof expiryHours !== 'number' || found.refused('expiryHours')) return;
    if (addSeconds(now, expiryHours * 3600) === undefined)
      found.refuse(['expiryHours'], 'ends after the year 9999');
  };
  const schema = createSchema(options.level);
  const { ok, issues, warnings } = judge(body, { schema, unknown: 'warning', across }).validation;
  return { ok, issues, warnings: warnings.map(nameSdkMember) };
}

/**
 * The JSON Schema (draft 2020-12) of that body.
 *
 * @example
 * createRequestJsonSchema().required; // ['productId', 'customerId']
 */
export function createRequestJsonSchema(level: Level = 'server'): JsonObject {
  return jsonSchema({ schema: createSchema(level), unknown: 'warning' });
}

function nameSdkMember(warning: Issue): Issue {
  const [name = '', ...inner] = warning.path;
  if (inner.length > 0 || !SDK_ALONE.includes(name)) return warning;
  return {
    path: warning.path,
    message: "stands in the TypeScript SDK's type alone: the API does not name it",
  };
}
