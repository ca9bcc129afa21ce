import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/encoding/json-text.js';

type Keyword = (given: JsonValue, value: JsonValue, schema: JsonObject) => boolean;

const texts = (value: JsonValue) => (typeof value === 'string' ? [...value].length : undefined);
const entries = (value: JsonValue): readonly JsonValue[] => (Array.isArray(value) ? value : []);
const members = (value: JsonValue) => (isJsonObject(value) ? value : {});
const within = (size: number | undefined, test: (size: number) => boolean) =>
  size === undefined || test(size);
const isType = (type: JsonValue, value: JsonValue): boolean => {
  if (Array.isArray(type)) return type.some((one) => isType(one, value));
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isJsonObject(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
};

/** The keywords of draft 2020-12 that our schemas use; another one fails the test. */
const KEYWORDS: Readonly<Record<string, Keyword>> = {
  $schema: () => true,
  format: () => true,
  type: isType,
  const: (given, value) => given === value,
  enum: (given, value) => entries(given).includes(value),
  minimum: (given, value) => typeof value !== 'number' || value >= Number(given),
  maximum: (given, value) => typeof value !== 'number' || value <= Number(given),
  minLength: (given, value) => within(texts(value), (size) => size >= Number(given)),
  maxLength: (given, value) => within(texts(value), (size) => size <= Number(given)),
  pattern: (given, value) => typeof value !== 'string' || new RegExp(String(given), 'u').test(value),
  maxItems: (given, value) => entries(value).length <= Number(given),
  uniqueItems: (_, value) =>
    new Set(entries(value).map((entry) => JSON.stringify(entry))).size === entries(value).length,
  items: (given, value) => entries(value).every((entry) => accepts(given, entry)),
  required: (given, value) =>
    !isJsonObject(value) || entries(given).every((name) => Object.hasOwn(value, String(name))),
  properties: (given, value) =>
    Object.entries(members(given)).every(([name, schema]) => {
      const member = members(value)[name];
      return member === undefined || accepts(schema, member);
    }),
  additionalProperties: (given, value, schema) =>
    given !== false ||
    Object.keys(members(value)).every((name) => Object.hasOwn(members(schema.properties ?? null), name)),
  anyOf: (given, value) => entries(given).some((schema) => accepts(schema, value)),
  allOf: (given, value) => entries(given).every((schema) => accepts(schema, value)),
  not: (given, value) => !accepts(given, value),
  if: (given, value, schema) => !accepts(given, value) || accepts(schema.then ?? {}, value),
};

/** Whether a JSON Schema (draft 2020-12, the keywords that we write) takes a value. */
export function accepts(schema: JsonValue, value: JsonValue): boolean {
  if (!isJsonObject(schema)) throw new Error('no schema');
  // What stands in `then` is read with its `if`.
  const keywords = Object.entries(schema).filter(([name]) => name !== 'then');
  return keywords.every(([name, given]) => {
    const keyword = KEYWORDS[name];
    if (keyword === undefined) throw new Error(`the keyword ${name} is not known here`);
    return keyword(given, value, schema);
  });
}
