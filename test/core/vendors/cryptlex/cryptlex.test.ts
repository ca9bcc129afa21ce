import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../../src/core/format/parse-format.js';
import * as cryptlex from '../../../../src/core/vendors/cryptlex.js';
import { keyFormat, keyProblem, parseRecord } from '../../../../src/core/vendors/cryptlex.js';
import type { Vendor } from '../../../../src/core/vendors/server/vendor.js';
import { refusal } from '../../../failure.js';
import { exampleOf } from '../published-example.js';
import { hasSeeds, NEEDS_SEEDS, readSeed } from '../seed-files.js';

/** What the vendor's surface has to be; that it compiles is the test. */
const surface: Pick<
  Vendor<cryptlex.CryptlexAccount, cryptlex.CryptlexStatus>,
  | 'vendorName'
  | 'keyFormat'
  | 'keyProblem'
  | 'validateCreateRequest'
  | 'createRequestJsonSchema'
  | 'respond'
  | 'parseRecord'
> = cryptlex;

const now = new Date('2026-01-01T00:00:00Z');
const published = exampleOf(readSeed('000'));
/** The documented default (vendor documentation of license templates). */
const DEFAULT_PATTERN = '^([A-F0-9]{6}-){5}[A-F0-9]{6}$';

describe('license keys', () => {
  it('the preset is the default keyPattern', () => {
    expect(surface.vendorName).toBe('Cryptlex');
    const format = parseFormat(keyFormat);
    expect(format.capacity).toBe(parseFormat(`/${DEFAULT_PATTERN}/`).capacity);
    expect(format.entropyBits).toBe(144);
    expect(keyProblem(format.example, { keyPattern: DEFAULT_PATTERN })).toBeUndefined();
  });

  it.each([
    [15, 'has 15 characters: LexActivator takes keys of 16 to 256'],
    [16, undefined],
    [256, undefined],
    [257, 'has 257 characters: LexActivator takes keys of 16 to 256'],
    [0, 'has 0 characters: LexActivator takes keys of 16 to 256'],
  ])('C9: %d characters', (length, problem) => {
    expect(keyProblem('x'.repeat(length))).toBe(problem);
  });

  it('without keyPattern, any shape will do: the official importer sends 6-5-5-5-5', () => {
    expect(keyProblem('A1B2C3-D4E5F-A1B2C-D3E4F-A5B6C')).toBeUndefined();
  });

  it.each([
    ['lower case', (key: string) => key.toLowerCase()],
    ['another separator', (key: string) => key.replaceAll('-', '_')],
    ['white space after it', (key: string) => `${key} `],
    ['a line end after it', (key: string) => `${key}\n`],
    ['a group more', (key: string) => `${key}-ABCDEF`],
    ['a G', (key: string) => key.replace(/^./, 'G')],
  ])('C5: keyPattern refuses %s', (_, change) => {
    const key = parseFormat(keyFormat).unrank(987_654_321_987_654_321n);
    expect(keyProblem(change(key), { keyPattern: DEFAULT_PATTERN })).toBe(
      'is none of the keyPattern: upper and lower case count',
    );
  });

  it('C5: keyPattern is any pattern of the subset, with slashes or without', () => {
    for (const keyPattern of ['^LIC-[a-z]{6}-\\d{6}$', '/^LIC-[a-z]{6}-\\d{6}$/', 'LIC-[a-z]{6}-\\d{6}']) {
      expect(keyProblem('LIC-abcdef-012345', { keyPattern })).toBeUndefined();
      expect(keyProblem('LIC-ABCDEF-012345', { keyPattern })).toBeDefined();
      expect(keyProblem('xLIC-abcdef-012345x', { keyPattern })).toBeDefined();
    }
  });

  it.each(['^[A-F0-9]{4,6}$', '^(A|B)[0-9]{20}$', '^.{20}$', '^[A-Z]+$'])(
    'C5: a keyPattern outside the subset is refused: %s',
    (keyPattern) => {
      expect(refusal(() => keyProblem('x'.repeat(20), { keyPattern })).code).toBe('invalid_format');
    },
  );

  it('never echoes the key', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{9,300}$/), (key) => {
        expect(keyProblem(key, { keyPattern: DEFAULT_PATTERN })).not.toContain(key);
      }),
    );
  });
});

const LICENSE = {
  id: '5d1c1c5e-7a30-4c40-9a6e-2f0c7d3a1b11',
  key: 'ABCDEF-ABCDEF-ABCDEF',
  revoked: false,
  suspended: false,
  expiresAt: '2026-01-01T00:00:00Z',
};

describe('records', () => {
  it.each([
    ['ACTIVE', {}],
    ['ACTIVE', { expiresAt: null }],
    ['ACTIVE', { expiresAt: '2026-01-01T00:00:00.0000000Z' }],
    ['EXPIRED', { expiresAt: '2025-12-31T23:59:59.9999999Z' }],
    ['ACTIVE', { expiresAt: '2025-12-31T23:59:59.9999999-00:01' }],
    ['EXPIRED', { expiresAt: '2026-01-01T00:59:59+01:00' }],
    ['SUSPENDED', { suspended: true }],
    ['SUSPENDED', { suspended: true, expiresAt: '2020-01-01T00:00:00Z' }],
    ['REVOKED', { revoked: true, suspended: true, expiresAt: '2020-01-01T00:00:00Z' }],
  ])('%s: %j', (status, members) => {
    expect(parseRecord({ ...LICENSE, ...members }, { now })).toMatchObject({
      ok: true,
      status,
      warnings: [],
    });
  });

  it('C3: seven digits of a second stay as they are', () => {
    const expiresAt = '2027-03-04T05:06:07.1234560Z';
    const reading = parseRecord(
      { ...LICENSE, expiresAt, createdAt: '2025-03-04T05:06:07.1234567Z' },
      { now },
    );
    expect(reading).toMatchObject({
      ok: true,
      expiresAt,
      record: { createdAt: '2025-03-04T05:06:07.1234567Z' },
    });
  });

  it('C7: user may be null or an object, and members that are not known are kept', () => {
    const extra = {
      user: { id: 'u', email: 'someone@example.com' },
      later: [{ deep: 1 }],
      allowedIpRange: null,
    };
    expect(parseRecord({ ...LICENSE, ...extra }, { now })).toMatchObject({
      ok: true,
      record: { ...LICENSE, ...extra },
      warnings: [],
    });
    expect(parseRecord({ ...LICENSE, user: null }, { now })).toMatchObject({
      ok: true,
      record: { user: null },
    });
    expect(parseRecord({ ...LICENSE, user: 'u' }, { now })).toMatchObject({
      ok: false,
      issues: [{ path: ['user'] }],
    });
  });

  it('what is odd is a warning', () => {
    const odd = {
      type: 'dongle',
      subscriptionInterval: '1 year',
      key: 'SHORT',
      subscriptionStartTrigger: 'never',
    };
    const reading = parseRecord({ ...LICENSE, ...odd }, { now });
    expect(reading.ok && reading.warnings.map(({ path }) => path)).toEqual([
      ['type'],
      ['subscriptionStartTrigger'],
      ['subscriptionInterval'],
      ['key'],
    ]);
    expect(parseRecord({ ...LICENSE, subscriptionInterval: '' }, { now })).toMatchObject({ warnings: [] });
  });

  it('all that is wrong is told at once, with its path and without the values', () => {
    const wrong = {
      key: '',
      revoked: 'false',
      expiresAt: '2026-02-30T00:00:00Z',
      totalActivations: -1,
      metadata: [{ key: 'a', value: 'b' }, { value: 'SECRET' }],
      tags: 'SECRET',
    };
    const reading = parseRecord(wrong, { now });
    expect(reading.ok).toBe(false);
    const issues = reading.ok ? [] : reading.issues;
    expect(issues.map(({ path }) => path).toSorted()).toEqual(
      [
        ['expiresAt'],
        ['id'],
        ['key'],
        ['metadata', 1, 'key'],
        ['revoked'],
        ['suspended'],
        ['tags'],
        ['totalActivations'],
      ].toSorted(),
    );
    expect(JSON.stringify(issues)).not.toContain('SECRET');
  });

  it.each(['revoked', 'suspended', 'expiresAt', 'id', 'key'])('nothing is good without %s', (name) => {
    const rest = Object.fromEntries(Object.entries(LICENSE).filter(([member]) => member !== name));
    expect(parseRecord(rest, { now })).toEqual({
      ok: false,
      issues: [{ path: [name], message: 'is required' }],
    });
  });

  it.each([[null], [undefined], [[]], [[LICENSE]], ['{}'], [5], [new Date()], [new Map()]])(
    'refuses %j',
    (value) => {
      expect(parseRecord(value, { now })).toMatchObject({ ok: false, issues: [{ path: [] }] });
    },
  );

  it('never throws', () => {
    const value = fc.oneof(
      fc.anything(),
      fc.record({ id: fc.anything(), key: fc.anything(), expiresAt: fc.anything() }),
    );
    fc.assert(fc.property(value, (any) => typeof parseRecord(any, { now }).ok === 'boolean'));
  });

  it('refuses an invalid now', () => {
    expect(refusal(() => parseRecord(LICENSE, { now: new Date(Number.NaN) })).code).toBe('invalid_option');
  });

  it.skipIf(!hasSeeds)(`the published record parses, every member kept${NEEDS_SEEDS}`, () => {
    const reading = parseRecord(published, { now });
    expect(reading).toMatchObject({
      ok: true,
      status: 'ACTIVE',
      expiresAt: published['expiresAt'],
      warnings: [],
    });
    expect(reading.ok && JSON.stringify(reading.record)).toBe(JSON.stringify(published));
    const later = parseRecord(published, { now: new Date('2026-05-06T00:00:00Z') });
    expect(later).toMatchObject({ status: 'EXPIRED' });
    expect(keyProblem(String(published['key']), { keyPattern: DEFAULT_PATTERN })).toBeUndefined();
  });
});
