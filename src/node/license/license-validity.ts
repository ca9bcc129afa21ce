import { formatUtcTime } from '../../core/encoding/utc-time.js';
import { KeywrightError } from '../../core/errors.js';
import { addDuration, type CalendarDuration, parseDuration } from '../../core/vendors/time/duration.js';

/** Until when licenses are valid: a moment, a length on the calendar as `P1Y`, or for ever. One of them. */
export type LicenseValidity =
  | { readonly until: Date }
  | { readonly length: string }
  | { readonly perpetual: true };

/** Says until when a license is valid that begins at `start`, as its member `valid_until`. */
export type UntilWhen = (start: Date) => string | null;

/**
 * Reads a validity.
 *
 * @throws {KeywrightError} `invalid_option` for a length that is no ISO 8601 duration; the function, for an end after the
 * year 9999.
 */
export function readValidity(validity: LicenseValidity): UntilWhen {
  if ('perpetual' in validity) return () => null;
  if ('until' in validity) return () => formatUtcTime(validity.until);
  const length = parseDuration(validity.length);
  if (length === undefined) throw refuse('is no length of time: write it as P1Y, P6M or P30D');
  // Nearly all begin at one moment, and the calendar takes longer than a signature.
  let last: { readonly start: number; readonly end: string } | undefined;
  return (start) => {
    if (last?.start !== start.getTime()) last = { start: start.getTime(), end: later(start, length) };
    return last.end;
  };
}

function later(start: Date, length: CalendarDuration): string {
  const end = addDuration({ seconds: Math.floor(start.getTime() / 1000), fraction: '' }, length);
  if (end === undefined) throw refuse('ends after the year 9999: shorten it');
  return formatUtcTime(new Date(end.seconds * 1000));
}

function refuse(what: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the validity ${what}`, { option: 'validFor' });
}
