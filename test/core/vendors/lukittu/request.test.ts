import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/encoding/json-text.js';
import {
  createRequestJsonSchema,
  type Level,
  validateCreateRequest,
  validateUpdateRequest,
} from '../../../../src/core/vendors/lukittu.js';
import { refusal } from '../../../failure.js';
import { accepts } from '../json-schema.js';
import { DATE, DURATION, LATER, NEVER, NOW, updateOf, uuid } from './lukittu-fixtures.js';

const line = ({ path, message }: { path: readonly (string | number)[]; message: string }) =>
  `${path.join('/')}: ${message}`;

function create(body: unknown, level: Level = 'server') {
  const { ok, issues, warnings } = validateCreateRequest(body, { level, now: NOW });
  expect(ok).toBe(issues.length === 0);
  return { issues: issues.map(line), warnings: warnings.map(line) };
}

function update(body: unknown, level: Level = 'server') {
  const { issues, warnings } = validateUpdateRequest(body, { level, now: NOW });
  return { issues: issues.map(line), warnings: warnings.map(line) };
}

const NOTHING = { issues: [], warnings: [] };
const ids = (count: number) => Array.from({ length: count }, (_, index) => uuid(index + 1));
const item = (members: JsonObject = {}) => ({ key: 'a', value: 'b', locked: false, ...members });
const items = (count: number) => Array.from({ length: count }, (_, index) => item({ key: `a${index}` }));
const REQUIRED = [
  'expirationType',
  'suspended',
  'productIds',
  'customerIds',
  'metadata',
  'sendEmailDelivery',
];

describe('level server', () => {
  it.each([
    ['NEVER', NEVER],
    ['DATE', DATE],
    [
      'DATE with an offset and a start',
      { ...DATE, expirationDate: '2027-01-31T00:00:00+02:00', expirationStart: 'CREATION' },
    ],
    ['DURATION from creation', DURATION],
    ['DURATION from activation', { ...DURATION, expirationStart: 'ACTIVATION' }],
    ['every limit at its lowest', { ...DURATION, expirationDays: 1, ipLimit: 1, hwidLimit: 1 }],
    ['every limit at its highest', { ...DURATION, expirationDays: 1000, ipLimit: 1000, hwidLimit: 1000 }],
    [
      '20 products, customers and metadata',
      { ...NEVER, productIds: ids(20), customerIds: ids(20), metadata: items(20) },
    ],
    [
      'metadata of 255 characters',
      { ...NEVER, metadata: [item({ key: 'k'.repeat(255), value: 'v'.repeat(255) })] },
    ],
  ])('takes %s', (_, body) => {
    expect(create(body)).toEqual(NOTHING);
  });

  it.each(Object.keys(NEVER))('L1: %s has to be there', (name) => {
    const { [name]: _, ...rest }: JsonObject = NEVER;
    expect(create(rest)).toEqual({ issues: [`${name}: is required`], warnings: [] });
  });

  it.each([
    ['L2: ipLimit 0', { ipLimit: 0 }, 'ipLimit: must be at least 1'],
    ['ipLimit 1001', { ipLimit: 1001 }, 'ipLimit: must be at most 1000'],
    ['ipLimit 1.5', { ipLimit: 1.5 }, 'ipLimit: must be an integer'],
    ['hwidLimit 0', { hwidLimit: 0 }, 'hwidLimit: must be at least 1'],
    ['hwidLimit 1001', { hwidLimit: 1001 }, 'hwidLimit: must be at most 1000'],
    ['a limit as text', { hwidLimit: '3' }, 'hwidLimit: must be an integer'],
    ['an unknown type', { expirationType: 'ALWAYS' }, 'expirationType: must be one of NEVER, DATE, DURATION'],
    [
      'a type in lower case',
      { expirationType: 'never' },
      'expirationType: must be one of NEVER, DATE, DURATION',
    ],
    ['a type of null', { expirationType: null }, 'expirationType: must be one of NEVER, DATE, DURATION'],
    ['suspended as text', { suspended: 'true' }, 'suspended: must be true or false'],
    ['sendEmailDelivery of null', { sendEmailDelivery: null }, 'sendEmailDelivery: must be true or false'],
    ['21 products', { productIds: ids(21) }, 'productIds: must have at most 20 entries'],
    ['21 customers', { customerIds: ids(21) }, 'customerIds: must have at most 20 entries'],
    ['21 items of metadata', { metadata: items(21) }, 'metadata: must have at most 20 entries'],
    ['a product that is no UUID', { productIds: [uuid(1), 'prod_1'] }, 'productIds/1: must be a UUID'],
    [
      'a product twice',
      { productIds: [uuid(1), uuid(2), uuid(1)] },
      'productIds/2: stands in the list already',
    ],
    ['a customer twice', { customerIds: [uuid(1), uuid(1)] }, 'customerIds/1: stands in the list already'],
    ['metadata without locked', { metadata: [{ key: 'a', value: 'b' }] }, 'metadata/0/locked: is required'],
    [
      'metadata with more',
      { metadata: [item(), item({ key: 'c', id: 1 })] },
      'metadata/1/id: is no field that is known here: leave it out',
    ],
    ['an empty key', { metadata: [item({ key: '' })] }, 'metadata/0/key: must have at least 1 character'],
    [
      'a key of 256',
      { metadata: [item({ key: 'k'.repeat(256) })] },
      'metadata/0/key: must have at most 255 characters',
    ],
    [
      'a value of 256',
      { metadata: [item({ value: 'k'.repeat(256) })] },
      'metadata/0/value: must have at most 255 characters',
    ],
    ['a value that is no text', { metadata: [item({ value: 1 })] }, 'metadata/0/value: must be a text'],
    ['metadata as an object', { metadata: { a: 'b' } }, 'metadata: must be a list'],
    [
      "L10: a license key of one's own",
      { licenseKey: 'x' },
      'licenseKey: is no field that is known here: leave it out',
    ],
    ['seats, the old name', { seats: 1 }, 'seats: is no field that is known here: leave it out'],
  ])('refuses %s', (_, members, issue) => {
    expect(create({ ...NEVER, ...members })).toEqual({ issues: [issue], warnings: [] });
  });

  it('L3: takes an expirationStart of null, and no other text', () => {
    expect(create({ ...NEVER, expirationStart: null })).toEqual(NOTHING);
    expect(create({ ...DATE, expirationStart: 'NOW' }).issues).toEqual([
      'expirationStart: must be one of CREATION, ACTIVATION',
    ]);
  });

  it.each([
    ['a start', { expirationStart: 'CREATION' }],
    ['a date', { expirationDate: LATER }],
    ['days', { expirationDays: 1 }],
    ['all three', { expirationStart: 'CREATION', expirationDate: LATER, expirationDays: 1 }],
  ])('L4: refuses NEVER with %s, at the empty path', (_, members) => {
    expect(validateCreateRequest({ ...NEVER, ...members }, { now: NOW }).issues).toEqual([
      { path: [], message: 'NEVER needs expirationStart, expirationDate and expirationDays to be null' },
    ]);
  });

  it.each([
    [
      'L5: DATE with days',
      { ...DATE, expirationDays: 3 },
      'expirationDays: must be null for DATE: the license would end that many days from now instead',
    ],
    [
      'L5: DURATION with a date',
      { ...DURATION, expirationDate: LATER },
      'expirationDate: must be null for DURATION: expirationDays say when it ends',
    ],
    [
      'L5: DURATION from activation with a date',
      { ...DURATION, expirationStart: 'ACTIVATION', expirationDate: LATER },
      'expirationDate: must be null for DURATION: expirationDays say when it ends',
    ],
    [
      'DURATION without days',
      { ...DURATION, expirationDays: null },
      'expirationDays: DURATION needs both expirationStart and expirationDays',
    ],
    [
      'DURATION without a start, at expirationDays',
      { ...DURATION, expirationStart: null },
      'expirationDays: DURATION needs both expirationStart and expirationDays',
    ],
    ['DURATION of 0 days', { ...DURATION, expirationDays: 0 }, 'expirationDays: must be at least 1'],
    ['DURATION of -1 days', { ...DURATION, expirationDays: -1 }, 'expirationDays: must be at least 1'],
    ['DURATION of 1001 days', { ...DURATION, expirationDays: 1001 }, 'expirationDays: must be at most 1000'],
    ['DURATION of half a day', { ...DURATION, expirationDays: 0.5 }, 'expirationDays: must be an integer'],
    [
      'DATE without a date',
      { ...DATE, expirationDate: null },
      'expirationDate: DATE needs an expirationDate',
    ],
    [
      'L11: DATE in the past',
      { ...DATE, expirationDate: '2026-03-01T11:59:59.999Z' },
      'expirationDate: must lie in the future',
    ],
    [
      'L11: DATE of this moment',
      { ...DATE, expirationDate: NOW.toISOString() },
      'expirationDate: must lie in the future',
    ],
    [
      'a date alone, which the database would not store',
      { ...DATE, expirationDate: '2027-01-31' },
      'expirationDate: must be a time like 2026-01-31T00:00:00.000Z',
    ],
    [
      'Unix milliseconds, which the database would not store',
      { ...DATE, expirationDate: 1_900_000_000_000 },
      'expirationDate: must be a text',
    ],
    [
      'a time without its zone',
      { ...DATE, expirationDate: '2027-01-31T00:00:00' },
      'expirationDate: must be a time like 2026-01-31T00:00:00.000Z',
    ],
    [
      'February 30',
      { ...DATE, expirationDate: '2027-02-30T00:00:00Z' },
      'expirationDate: must be a time like 2026-01-31T00:00:00.000Z',
    ],
    [
      'words',
      { ...DATE, expirationDate: 'tomorrow' },
      'expirationDate: must be a time like 2026-01-31T00:00:00.000Z',
    ],
  ])('refuses %s', (_, body, issue) => {
    expect(create(body)).toEqual({ issues: [issue], warnings: [] });
  });

  it.each([
    [
      'L8: a UUID that is not of version 4',
      { productIds: ['00000000-0000-7000-8000-000000000001'] },
      'productIds/0: is no UUID of version 4, which all of Lukittu are',
    ],
    [
      'L8: a customer of version 1',
      { customerIds: [uuid(1), '00000000-0000-1000-8000-000000000001'] },
      'customerIds/1: is no UUID of version 4, which all of Lukittu are',
    ],
    ['a metadata key twice', { metadata: [item(), item()] }, 'metadata/1/key: stands in the list already'],
    [
      'mail, of which a team may send 50 a day',
      { sendEmailDelivery: true },
      'sendEmailDelivery: a team may send 50 a day: then the whole request fails, as it does when the mail cannot be sent',
    ],
  ])('warns of %s', (_, members, warning) => {
    expect(create({ ...NEVER, ...members })).toEqual({ issues: [], warnings: [warning] });
  });

  it('L8: takes UUIDs in either case, and finds one that stands there in both', () => {
    const upper = 'AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA';
    expect(create({ ...NEVER, productIds: [upper] })).toEqual(NOTHING);
    expect(create({ ...NEVER, productIds: [upper, upper.toLowerCase()] }).issues).toHaveLength(1);
  });

  it('tells all faults at once, the rules between fields too', () => {
    const { expirationDate, ...body } = { ...DURATION, expirationStart: null, expirationDays: null };
    const faulty = {
      ...body,
      ipLimit: 0,
      productIds: [...ids(20), 'x', uuid(1)],
      metadata: [item({ locked: 1 })],
      extra: 1,
    };
    expect(create(faulty).issues).toEqual([
      'expirationDate: is required',
      'ipLimit: must be at least 1',
      'productIds/20: must be a UUID',
      'productIds: must have at most 20 entries',
      'metadata/0/locked: must be true or false',
      'extra: is no field that is known here: leave it out',
      'expirationDays: DURATION needs both expirationStart and expirationDays',
      'productIds/21: stands in the list already',
    ]);
  });

  it.each([
    ['a list', [NEVER]],
    ['null', null],
    ['a text', JSON.stringify(NEVER)],
    ['a number', 1],
  ])('refuses a body that is %s', (_, body) => {
    expect(create(body).issues).toEqual([': must be an object']);
  });
});

describe('level documented', () => {
  it('L1: asks for the six fields of the pages; that the server wants the others is a warning', () => {
    expect(create({}, 'documented').issues).toEqual(REQUIRED.map((name) => `${name}: is required`));
    const six = Object.fromEntries(Object.entries(NEVER).filter(([name]) => REQUIRED.includes(name)));
    expect(create(six, 'documented')).toEqual({
      issues: [],
      warnings: ['expirationStart', 'expirationDate', 'expirationDays', 'ipLimit', 'hwidLimit'].map(
        (name) => `${name}: is right by the pages, not for the server: is required`,
      ),
    });
  });

  it.each([
    ['L2: ipLimit 0', { ipLimit: 0 }, 'ipLimit'],
    ['ipLimit 1001', { ipLimit: 1001 }, 'ipLimit'],
    ['21 products', { productIds: ids(21) }, 'productIds'],
    ['a product twice', { productIds: [uuid(1), uuid(1)] }, 'productIds/1'],
    ['an unknown member', { extra: 1 }, 'extra'],
    ['an unknown member of metadata', { metadata: [item({ extra: 1 })] }, 'metadata/0/extra'],
    ['L4: NEVER with a start', { expirationStart: 'CREATION' }, ''],
  ])('takes %s with a warning', (_, members, path) => {
    const { issues, warnings } = create({ ...NEVER, ...members }, 'documented');
    expect(issues).toEqual([]);
    expect(warnings.map((warning) => warning.split(':')[0])).toEqual([path]);
  });

  it('L11: says nothing of the future, but warns', () => {
    expect(create({ ...DATE, expirationDate: '2020-01-01T00:00:00Z' }, 'documented')).toEqual({
      issues: [],
      warnings: ['expirationDate: is right by the pages, not for the server: must lie in the future'],
    });
  });

  it.each([
    ['a date for DATE', { ...DATE, expirationDate: null }, 'expirationDate: is required for DATE'],
    ['days for DURATION', { ...DURATION, expirationDays: null }, 'expirationDays: is required for DURATION'],
    ['ipLimit from 0', { ...NEVER, ipLimit: -1 }, 'ipLimit: must be at least 0'],
    ['hwidLimit from 1', { ...NEVER, hwidLimit: 0 }, 'hwidLimit: must be at least 1'],
    ['locked', { ...NEVER, metadata: [{ key: '', value: '' }] }, 'metadata/0/locked: is required'],
  ])('asks for %s', (_, body, issue) => {
    expect(create(body, 'documented').issues).toEqual([issue]);
  });
});

describe('validateUpdateRequest', () => {
  it('takes the fields of a create request without sendEmailDelivery, and the license key', () => {
    expect(update(updateOf(NEVER))).toEqual(NOTHING);
    expect(update(NEVER).issues).toEqual([
      'licenseKey: is required',
      'sendEmailDelivery: is no field that is known here: leave it out',
    ]);
    expect(update(updateOf(NEVER), 'documented')).toEqual(NOTHING);
    expect(update({}, 'documented').issues).toHaveLength(6);
  });

  it('refuses a license key in lower case without quoting it', () => {
    expect(update(updateOf(NEVER, 'ab12c-de34f-gh56i-jk78l-mn90o')).issues).toEqual([
      'licenseKey: must be five groups of five of A-Z and 0-9',
    ]);
  });

  it('lets a DURATION bring the date it has, which null would erase', () => {
    expect(update(updateOf({ ...DURATION, expirationDate: LATER }))).toEqual(NOTHING);
  });

  it.each(['2027-01-31', 1_900_000_000_000])(
    'takes the date %j, which the server stores here, with a warning',
    (date) => {
      expect(update(updateOf({ ...DATE, expirationDate: date }))).toEqual({
        issues: [],
        warnings: ['expirationDate: lacks its time: write it like 2026-01-31T00:00:00.000Z'],
      });
      expect(update(updateOf({ ...DATE, expirationDate: '2027-02-30' })).issues).toEqual([
        'expirationDate: must be a time like 2026-01-31T00:00:00.000Z',
      ]);
    },
  );

  it('holds the rules between fields as create does', () => {
    expect(update(updateOf({ ...NEVER, expirationDays: 1 })).issues).toHaveLength(1);
    expect(update(updateOf({ ...DATE, expirationDate: NOW.toISOString() })).issues).toHaveLength(1);
    expect(update(updateOf({ ...DURATION, expirationStart: null })).issues).toHaveLength(1);
  });
});

const body = fc.record({
  expirationType: fc.constantFrom('NEVER', 'DATE', 'DURATION'),
  expirationStart: fc.constantFrom(null, 'CREATION', 'ACTIVATION'),
  expirationDate: fc.constantFrom(null, LATER, '2020-01-01T00:00:00Z'),
  expirationDays: fc.option(fc.integer({ min: 0, max: 1001 })),
  ipLimit: fc.option(fc.integer({ min: 0, max: 3 })),
  hwidLimit: fc.option(fc.integer({ min: 998, max: 1001 })),
  suspended: fc.boolean(),
  productIds: fc.array(fc.integer({ min: 1, max: 30 }).map(uuid), { maxLength: 3 }),
  customerIds: fc.array(fc.constantFrom(uuid(1), 'x'), { maxLength: 2 }),
  metadata: fc.array(
    fc.record({ key: fc.constantFrom('', 'a'), value: fc.constant('b'), locked: fc.boolean() }),
    { maxLength: 2 },
  ),
  sendEmailDelivery: fc.boolean(),
});

describe('any body', () => {
  it('is judged by the table of expirations', () => {
    fc.assert(
      fc.property(body, (fields) => {
        const {
          expirationType: type,
          expirationStart: start,
          expirationDate: date,
          expirationDays: days,
        } = fields;
        const inRange = days === null || (days >= 1 && days <= 1000);
        const right = {
          NEVER: start === null && date === null && days === null,
          DATE: date === LATER && days === null,
          DURATION: start !== null && days !== null && date === null,
        };
        const expiration = {
          ...NEVER,
          expirationType: type,
          expirationStart: start,
          expirationDate: date,
          expirationDays: days,
        };
        expect(create(expiration).issues.length === 0).toBe(inRange && right[type] === true);
      }),
    );
  });

  it.each(['server', 'documented'] as const)(
    'is taken by the JSON Schema of level %s when it is right, and only then',
    (level) => {
      const schema = createRequestJsonSchema(level);
      fc.assert(
        fc.property(body, fc.subarray(Object.keys(NEVER), { minLength: 10 }), (fields, names) => {
          const some: JsonObject = Object.fromEntries(
            Object.entries(fields).filter(([name]) => names.includes(name)),
          );
          const { issues } = validateCreateRequest(some, { level, now: NOW });
          // A schema has no clock.
          const timeless = issues.filter(({ message }) => message !== 'must lie in the future');
          expect(accepts(schema, some)).toBe(timeless.length === 0);
        }),
      );
    },
  );

  it('never makes the judge throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.anything(), body),
        fc.constantFrom('server', 'documented'),
        (value, level) => {
          expect(validateCreateRequest(value, { level, now: NOW }).ok).toBeTypeOf('boolean');
          expect(validateUpdateRequest(value, { level, now: NOW }).ok).toBe(false);
        },
      ),
    );
  });

  it('with a member named __proto__ has an unknown one', () => {
    const text = JSON.stringify(NEVER).replace('{', '{"__proto__":{"ipLimit":5},');
    expect(create(JSON.parse(text)).issues).toEqual([
      '__proto__: is no field that is known here: leave it out',
    ]);
  });

  it('is judged soon, however large', () => {
    const large = { ...NEVER, productIds: Array(1e6).fill('x') };
    expect(create(large).issues).toEqual(['productIds: has too many entries: 10000 are read']);
  });
});

it('refuses an invalid now', () => {
  expect(refusal(() => validateCreateRequest(NEVER, { now: new Date(Number.NaN) })).code).toBe(
    'invalid_option',
  );
});
