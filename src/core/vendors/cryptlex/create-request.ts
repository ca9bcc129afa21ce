import type { JsonObject } from '../../encoding/json-text.js';
import { type Findings, jsonSchema, judge } from '../server/validation.js';
import type { Level, ValidateOptions, Validation } from '../server/vendor.js';
import { instantOf } from '../time/instant.js';
import { judgeAcross } from './create-rules.js';
import { CREATE_REQUEST } from './create-schema.js';

/**
 * Judges the body of Cryptlex's `POST /v3/licenses`: all that is wrong at once. Members that are not known are
 * warnings, as the published table and the typed clients name different ones. The server's source is closed, so
 * both levels are what its pages say. An `expiresAt` in the past and a `createdAt` in the future are warnings.
 *
 * @throws {KeywrightError} `invalid_option` when `now` is no valid date. Never for a body.
 * @example
 * const { issues } = validateCreateRequest({ subscriptionInterval: 'P1.5M' }, { now: new Date() });
 * issues.map(({ path }) => path[0]); // ['productId', 'subscriptionInterval']
 */
export function validateCreateRequest(body: unknown, options: ValidateOptions): Validation {
  const now = instantOf(options.now);
  const across = (fields: JsonObject, found: Findings) => judgeAcross(fields, now, found);
  return judge(body, { schema: CREATE_REQUEST, unknown: 'warning', across }).validation;
}

/** The rules between fields that have no warning and need no clock, nor the entries of two lists. */
const RULES: JsonObject = {
  allOf: [
    {
      if: { properties: { type: { const: 'on-premise-floating' } }, required: ['type'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      then: { properties: { allowContainerActivation: { not: { const: true } } } },
    },
    oneOf('validity', 'subscriptionInterval'),
    oneOf('expirationStrategy', 'subscriptionStartTrigger'),
  ],
};

/**
 * The JSON Schema (draft 2020-12) of that body. What needs a clock, or compares the entries of lists, is in
 * {@link validateCreateRequest} alone.
 *
 * @example
 * createRequestJsonSchema().required; // ['productId']
 */
export function createRequestJsonSchema(_level: Level = 'server'): JsonObject {
  return jsonSchema({ schema: CREATE_REQUEST, unknown: 'warning' }, RULES);
}

function oneOf(first: string, second: string): JsonObject {
  const given = (name: string) => ({ required: [name], properties: { [name]: { not: { type: 'null' } } } });
  return { not: { allOf: [given(first), given(second)] } };
}
