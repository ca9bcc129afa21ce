import { KeywrightError } from '../../errors.js';

/**
 * A moment, to the last digit that was written. Servers on .NET write seven digits of a second, four more than
 * a `Date` holds, and two moments a few ticks apart are two.
 */
export interface Instant {
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  /** The digits after the decimal point, as they were written; empty without one. */
  readonly fraction: string;
}

/** The first second of the year 1 and the last of the year 9999: what RFC 3339 and .NET can both write. */
const FIRST = -62_135_596_800;
const LAST = 253_402_300_799;

const RFC_3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * Reads a time as RFC 3339, section 5.6, writes it, with `T` and `Z` in upper case and at most seven digits of a
 * second, years 1 to 9999; undefined for anything else: February 30, 24:00:00, a leap second, a time without
 * its offset.
 *
 * @example
 * readInstant('2024-02-29T01:00:00.5+01:00')?.seconds; // 1709164800
 * readInstant('2023-02-29T00:00:00Z'); // undefined
 */
export function readInstant(text: string): Instant | undefined {
  const [, local, fraction = '', sign, hours, minutes] = RFC_3339.exec(text) ?? [];
  if (local === undefined) return undefined;
  const date = new Date(`${local}Z`);
  // Some engines take February 30, all take 24:00:00: a time that does not come back as it went in is none.
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 19) !== local) return undefined;
  const [h, m] = [Number(hours ?? 0), Number(minutes ?? 0)];
  if (h > 23 || m > 59) return undefined;
  const offset = (h * 60 + m) * 60;
  return within({ seconds: date.getTime() / 1000 - (sign === '-' ? -offset : offset), fraction });
}

/**
 * The moment that a `Date` holds as the current time, its milliseconds written as three digits.
 *
 * @throws {KeywrightError} `invalid_option` for an invalid date, or one outside the years 1 to 9999.
 */
export function instantOf(now: Date): Instant {
  const instant = Number.isNaN(now.getTime()) ? undefined : readInstant(now.toISOString());
  if (instant !== undefined) return instant;
  throw new KeywrightError('invalid_option', 'now is no valid Date: pass new Date()', { option: 'now' });
}

/**
 * The moment as RFC 3339 in UTC, its fraction as it was written.
 *
 * @example
 * writeInstant({ seconds: 0, fraction: '0000001' }); // '1970-01-01T00:00:00.0000001Z'
 */
export function writeInstant({ seconds, fraction }: Instant): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return fraction === '' ? `${whole}Z` : `${whole}.${fraction}Z`;
}

/** Less than 0 when `a` is before `b`, more than 0 when it is after; 0 for the same moment, however written. */
export function compareInstants(a: Instant, b: Instant): number {
  return a.seconds - b.seconds || Number(a.fraction.padEnd(7, '0')) - Number(b.fraction.padEnd(7, '0'));
}

/** That many whole seconds later, the fraction as it was; undefined outside the years 1 to 9999. */
export function addSeconds({ seconds, fraction }: Instant, more: number): Instant | undefined {
  return within({ seconds: seconds + more, fraction });
}

function within(instant: Instant): Instant | undefined {
  return instant.seconds >= FIRST && instant.seconds <= LAST ? instant : undefined;
}
