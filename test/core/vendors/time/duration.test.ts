import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDuration,
  type CalendarDuration,
  parseDuration,
} from '../../../../src/core/vendors/time/duration.js';
import { readInstant, writeInstant } from '../../../../src/core/vendors/time/instant.js';

function end(start: string, duration: string): string | undefined {
  const [instant, parts] = [readInstant(start), parseDuration(duration)];
  if (instant === undefined || parts === undefined) throw new Error('the test itself is wrong');
  const ended = addDuration(instant, parts);
  return ended && writeInstant(ended);
}

describe('C2: subscriptionInterval is an ISO 8601 duration', () => {
  it.each([
    ['P1Y', { years: 1 }],
    ['P2M', { months: 2 }],
    ['P3W', { weeks: 3 }],
    ['P4D', { days: 4 }],
    ['PT5H', { hours: 5 }],
    ['PT6M', { minutes: 6 }],
    ['PT7S', { seconds: 7 }],
    ['P1Y2M3W4DT5H6M7S', { years: 1, months: 2, weeks: 3, days: 4, hours: 5, minutes: 6, seconds: 7 }],
    ['P1YT1S', { years: 1, seconds: 1 }],
    ['P0Y30D', { days: 30 }],
    ['P007D', { days: 7 }],
    ['PT36H', { hours: 36 }],
  ])('reads %s', (text, parts) => {
    const none = { years: 0, months: 0, weeks: 0, days: 0, hours: 0, minutes: 0, seconds: 0 };
    expect(parseDuration(text)).toEqual({ ...none, ...parts });
  });

  it.each([
    ['nothing: the empty text is for its reader to understand', ''],
    ['no part', 'P'],
    ['no part of time', 'PT'],
    ['a T without time', 'P1DT'],
    ['zero', 'P0D'],
    ['zero in every part', 'P0Y0M0DT0H0M0S'],
    ['a minus', '-P1D'],
    ['a minus inside', 'P-1D'],
    ['a plus', '+P1D'],
    ['a fraction', 'P1.5D'],
    ['a fraction with a comma', 'P1,5D'],
    ['a fraction of the last part', 'PT0.5S'],
    ['small letters', 'p1d'],
    ['parts out of order', 'P1D1Y'],
    ['a part twice', 'P1D1D'],
    ['hours without T', 'P1H'],
    ['days after T', 'PT1D'],
    ['white space', 'P1D '],
    ['a line end', 'P1D\n'],
    ['the alternative form of ISO 8601', 'P0001-00-00T00:00:00'],
    ['a number of seconds', '86400'],
    ['words', 'one year'],
    ['other digits', 'P١D'],
    ['a number without end', `P${'9'.repeat(400)}D`],
  ])('refuses %s', (_, text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each([
    ['2023-01-31T10:00:00Z', 'P1M', '2023-02-28T10:00:00Z'],
    ['2024-01-31T10:00:00Z', 'P1M', '2024-02-29T10:00:00Z'],
    ['2024-02-29T10:00:00Z', 'P1Y', '2025-02-28T10:00:00Z'],
    ['2024-02-29T10:00:00Z', 'P4Y', '2028-02-29T10:00:00Z'],
    ['2024-03-31T10:00:00Z', 'P1M', '2024-04-30T10:00:00Z'],
    ['2024-08-31T10:00:00Z', 'P6M', '2025-02-28T10:00:00Z'],
  ])('clamps to the end of the month: %s and %s is %s', (start, duration, expected) => {
    expect(end(start, duration)).toBe(expected);
  });

  it.each([
    [
      'the month is clamped before the days are added',
      '2024-01-31T10:00:00Z',
      'P1M1D',
      '2024-03-01T10:00:00Z',
    ],
    ['years and months go together', '2023-01-31T10:00:00Z', 'P1Y1M', '2024-02-29T10:00:00Z'],
    ['time runs over into the next day', '2024-12-31T23:00:00Z', 'PT90M', '2025-01-01T00:30:00Z'],
    ['36 hours are a day and a half', '2024-02-28T12:00:00Z', 'PT36H', '2024-03-01T00:00:00Z'],
    ['a year is not 365 days', '2023-03-01T00:00:00Z', 'P1Y', '2024-03-01T00:00:00Z'],
    ['365 days are not a year', '2023-03-01T00:00:00Z', 'P365D', '2024-02-29T00:00:00Z'],
    ['the calendar is the one of UTC', '2024-02-01T00:30:00+01:00', 'P1M', '2024-02-29T23:30:00Z'],
    ['the fraction is carried', '2024-01-31T10:00:00.1234500Z', 'P1M', '2024-02-29T10:00:00.1234500Z'],
  ])('%s', (_, start, duration, expected) => {
    expect(end(start, duration)).toBe(expected);
  });

  it('ends nowhere after the year 9999', () => {
    expect(end('9998-12-31T23:59:59Z', 'P1Y')).toBe('9999-12-31T23:59:59Z');
    expect(end('9999-12-31T23:59:59Z', 'PT1S')).toBeUndefined();
    for (const part of ['P999999999999Y', 'P999999999999D', 'PT999999999999S', 'P8000Y']) {
      expect(end('2024-01-01T00:00:00Z', part), part).toBeUndefined();
    }
  });
});

/** The textbook twin: month lengths from the rule of 4, 100 and 400, and one day after the other. */
function textbook(start: string, duration: CalendarDuration): string {
  const [, y, mo, d, h, mi, s] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)Z$/.exec(start)?.map(Number) ?? [];
  const months = Number(y) * 12 + Number(mo) - 1 + duration.years * 12 + duration.months;
  let [year, month] = [Math.floor(months / 12), (months % 12) + 1];
  let day = Math.min(Number(d), monthLength(year, month));
  const time = Number(h) * 3600 + Number(mi) * 60 + Number(s);
  const later = time + duration.hours * 3600 + duration.minutes * 60 + duration.seconds;
  for (let days = duration.weeks * 7 + duration.days + Math.floor(later / 86_400); days > 0; days--) {
    day++;
    if (day <= monthLength(year, month)) continue;
    [day, month] = [1, month + 1];
    if (month > 12) [month, year] = [1, year + 1];
  }
  const rest = later % 86_400;
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(two).join(':');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${clock}Z`;
}

function monthLength(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

it('C1: the calendar arithmetic agrees with counting days one by one', () => {
  const part = (max: number) => fc.oneof(fc.constant(0), fc.nat({ max }));
  const durations = fc
    .record({
      years: part(200),
      months: part(60),
      weeks: part(60),
      days: part(800),
      hours: part(2000),
      minutes: part(5000),
      seconds: part(200_000),
    })
    .filter((duration) => Object.values(duration).some((value) => value > 0));
  const starts = fc
    .date({
      min: new Date('1890-01-01T00:00:00Z'),
      max: new Date('2110-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    .map((date) => `${date.toISOString().slice(0, 19)}Z`);
  const lastDays = fc
    .tuple(fc.integer({ min: 1890, max: 2110 }), fc.integer({ min: 1, max: 12 }))
    .map(
      ([year, month]) => `${year}-${String(month).padStart(2, '0')}-${monthLength(year, month)}T12:34:56Z`,
    );
  fc.assert(
    fc.property(fc.oneof(starts, lastDays), durations, (start, duration) => {
      const { years, months, weeks, days, hours, minutes, seconds } = duration;
      const text = `P${years}Y${months}M${weeks}W${days}DT${hours}H${minutes}M${seconds}S`;
      expect(parseDuration(text)).toEqual(duration);
      expect(end(start, text)).toBe(textbook(start, duration));
    }),
    { numRuns: 500 },
  );
});
