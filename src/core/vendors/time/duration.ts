import { Temporal } from 'temporal-polyfill';
import { DURATION_PATTERN } from './duration-pattern.js';
import { type Instant, readInstant, writeInstant } from './instant.js';

/** A length of calendar time, as `P9Y8M7W6DT5H4M3S` says it: at least one part is not zero. */
export interface CalendarDuration {
  readonly years: number;
  readonly months: number;
  readonly weeks: number;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

const PARTS = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
/** No part of a length that ends before the year 10000 needs more digits. */
const DIGITS = 12;

/**
 * Reads an ISO 8601 duration `PnYnMnWnDTnHnMnS`, parts in that order, any of them left out; undefined for
 * anything else, and for what is no length: a sign, a fraction, zero in all, the empty text.
 *
 * @example
 * parseDuration('P1M')?.months; // 1
 * parseDuration('P0D'); // undefined
 */
export function parseDuration(text: string): CalendarDuration | undefined {
  const found = DURATION_PATTERN.test(text) ? PARTS.exec(text) : null;
  if (found === null) return undefined;
  const parts = found.slice(1).map((digits: string | undefined) => (digits ?? '').replace(/^0+/, ''));
  if (parts.some((digits) => digits.length > DIGITS)) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map(Number);
  return { years, months, weeks, days, hours, minutes, seconds };
}

/**
 * `start` and a duration on the calendar of UTC: years and months first, a day that the month does not have
 * becoming its last, then weeks and days, then the time. The fraction of the second stays as it was written.
 * Undefined when that is after the year 9999.
 *
 * @example
 * const month = parseDuration('P1M');
 * addDuration({ seconds: 30 * 86_400, fraction: '1234567' }, month)?.seconds; // 5011200
 */
export function addDuration(start: Instant, duration: CalendarDuration): Instant | undefined {
  try {
    const whole = writeInstant({ ...start, fraction: '' });
    const end = Temporal.PlainDateTime.from(whole.slice(0, -1)).add(duration, { overflow: 'constrain' });
    const { seconds } = readInstant(`${end.toString({ smallestUnit: 'second' })}Z`) ?? {};
    return seconds === undefined ? undefined : { seconds, fraction: start.fraction };
  } catch (error) {
    // Temporal's own bounds: a part or an end that it cannot hold.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
