import { isJsonObject, type JsonObject, type JsonValue } from '../../encoding/json-text.js';
import type { Findings } from '../server/validation.js';
import { parseTime } from './expiration.js';

/**
 * The rules between fields that the server's schema holds, in its order and at its paths: the one about NEVER
 * is the whole body's.
 */
export function holdServerRules(fields: JsonObject, found: Findings, now: Date): void {
  const { expirationType: type, expirationStart: start, expirationDate: date, expirationDays: days } = fields;
  if (type === 'DURATION' && !(start && days) && !found.refused('expirationDays')) {
    found.refuse(['expirationDays'], 'DURATION needs both expirationStart and expirationDays');
  }
  if (type === 'DATE' && !found.refused('expirationDate')) {
    const time = parseTime(date);
    if (time === undefined) found.refuse(['expirationDate'], 'DATE needs an expirationDate');
    else if (time <= now) found.refuse(['expirationDate'], 'must lie in the future');
  }
  if (type === 'NEVER' && (start || isThere(date) || days)) {
    found.refuse([], 'NEVER needs expirationStart, expirationDate and expirationDays to be null');
  }
}

/** The rules between fields that the pages state. */
export function holdDocumentedRules(fields: JsonObject, found: Findings): void {
  const { expirationType: type, expirationDate: date, expirationDays: days } = fields;
  if (type === 'DURATION' && !isThere(days)) found.refuse(['expirationDays'], 'is required for DURATION');
  if (type === 'DATE' && !isThere(date)) found.refuse(['expirationDate'], 'is required for DATE');
}

/** Ids that stand twice: the server counts the rows it finds, and finds too few. */
export function refuseRepeatedIds(fields: JsonObject, found: Findings): void {
  for (const list of ['productIds', 'customerIds']) {
    const seen = new Set<JsonValue>();
    for (const [index, id] of listOf(fields, list).entries()) {
      const known = typeof id === 'string' ? id.toLowerCase() : id;
      if (seen.has(known)) found.refuse([list, index], 'stands in the list already');
      seen.add(known);
    }
  }
}

/** What the server's schema lets through and its arithmetic then makes into something else. */
export function refuseContradictions(fields: JsonObject, found: Findings): void {
  const { expirationType: type, expirationDate: date, expirationDays: days } = fields;
  if (type === 'DATE' && days) {
    found.refuse(
      ['expirationDays'],
      'must be null for DATE: the license would end that many days from now instead',
    );
  }
  if (type === 'DURATION' && isThere(date)) {
    found.refuse(['expirationDate'], 'must be null for DURATION: expirationDays say when it ends');
  }
}

/** What is taken as it is, and still worth a second look. */
export function warnOfOddities(fields: JsonObject, found: Findings): void {
  for (const list of ['productIds', 'customerIds']) {
    for (const [index, id] of listOf(fields, list).entries()) {
      if (typeof id === 'string' && !found.refused(list, index) && id.charAt(14) !== '4') {
        found.warn([list, index], 'is no UUID of version 4, which all of Lukittu are');
      }
    }
  }
  const names = new Set<JsonValue | undefined>();
  for (const [index, item] of listOf(fields, 'metadata').entries()) {
    if (!isJsonObject(item)) continue;
    const { key: name } = item;
    if (name !== undefined && names.has(name))
      found.warn(['metadata', index, 'key'], 'stands in the list already');
    names.add(name);
  }
  const { expirationDate: date, sendEmailDelivery } = fields;
  const isWhole = typeof date === 'string' && date.includes('T');
  if (isThere(date) && !isWhole && !found.refused('expirationDate')) {
    found.warn(['expirationDate'], 'lacks its time: write it like 2026-01-31T00:00:00.000Z');
  }
  if (sendEmailDelivery === true) {
    found.warn(
      ['sendEmailDelivery'],
      'a team may send 50 a day: then the whole request fails, as it does when the mail cannot be sent',
    );
  }
}

function isThere(value: JsonValue | undefined): boolean {
  return value !== null && value !== undefined;
}

function listOf(fields: JsonObject, name: string): readonly JsonValue[] {
  const list: JsonValue | undefined = fields[name];
  return Array.isArray(list) ? list : [];
}
