import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../../src/core/format/parse-format.js';
import type { Vendor } from '../../../../src/core/vendors/server/vendor.js';
import * as solifyn from '../../../../src/core/vendors/solifyn.js';
import {
  createRequestJsonSchema,
  keyFormat,
  keyProblem,
  looksGenerated,
  parseRecord,
  validateCreateRequest,
} from '../../../../src/core/vendors/solifyn.js';
import { refusal } from '../../../failure.js';
import { accepts } from '../json-schema.js';
import { exampleOf } from '../published-example.js';
import { hasSeeds, NEEDS_SEEDS, readSeed } from '../seed-files.js';

/** What the vendor's surface has to be; that it compiles is the test. */
const surface: Pick<
  Vendor<solifyn.SolifynAccount, solifyn.SolifynStatus>,
  | 'vendorName'
  | 'keyFormat'
  | 'keyProblem'
  | 'validateCreateRequest'
  | 'createRequestJsonSchema'
  | 'respond'
  | 'parseRecord'
> = solifyn;

const now = new Date('2026-01-01T00:00:00Z');
const UUID = '5d1c1c5e-7a30-4c40-9a6e-2f0c7d3a1b11';

describe('S1: license keys', () => {
  it('the preset has three groups of four upper-case hex digits', () => {
    expect(surface.vendorName).toBe('Solifyn');
    const format = parseFormat(keyFormat);
    expect(format.entropyBits).toBe(48);
    expect(looksGenerated(format.example)).toBe(true);
    expect(keyProblem(format.example)).toBeUndefined();
  });

  it.each(['ABCD-EFGH', 'FYN-ABCD-0123', 'lic_any_thing.1', 'x', 'é-ß-漢'])(
    '%s is taken, but looks not generated',
    (key) => {
      expect(keyProblem(key)).toBeUndefined();
      expect(looksGenerated(key)).toBe(false);
    },
  );

  it.each([
    '0123-4567-89ab',
    '0123-4567',
    '0123456789AB',
    '0123-4567-89AB-CDEF',
    '0123-4567-89AB\n',
    '0123-4567-89AG',
  ])('%j looks not generated', (key) => {
    expect(looksGenerated(key)).toBe(false);
  });

  it.each([
    ['empty', ''],
    ['a space', 'A B'],
    ['a space before it', ' AB'],
    ['a no-break space', 'A\u00a0B'],
    ['a line end', 'AB\n'],
    ['a tab', 'A\tB'],
    ['a null', 'A\0B'],
    ['an escape', 'A\x1bB'],
    ['a zero-width space', 'A\u200bB'],
    ['a byte order mark', '\ufeffAB'],
    ['half a surrogate pair', 'A\ud800'],
  ])('refuses %s', (_, key) => {
    expect(keyProblem(key)).toMatch(/^(is empty|holds white space or a character that cannot be seen)$/);
  });
});

/** What a body gets, as `issue path: message`. */
function told(body: unknown, level?: 'server' | 'documented'): readonly string[] {
  const { ok, issues, warnings } = validateCreateRequest(
    body,
    level === undefined ? { now } : { level, now },
  );
  expect(ok).toBe(issues.length === 0);
  return [
    ...issues.map(({ path, message }) => `issue ${path.join('.')}: ${message}`),
    ...warnings.map(({ path, message }) => `warning ${path.join('.')}: ${message}`),
  ];
}

const BODY = { productId: UUID, customerId: 'cust_1' };

describe('create requests', () => {
  it.each([
    BODY,
    { ...BODY, activationLimit: 1, expiryHours: 1, key: 'K' },
    { ...BODY, activationLimit: 1_000_000, expiryHours: 8760 },
  ])('takes %j at both levels', (body) => {
    expect(told(body)).toEqual([]);
    expect(told(body, 'documented')).toEqual([]);
  });

  it('productId and customerId are required, at both levels', () => {
    for (const level of ['server', 'documented'] as const)
      expect(told({}, level)).toEqual(['issue productId: is required', 'issue customerId: is required']);
  });

  it('S2: productId is a UUID, or prod_… as the samples have it; documented is the UUID alone', () => {
    const PRODUCT = 'issue productId: must be a UUID, or prod_ and letters, digits or hyphens';
    for (const productId of [UUID, UUID.toUpperCase(), 'prod_a1B2', `prod_${UUID}`])
      expect(told({ ...BODY, productId })).toEqual([]);
    for (const productId of ['', 'prod_', 'prod_a b', 'prod_a_b', 'product', 'PROD_a', 5, null])
      expect(told({ ...BODY, productId }), String(productId)).toEqual([PRODUCT]);
    expect(told({ ...BODY, productId: 'prod_a1B2' }, 'documented')).toEqual([
      'issue productId: must be a UUID',
    ]);
  });

  it.each(['', 5, null])('customerId cannot be %j', (customerId) => {
    expect(told({ ...BODY, customerId })).toEqual([expect.stringMatching(/^issue customerId: /)]);
  });

  it('S5: activationLimit is at least 1, or left out', () => {
    expect(told({ ...BODY, activationLimit: 0 })).toEqual(['issue activationLimit: must be at least 1']);
    for (const activationLimit of [-1, 1.5, '3', true])
      expect(told({ ...BODY, activationLimit })).toHaveLength(1);
  });

  it('expiryHours is a whole number from 1, and ends before the year 10000', () => {
    for (const expiryHours of [0, -1, 0.5, 1.5, '720', 1e300])
      expect(told({ ...BODY, expiryHours }), String(expiryHours)).toEqual([
        expect.stringMatching(/^issue expiryHours: must be/),
      ]);
    expect(told({ ...BODY, expiryHours: 100_000_000 })).toEqual([
      'issue expiryHours: ends after the year 9999',
    ]);
    expect(told({ ...BODY, expiryHours: Number.MAX_SAFE_INTEGER })).toHaveLength(1);
  });

  it('S5: null where something may be left out is a warning, and an issue at level documented', () => {
    const nulls = { ...BODY, activationLimit: null, expiryHours: null, key: null };
    const names = ['activationLimit', 'expiryHours', 'key'];
    expect(told(nulls)).toEqual(names.map((name) => `warning ${name}: is null: leave it out`));
    expect(told(nulls, 'documented').map((line) => line.slice(0, line.indexOf(':')))).toEqual(
      names.map((name) => `issue ${name}`),
    );
  });

  it('S1: a key may be any that is one, and is never told', () => {
    expect(told({ ...BODY, key: 'any-key_will.do' })).toEqual([]);
    expect(told({ ...BODY, key: '' })).toEqual(['issue key: is empty']);
    expect(told({ ...BODY, key: 'SECRET KEY' })).toEqual([
      'issue key: holds white space or a character that cannot be seen',
    ]);
    expect(told({ ...BODY, key: 5 })).toEqual(['issue key: must be a text']);
  });

  it("2.2: what the TypeScript SDK's type alone has is a warning", () => {
    const sdk = { status: 'ACTIVE', activationMessage: 'm', paymentId: 'p', metadata: {} };
    for (const level of ['server', 'documented'] as const)
      expect(told({ ...BODY, ...sdk }, level)).toEqual(
        Object.keys(sdk).map(
          (name) => `warning ${name}: stands in the TypeScript SDK's type alone: the API does not name it`,
        ),
      );
  });

  it('2.2: so is any other that is not known: the document leaves it open', () => {
    expect(told({ ...BODY, expiresAt: '2027-01-01T00:00:00Z' })).toEqual([
      'warning expiresAt: is no field that is known here: leave it out',
    ]);
  });

  it('tells all that is wrong at once', () => {
    expect(
      told({ productId: 'x', activationLimit: 0, expiryHours: 10 ** 9, key: ' ', more: 1 }),
    ).toHaveLength(6);
  });

  it.each([[null], [undefined], [[]], [[BODY]], ['{}'], [5]])('%j is no body', (body) => {
    expect(told(body)).toEqual([expect.stringMatching(/^issue : /)]);
  });

  it('never throws at a body', () => {
    const body = fc.oneof(
      fc.anything(),
      fc.dictionary(
        fc.constantFrom(...Object.keys(BODY), 'key', 'expiryHours', 'activationLimit'),
        fc.anything(),
      ),
    );
    fc.assert(fc.property(body, (any) => told(any).length >= 0));
    expect(refusal(() => validateCreateRequest(BODY, { now: new Date(Number.NaN) })).code).toBe(
      'invalid_option',
    );
  });

  it('the JSON Schema agrees with the judge, but for the year 10000', () => {
    const bodies = fc.record(
      {
        productId: fc.constantFrom(UUID, 'prod_a', 'prod_', 'x', null),
        customerId: fc.constantFrom('c', '', null),
        activationLimit: fc.constantFrom(-1, 0, 1, 1.5, null, '1'),
        expiryHours: fc.constantFrom(-1, 0, 1, 1.5, null, '1'),
        key: fc.constantFrom('K', '', 5, null),
        more: fc.constant(1),
      },
      { requiredKeys: [] },
    );
    for (const level of ['server', 'documented'] as const) {
      fc.assert(
        fc.property(bodies, (body) => {
          const { ok } = validateCreateRequest(body, { level, now });
          expect(accepts(createRequestJsonSchema(level), body)).toBe(ok);
        }),
      );
    }
  });

  it('the JSON Schema is that of the level', () => {
    expect(createRequestJsonSchema('documented')).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: ['productId', 'customerId'],
      properties: {
        productId: { type: 'string', format: 'uuid' },
        activationLimit: { type: 'integer', minimum: 1 },
      },
    });
    expect(createRequestJsonSchema()).toMatchObject({
      properties: {
        productId: { anyOf: [{ format: 'uuid' }, { pattern: '^prod_[A-Za-z0-9-]+$' }] },
        key: { anyOf: [{ type: 'string', minLength: 1 }, { type: 'null' }] },
      },
    });
  });
});

const LICENSE = {
  id: 'lic_1',
  key: '0123-4567-89AB',
  status: 'ACTIVE',
  businessId: 'biz_1',
  productId: 'prod_1',
  paymentId: null,
  customerId: 'cust_1',
  activationLimit: 3,
  activationMessage: null,
  instancesCount: 0,
  expiryHours: 24,
  expiresAt: '2026-01-01T00:00:00.000Z',
  filters: null,
  archived: false,
  createdAt: '2025-12-31T00:00:00.000Z',
  updatedAt: '2025-12-31T00:00:00.000Z',
};
const read = (members: object) => parseRecord({ ...LICENSE, ...members }, { now });
const warned = (members: object) => {
  const reading = read(members);
  return reading.ok ? reading.warnings.map(({ path }) => path.join('.')) : 'refused';
};

describe('records', () => {
  it.each([
    ['ACTIVE', {}],
    ['ACTIVE', { expiresAt: null, expiryHours: null }],
    ['EXPIRED', { expiresAt: '2025-12-31T23:59:59.999Z', createdAt: '2025-12-30T23:59:59.999Z' }],
    ['DISABLED', { status: 'DISABLED' }],
    [
      'DISABLED',
      { status: 'DISABLED', expiresAt: '2020-01-02T00:00:00Z', createdAt: '2020-01-01T00:00:00Z' },
    ],
    ['REVOKED', { status: 'REVOKED', expiresAt: '2020-01-02T00:00:00Z', createdAt: '2020-01-01T00:00:00Z' }],
  ])('%s: %j', (status, members) => {
    expect(read(members)).toMatchObject({ ok: true, status, warnings: [] });
  });

  it("S7: the SDK's EXPIRED is a state that follows: taken with a warning", () => {
    expect(read({ status: 'EXPIRED' })).toMatchObject({
      ok: true,
      status: 'EXPIRED',
      warnings: [{ path: ['status'] }],
    });
    expect(read({ status: 'active' })).toEqual({
      ok: false,
      issues: [{ path: ['status'], message: 'must be one of ACTIVE, DISABLED, REVOKED' }],
    });
  });

  it('S3: filters may be an object, null, or the text {}', () => {
    expect(warned({ filters: null })).toEqual([]);
    expect(warned({ filters: { region: ['eu'] } })).toEqual([]);
    expect(warned({ filters: '{}' })).toEqual(['filters']);
    for (const filters of ['', '[]', [], 5])
      expect(read({ filters }), String(filters)).toMatchObject({ ok: false });
  });

  it.each(Object.keys(LICENSE))('S4: %s has to be there', (name) => {
    const rest = Object.fromEntries(Object.entries(LICENSE).filter(([member]) => member !== name));
    const reading = parseRecord(rest, { now });
    expect(reading.ok ? [] : reading.issues.map(({ path }) => path)).toEqual([[name]]);
  });

  it('S4: and may be null where the document says so', () => {
    const nullable = [
      'productId',
      'paymentId',
      'customerId',
      'activationLimit',
      'activationMessage',
      'filters',
    ];
    for (const name of Object.keys(LICENSE).filter((name) => !name.startsWith('expir')))
      expect(read({ [name]: null }).ok, name).toBe(nullable.includes(name));
    expect(read({ expiresAt: null, expiryHours: null }).ok).toBe(true);
  });

  it('S5: activationLimit is an integral number or null', () => {
    expect(warned({ activationLimit: 5.0 })).toEqual([]);
    for (const activationLimit of [1.5, '5']) expect(read({ activationLimit }).ok).toBe(false);
  });

  it('S6: expiresAt that is not createdAt and expiryHours is a warning', () => {
    for (const members of [
      { expiryHours: 25 },
      { expiryHours: null },
      { expiresAt: null },
      { expiresAt: '2027-01-01T00:00:00Z' },
    ])
      expect(warned(members)).toEqual(['expiresAt']);
    expect(warned({ expiresAt: '2026-01-01T01:00:00+01:00' })).toEqual([]);
  });

  it('S10: instancesCount is an integer from 0; more than the limit is a warning', () => {
    for (const instancesCount of [-1, 0.5, '1', null]) expect(read({ instancesCount }).ok).toBe(false);
    expect(warned({ instancesCount: 4 })).toEqual(['instancesCount']);
    expect(warned({ instancesCount: 4, activationLimit: null })).toEqual([]);
  });

  it('keeps what is not known, and times to the last digit', () => {
    const extra = { later: { deep: [1] }, updatedAt: '2025-12-31T00:00:00.1234567Z' };
    expect(read(extra)).toMatchObject({ ok: true, record: extra, warnings: [] });
  });

  it('tells all that is wrong at once, without the values', () => {
    const reading = read({
      key: '',
      archived: 'SECRET',
      createdAt: '2025-02-30T00:00:00Z',
      expiryHours: '24',
    });
    expect(reading.ok ? [] : reading.issues.map(({ path }) => path[0])).toEqual([
      'key',
      'expiryHours',
      'archived',
      'createdAt',
    ]);
    expect(JSON.stringify(reading)).not.toContain('SECRET');
  });

  it('never throws', () => {
    const value = fc.oneof(
      fc.anything(),
      fc.record(Object.fromEntries(Object.keys(LICENSE).map((name) => [name, fc.anything()]))),
    );
    fc.assert(
      fc.property(value, (any) => typeof parseRecord(any, { now }).ok === 'boolean'),
      { numRuns: 50 },
    );
    expect(refusal(() => parseRecord(LICENSE, { now: new Date(Number.NaN) })).code).toBe('invalid_option');
  });

  it.skipIf(!hasSeeds)(`S6: the published record parses, its expiry with a warning${NEEDS_SEEDS}`, () => {
    const published = exampleOf(readSeed('003'));
    const reading = parseRecord(published, { now: new Date('2026-06-01T00:00:00Z') });
    expect(reading).toMatchObject({
      ok: true,
      status: 'ACTIVE',
      expiresAt: published['expiresAt'],
      warnings: [{ path: ['expiresAt'], message: 'is not createdAt and expiryHours' }],
    });
    expect(reading.ok && JSON.stringify(reading.record)).toBe(JSON.stringify(published));
    expect(looksGenerated(String(published['key']))).toBe(true);
  });
});
