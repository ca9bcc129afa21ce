import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addSeconds,
  compareInstants,
  instantOf,
  readInstant,
  writeInstant,
} from '../../../../src/core/vendors/time/instant.js';
import { refusal } from '../../../failure.js';

describe('reading a time (RFC 3339, section 5.6)', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0, ''],
    ['2024-02-29T23:59:59Z', 1_709_251_199, ''],
    ['2000-02-29T00:00:00.5Z', 951_782_400, '5'],
    ['1969-12-31T23:59:59.9999999Z', -1, '9999999'],
    ['2024-01-01T00:00:00.1230000Z', 1_704_067_200, '1230000'],
    ['2024-01-01T01:30:00+01:30', 1_704_067_200, ''],
    ['2023-12-31T16:00:00.25-08:00', 1_704_067_200, '25'],
    ['0001-01-01T00:00:00Z', -62_135_596_800, ''],
    ['9999-12-31T23:59:59.9999999Z', 253_402_300_799, '9999999'],
  ])('takes %s', (text, seconds, fraction) => {
    expect(readInstant(text)).toEqual({ seconds, fraction });
  });

  it.each([
    ['no text', ''],
    ['February 30', '2024-02-30T00:00:00Z'],
    ['February 29 of a common year', '2023-02-29T00:00:00Z'],
    ['February 29 of 1900', '1900-02-29T00:00:00Z'],
    ['April 31', '2024-04-31T00:00:00Z'],
    ['month 13', '2024-13-01T00:00:00Z'],
    ['month 0', '2024-00-01T00:00:00Z'],
    ['day 0', '2024-01-00T00:00:00Z'],
    ['24:00:00', '2024-01-01T24:00:00Z'],
    ['minute 60', '2024-01-01T00:60:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['a date alone', '2024-01-01'],
    ['no offset', '2024-01-01T00:00:00'],
    ['a space for the T', '2024-01-01 00:00:00Z'],
    ['a small t', '2024-01-01t00:00:00Z'],
    ['a small z', '2024-01-01T00:00:00z'],
    ['no seconds', '2024-01-01T00:00Z'],
    ['an offset without colon', '2024-01-01T00:00:00+0100'],
    ['an offset of 24 hours', '2024-01-01T00:00:00+24:00'],
    ['an offset of 60 minutes', '2024-01-01T00:00:00+00:60'],
    ['a point without digits', '2024-01-01T00:00:00.Z'],
    ['a comma', '2024-01-01T00:00:00,5Z'],
    ['eight digits of a second', '2024-01-01T00:00:00.12345678Z'],
    ['white space around it', ' 2024-01-01T00:00:00Z'],
    ['a line end after it', '2024-01-01T00:00:00Z\n'],
    ['the year 0', '0000-12-31T00:00:00Z'],
    ['a year of five digits', '+12024-01-01T00:00:00Z'],
    ['Unix seconds', '1704067200'],
    ['other digits', '٢٠٢٤-01-01T00:00:00Z'],
    ['before the year 1, by its offset', '0001-01-01T00:00:00+00:01'],
    ['after the year 9999, by its offset', '9999-12-31T23:59:59-00:01'],
  ])('refuses %s', (_, text) => {
    expect(readInstant(text)).toBeUndefined();
  });

  it('takes what any Date writes, and agrees with it', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('0001-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59.999Z'),
          noInvalidDate: true,
        }),
        (date) => {
          const instant = readInstant(date.toISOString());
          expect(instant?.seconds).toBe(Math.floor(date.getTime() / 1000));
          expect(instantOf(date)).toEqual(instant);
          expect(instant && writeInstant(instant)).toBe(date.toISOString());
        },
      ),
    );
  });

  it.each([Number.NaN, -1e15, 1e15])('refuses a now of %d', (time) => {
    const { code, details } = refusal(() => instantOf(new Date(time)));
    expect([code, details]).toEqual(['invalid_option', { option: 'now' }]);
  });
});

const instants = fc.record({
  seconds: fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }),
  fraction: fc.stringMatching(/^\d{0,7}$/),
});

describe('C3: the fraction of a second is text', () => {
  it('comes out as it went in, trailing zeros included', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        expect(readInstant(writeInstant(instant))).toEqual(instant);
      }),
    );
  });

  it('is carried through an addition', () => {
    const start = readInstant('2024-12-31T23:59:59.9999999Z');
    expect(start).toBeDefined();
    const later = start && addSeconds(start, 1);
    expect(later && writeInstant(later)).toBe('2025-01-01T00:00:00.9999999Z');
  });

  it('tells ticks apart', () => {
    const [first, second] = ['2024-01-01T00:00:00.1000001Z', '2024-01-01T00:00:00.1000002Z'].map(readInstant);
    expect(first && second && compareInstants(first, second)).toBeLessThan(0);
    expect(first && second && compareInstants(second, first)).toBeGreaterThan(0);
  });

  it('compares as a number, not as text', () => {
    const [short, long] = ['2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00.4999999Z'].map(readInstant);
    expect(short && long && compareInstants(short, long)).toBeGreaterThan(0);
    const [bare, zeros] = ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.000Z'].map(readInstant);
    expect(bare && zeros && compareInstants(bare, zeros)).toBe(0);
  });

  it('orders as ticks since 1970 do', () => {
    const ticks = ({ seconds, fraction }: { readonly seconds: number; readonly fraction: string }) =>
      BigInt(seconds) * 10_000_000n + BigInt(fraction.padEnd(7, '0'));
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        const difference = ticks(a) - ticks(b);
        expect(Math.sign(compareInstants(a, b))).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
      }),
    );
  });
});

it('nothing is added beyond the year 9999', () => {
  const last = readInstant('9999-12-31T23:59:59Z');
  expect(last && addSeconds(last, 0)).toEqual(last);
  expect(last && addSeconds(last, 1)).toBeUndefined();
});
