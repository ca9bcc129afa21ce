import type { JsonObject, JsonValue } from '../../encoding/json-text.js';

/** Lukittu counts days of 24 hours, whatever the calendar does. */
export const DAY = 86_400_000;

/** A time as a request or a record holds it: text with its zone, a date alone (UTC), or Unix milliseconds. */
export function parseTime(value: JsonValue | undefined): Date | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** What the server makes of a start: it is never null in a record. */
export function startOf({ expirationStart }: JsonObject): 'CREATION' | 'ACTIVATION' {
  return expirationStart === 'ACTIVATION' ? 'ACTIVATION' : 'CREATION';
}

/**
 * When a new license ends; null for never, or not before it is activated. A number of days counts from now
 * whatever the type (so it overrides the date of DATE). Undefined when the date reaches the database in a form
 * that this refuses: it is handed on as it came, and only a time with its zone is one there.
 */
export function expirationOfNew(fields: JsonObject, now: Date): string | null | undefined {
  const { expirationDays: days, expirationDate: date } = fields;
  if (startOf(fields) === 'CREATION' && days) return daysFrom(now, days);
  if (!date) return null;
  return typeof date === 'string' && date.includes('T') ? parseTime(date)?.toISOString() : undefined;
}

/**
 * When an updated license ends. Days are counted only for a license that becomes DURATION or has no date yet;
 * otherwise the date is the request's, and null there erases the one that the license had.
 */
export function expirationOfUpdated(fields: JsonObject, before: JsonObject, now: Date): string | null {
  const { expirationType: type, expirationDays: days, expirationDate: date } = fields;
  const started = before['expirationType'] === 'DURATION' && Boolean(before['expirationDate']);
  if (type === 'DURATION' && startOf(fields) === 'CREATION' && !started && days) return daysFrom(now, days);
  return parseTime(date)?.toISOString() ?? null;
}

function daysFrom(now: Date, days: JsonValue): string {
  return new Date(now.getTime() + Number(days) * DAY).toISOString();
}
