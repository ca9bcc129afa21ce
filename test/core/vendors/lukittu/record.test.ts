import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/encoding/json-text.js';
import { type LukittuStatus, parseRecord } from '../../../../src/core/vendors/lukittu.js';
import { refusal } from '../../../failure.js';
import { ADDRESS, CUSTOMER, DISCORD, KEY, LICENSE, NOW, PRODUCT, uuid } from './lukittu-fixtures.js';

const DAY = 86_400_000;
const days = (count: number, milliseconds = 0) =>
  new Date(NOW.getTime() + count * DAY + milliseconds).toISOString();

function read(value: unknown) {
  const reading = parseRecord(value, { now: NOW });
  if (!reading.ok) throw new Error(JSON.stringify(reading.issues));
  return reading;
}

function faults(value: unknown): readonly string[] {
  const reading = parseRecord(value, { now: NOW });
  return reading.ok ? [] : reading.issues.map(({ path, message }) => `${path.join('/')}: ${message}`);
}

describe('parseRecord', () => {
  it('keeps every member, those that no page names too', () => {
    const record = { ...LICENSE, branchId: null, products: [{ ...PRODUCT, latestReleaseId: uuid(5) }] };
    expect(read(record)).toEqual({
      ok: true,
      id: LICENSE.id,
      key: KEY,
      status: 'ACTIVE',
      expiresAt: null,
      record,
      warnings: [],
    });
  });

  it.each([
    [
      "L6: createdByUserId null, a customer's and a product's too",
      {
        createdByUserId: null,
        customers: [{ ...CUSTOMER, createdByUserId: null }],
        products: [{ ...PRODUCT, createdByUserId: null }],
      },
    ],
    ['L6: a createdByUserId', { createdByUserId: uuid(2) }],
    ['L6: lastActiveAt null', { lastActiveAt: null }],
    ['L2: ipLimit 0, as the pages have it', { ipLimit: 0 }],
    ['limits of null', { ipLimit: null, hwidLimit: null }],
    ['expirationStart null', { expirationStart: null }],
    ['a UUID of any version', { id: '00000000-0000-7000-8000-000000000001' }],
    [
      'rows of metadata',
      { metadata: [{ id: uuid(1), key: '', value: '', locked: false, licenseId: LICENSE.id }] },
    ],
    [
      'a customer without names, address and Discord account',
      { customers: [{ ...CUSTOMER, email: null, fullName: null, address: null, discordAccount: null }] },
    ],
    ['times with an offset and no fraction', { createdAt: '2026-02-01T02:00:00+02:00' }],
  ])('takes %s', (_, members) => {
    expect(read({ ...LICENSE, ...members }).record).toEqual({ ...LICENSE, ...members });
  });

  it('takes what has only the members that the pages require', () => {
    const { id, licenseKey, expirationType, suspended, teamId, createdByUserId, createdAt, updatedAt } =
      LICENSE;
    const least = {
      id,
      licenseKey,
      expirationType,
      suspended,
      teamId,
      createdByUserId,
      createdAt,
      updatedAt,
    };
    expect(read(least).status).toBe('ACTIVE');
    for (const name of Object.keys(least)) {
      const { [name]: _, ...rest }: JsonObject = least;
      expect(faults(rest)).toEqual([`${name}: is required`]);
    }
  });

  it.each(['12345678901234567', '1234567890123456789'])('takes the Discord id %s', (discordId) => {
    expect(
      faults({ ...LICENSE, customers: [{ ...CUSTOMER, discordAccount: { ...DISCORD, discordId } }] }),
    ).toEqual([]);
  });

  const withDiscord = (members: JsonObject) => ({
    customers: [CUSTOMER, { ...CUSTOMER, discordAccount: { ...DISCORD, ...members } }],
  });

  it.each([
    [
      '16 digits',
      withDiscord({ discordId: '1234567890123456' }),
      'customers/1/discordAccount/discordId: must be a Discord id: 17 to 19 digits, as text',
    ],
    [
      '20 digits',
      withDiscord({ discordId: '1'.repeat(20) }),
      'customers/1/discordAccount/discordId: must be a Discord id: 17 to 19 digits, as text',
    ],
    [
      'a line feed after the digits',
      withDiscord({ discordId: `${'1'.repeat(17)}\n` }),
      'customers/1/discordAccount/discordId: must be a Discord id: 17 to 19 digits, as text',
    ],
    [
      'a Discord id as number',
      withDiscord({ discordId: 1e17 }),
      'customers/1/discordAccount/discordId: must be a text',
    ],
    [
      'no Discord name',
      withDiscord({ username: null }),
      'customers/1/discordAccount/username: must be a text',
    ],
    ['a strange avatar', withDiscord({ avatar: 1 }), 'customers/1/discordAccount/avatar: must be a text'],
    [
      'a city that is none',
      { customers: [{ ...CUSTOMER, address: { ...ADDRESS, city: 1 } }] },
      'customers/0/address/city: must be a text',
    ],
    [
      'an address that is a text',
      { customers: [{ ...CUSTOMER, address: 'x' }] },
      'customers/0/address: must be an object',
    ],
    [
      "a customer's e-mail",
      { customers: [{ ...CUSTOMER, email: 'x' }] },
      'customers/0/email: must be an e-mail address',
    ],
    [
      "a customer's metadata without locked",
      { customers: [{ ...CUSTOMER, metadata: [{ key: 'a', value: 'b' }] }] },
      'customers/0/metadata/0/locked: is required',
    ],
    [
      'a product without a name',
      { products: [PRODUCT, { ...PRODUCT, name: null }] },
      'products/1/name: must be a text',
    ],
    [
      'a key in lower case',
      { licenseKey: KEY.toLowerCase() },
      'licenseKey: must be five groups of five of A-Z and 0-9',
    ],
    ['an id that is none', { id: 'lic_1' }, 'id: must be a UUID'],
    [
      'a date that is none',
      { createdAt: '2026-02-30T00:00:00Z' },
      'createdAt: must be a time like 2026-01-31T00:00:00.000Z',
    ],
    ['hwidLimit 0', { hwidLimit: 0 }, 'hwidLimit: must be at least 1'],
    ['DATE without its date', { expirationType: 'DATE' }, 'expirationDate: is required for DATE'],
  ])('refuses %s, at its exact place', (_, members, fault) => {
    expect(faults({ ...LICENSE, ...members })).toEqual([fault]);
  });

  it('tells all faults at once, and quotes none', () => {
    const secret = 'SECRE-TSECR-ETSEC-RETSE-crets';
    const told = faults({ ...LICENSE, licenseKey: secret, teamId: secret, suspended: secret });
    expect(told).toHaveLength(3);
    expect(told.join()).not.toContain(secret);
  });

  it.each([
    [
      'days for DATE',
      { expirationType: 'DATE', expirationDate: days(90), expirationDays: 90 },
      'expirationDays',
    ],
    ['a date for NEVER', { expirationDate: days(90) }, 'expirationDate'],
    [
      'a DURATION from creation that lost its date',
      { expirationType: 'DURATION', expirationDays: 3 },
      'expirationDate',
    ],
  ])('warns of %s', (_, members, path) => {
    expect(read({ ...LICENSE, ...members }).warnings.map((warning) => warning.path)).toEqual([[path]]);
  });

  it('a date for NEVER does not make it expire', () => {
    expect(read({ ...LICENSE, expirationDate: days(-1) })).toMatchObject({
      status: 'ACTIVE',
      expiresAt: null,
    });
  });

  it.each([null, [], 'x', 1, undefined, { data: LICENSE }])('refuses %j', (value) => {
    expect(faults(value).length).toBeGreaterThan(0);
  });

  it('never throws, whatever the value', () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom(...Object.keys(LICENSE)), (value, name) => {
        parseRecord(value, { now: NOW });
        parseRecord({ ...LICENSE, [name]: value }, { now: NOW });
        parseRecord({ ...LICENSE, customers: [{ ...CUSTOMER, discordAccount: value }] }, { now: NOW });
      }),
    );
  });

  it('takes a __proto__ for what it is: a member without meaning', () => {
    const record = JSON.parse(JSON.stringify(LICENSE).replace('{', '{"__proto__":{"suspended":true},'));
    expect(read(record).status).toBe('ACTIVE');
    const { suspended, ...rest } = record;
    expect(faults(JSON.parse(JSON.stringify(rest).replace('{', '{"__proto__":{"suspended":true},')))).toEqual(
      ['suspended: is required'],
    );
  });

  it('refuses an invalid now', () => {
    expect(refusal(() => parseRecord(LICENSE, { now: new Date(Number.NaN) })).code).toBe('invalid_option');
  });
});

describe('the status', () => {
  const date = (expirationDate: string) => ({ expirationType: 'DATE', expirationDate });
  const duration = { expirationType: 'DURATION', expirationStart: 'ACTIVATION', expirationDays: 90 };
  const idle = { lastActiveAt: days(-30, -1) };

  it.each<[string, JsonObject, LukittuStatus]>([
    ['suspended goes before all', { suspended: true, ...date(days(-1)) }, 'SUSPENDED'],
    ['NEVER, used 30 days ago', { lastActiveAt: days(-30) }, 'ACTIVE'],
    ['NEVER, used more than 30 days ago', idle, 'INACTIVE'],
    ['a date a millisecond ago', date(days(0, -1)), 'EXPIRED'],
    ['a date now', date(days(0)), 'EXPIRING'],
    ['a date in 30 days less a millisecond', date(days(30, -1)), 'EXPIRING'],
    ['a date in 30 days', date(days(30)), 'ACTIVE'],
    ['a date in 30 days, not used for long', { ...date(days(30)), ...idle }, 'INACTIVE'],
    ['a date soon, not used for long', { ...date(days(29)), ...idle }, 'EXPIRING'],
    ['a date passed, not used for long', { ...date(days(-29)), ...idle }, 'EXPIRED'],
    ['a DURATION that waits for its activation', { ...duration, ...idle }, 'UPCOMING'],
    ['a DURATION that runs', { ...duration, expirationDate: days(31) }, 'ACTIVE'],
    ['a DURATION that runs out', { ...duration, expirationDate: days(1) }, 'EXPIRING'],
    ['a DURATION that ran out', { ...duration, expirationDate: days(-1) }, 'EXPIRED'],
    ['a DURATION that runs unused', { ...duration, expirationDate: days(31), ...idle }, 'INACTIVE'],
    ['a DURATION from creation without a date', { ...duration, expirationStart: 'CREATION' }, 'ACTIVE'],
    ['no last use: the creation counts', { lastActiveAt: null, createdAt: days(-30, -1) }, 'INACTIVE'],
  ])('%s: %s is %s', (_, members, status) => {
    const record: JsonObject = { ...LICENSE, ...members };
    const { expiresAt, ...reading } = read(record);
    expect(reading.status).toBe(status);
    expect(expiresAt).toBe(record.expirationType === 'NEVER' ? null : (record.expirationDate ?? null));
  });

  it('is one and the same for every moment, in this order of time', () => {
    const order = ['ACTIVE', 'INACTIVE', 'EXPIRING', 'EXPIRED'];
    fc.assert(
      fc.property(
        fc.integer({ min: -100, max: 100 }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 0, max: 50 }),
        (end, first, more) => {
          const record = { ...LICENSE, ...date(days(end)), lastActiveAt: NOW.toISOString() };
          const at = (day: number) => {
            const reading = parseRecord(record, { now: new Date(NOW.getTime() + day * DAY) });
            return order.indexOf(reading.ok ? reading.status : '');
          };
          expect(at(first + more)).toBeGreaterThanOrEqual(at(first));
          expect(at(first)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
