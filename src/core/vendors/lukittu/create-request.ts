import type { JsonObject } from '../../encoding/json-text.js';
import { jsonSchema } from '../server/validation.js';
import type { Level, ValidateOptions, Validation } from '../server/vendor.js';
import { validateRequest } from './request.js';
import { CREATE_REQUEST } from './request-schema.js';

/**
 * Judges the body of `POST /api/v1/dev/teams/{teamId}/licenses`. Never throws, whatever the body.
 *
 * At level `server` all eleven fields must be there (null where they may be), limits and days go from 1 to
 * 1000, lists have at most 20 entries and no id twice, nothing unknown is taken, and the fields of expiration
 * have to fit `expirationType`; days for DATE and a date for DURATION, which the server takes and then
 * overrides, are refused too, and so is a date without its time, which its database would not store. At level
 * `documented`, the rules of Lukittu's OpenAPI document (six fields required, `ipLimit` from 0), what only the
 * server refuses is a warning. The issue about NEVER has an empty path, as the server's.
 *
 * @throws {KeywrightError} `invalid_option` when `now` is no valid time.
 *
 * @example
 * const { issues } = validateCreateRequest({ expirationType: 'NEVER' }, { now: new Date() });
 * issues[0]?.path; // ['expirationStart']
 * issues[0]?.message; // 'is required'
 * issues.length; // 10
 */
export function validateCreateRequest(body: unknown, options: ValidateOptions): Validation {
  return validateRequest('create', body, options);
}

const NULL = { type: 'null' };

/** The rules between fields, but for the one that needs a clock: a date has to lie in the future. */
const SERVER_RULES: JsonObject = {
  allOf: [
    when('NEVER', { properties: { expirationStart: NULL, expirationDate: NULL, expirationDays: NULL } }),
    when('DATE', { properties: { expirationDate: { type: 'string' }, expirationDays: NULL } }),
    when('DURATION', {
      properties: {
        expirationStart: { type: 'string' },
        expirationDate: NULL,
        expirationDays: { type: 'integer' },
      },
    }),
  ],
};

const DOCUMENTED_RULES: JsonObject = {
  allOf: [
    when('DATE', { required: ['expirationDate'], properties: { expirationDate: { type: 'string' } } }),
    when('DURATION', { required: ['expirationDays'], properties: { expirationDays: { type: 'integer' } } }),
  ],
};

/**
 * The JSON Schema (draft 2020-12) of the body that {@link validateCreateRequest} judges: all of it but that an
 * `expirationDate` has to lie in the future.
 *
 * @example
 * createRequestJsonSchema('documented').required; // ['expirationType', 'suspended', 'productIds', 'customerIds', 'metadata', 'sendEmailDelivery']
 */
export function createRequestJsonSchema(level: Level = 'server'): JsonObject {
  return level === 'server'
    ? jsonSchema({ schema: CREATE_REQUEST.server }, SERVER_RULES)
    : jsonSchema({ schema: CREATE_REQUEST.documented, unknown: 'warning' }, DOCUMENTED_RULES);
}

function when(expirationType: string, then: JsonObject): JsonObject {
  return {
    if: { properties: { expirationType: { const: expirationType } }, required: ['expirationType'] },
    then,
  };
}
