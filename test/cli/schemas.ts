import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';

const FOLDER = fileURLToPath(new URL('../../schemas', import.meta.url));
/** What a `schema` member of ours looks like. */
const NAME = /^keywright\/[a-z-]+\/v\d+$/;

/** The schemas of the package by their paths below `schemas`, without extension. */
export const SCHEMAS: ReadonlyMap<string, AnySchemaObject> = new Map(
  readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .toSorted()
    .map((path) => [path.slice(0, -'.json'.length), JSON.parse(readFileSync(join(FOLDER, path), 'utf8'))]),
);

const ajv = new Ajv2020({
  allErrors: true,
  strictTypes: false,
  strictRequired: false,
  formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/ },
});
for (const schema of SCHEMAS.values()) ajv.addSchema(closed(schema));

/** The same schema, but that no object has a member which the schema does not name. */
function closed<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema), (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'properties' in value && 'required' in value
      ? { additionalProperties: false, ...value }
      : value,
  );
}

/** What is wrong with a value that has a `schema` member of ours; nothing where it has none. */
export function schemaFaults(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  // What was signed stands in an envelope, and in the report of a verdict.
  const signed = ['response', 'payload'].flatMap((name) =>
    schemaFaults(Object.getOwnPropertyDescriptor(value, name)?.value),
  );
  if (!('schema' in value) || typeof value.schema !== 'string' || !NAME.test(value.schema)) return signed;
  const validate = ajv.getSchema(value.schema);
  if (validate === undefined) return [...signed, `${value.schema} has no file below schemas`];
  validate(value);
  return [
    ...signed,
    ...(validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || 'it'} ${message}: ${JSON.stringify(params)}`,
    ),
  ];
}

/** Holds all JSON of a text, one value or one a line, against the schema that each names; other text is passed over. */
export function holdToSchemas(text: string, where: string): void {
  if (!text.includes('"keywright/')) return;
  const whole = parsed(text);
  const values = whole === undefined ? text.split('\n').map(parsed) : [whole];
  const faults = values.flatMap(schemaFaults);
  if (faults.length > 0)
    throw new Error(`${where} is not as its schema says:\n${faults.join('\n')}\n${text}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
