import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/encoding/json-text.js';
import type { Reply } from './connection.js';

/** A license as servers list them. */
export interface ListedLicense {
  readonly key: string;
  /** As a text, where there is one that does not tell the key. */
  readonly id: string | null;
  /** The license itself, for what refers to its members. */
  readonly record: JsonObject;
}

const LONGEST_ID = 200;

/** What a text means as JSON; undefined when it is none. */
export function answeredJson(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** The members of an object; of anything else there are none. */
export function jsonMembers(value: JsonValue | undefined): JsonObject {
  return value !== undefined && isJsonObject(value) ? value : {};
}

/** The entries of a list; undefined of anything else. */
export function entriesOf(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** Whether the status is one of success. */
export function isSuccess({ status }: Pick<Reply, 'status'>): boolean {
  return status >= 200 && status < 300;
}

/**
 * The licenses that a reply lists or is: a list, one in `data`, `licenses`, `items` or `results`, or a license; undefined
 * when it is none of these.
 */
export function licensesIn(json: JsonValue): readonly ListedLicense[] | undefined {
  const list = listIn(json);
  const found = (list ?? [json]).map(licenseOf);
  const licenses = found.filter((license) => license !== undefined);
  return licenses.length === found.length ? licenses : undefined;
}

/** The list in a reply, whatever it lists. */
function listIn(json: JsonValue): readonly JsonValue[] | undefined {
  const whole = entriesOf(json);
  if (whole !== undefined) return whole;
  const members = jsonMembers(json);
  for (const name of ['data', 'licenses', 'items', 'results']) {
    const value = members[name];
    const entries = entriesOf(value);
    if (entries !== undefined) return entries;
    if (name === 'data' && value !== undefined) return listIn(value) ?? [value];
  }
  return undefined;
}

function licenseOf(value: JsonValue): ListedLicense | undefined {
  const record = jsonMembers(value);
  const key = record['key'] ?? record['licenseKey'];
  const { id } = record;
  if (typeof key !== 'string') return undefined;
  const told = typeof id === 'string' || typeof id === 'number' ? String(id) : '';
  const isFit = told !== '' && told.length <= LONGEST_ID && (key === '' || !told.includes(key));
  return { key, id: isFit ? told : null, record };
}

/** What a signed envelope answers to a bulk create; undefined when it is none. */
export function bulkAnswer(json: JsonValue): JsonObject | undefined {
  const signed = jsonMembers(json)['response_base64'];
  if (typeof signed !== 'string') return undefined;
  return jsonMembers(answeredJson(Buffer.from(signed, 'base64').toString()));
}
