import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../src/core/encoding/json-text.js';
import { createRequestJsonSchema, validateCreateRequest } from '../../../../src/core/vendors/cryptlex.js';
import { refusal } from '../../../failure.js';
import { accepts } from '../json-schema.js';

const now = new Date('2026-01-01T00:00:00Z');
const ID = '5d1c1c5e-7a30-4c40-9a6e-2f0c7d3a1b11';
const OTHER_ID = '6D1C1C5E-7A30-4C40-9A6E-2F0C7D3A1B11';
const judge = (members: object) => validateCreateRequest({ productId: ID, ...members }, { now });

/** What a member gets: its issues and warnings as `path: message`, nothing else found. */
function told(members: object): readonly string[] {
  const { issues, warnings } = judge(members);
  const write = (kind: string) => (found: (typeof issues)[number]) =>
    `${kind} ${found.path.join('.')}: ${found.message}`;
  return [...issues.map(write('issue')), ...warnings.map(write('warning'))];
}

/** Each field with values that are refused, where the refusal stands at the field itself. */
const BAD: Readonly<Record<string, readonly unknown[]>> = {
  licenseTemplateId: ['x', 1],
  licensePolicyId: ['x'],
  key: ['x', 'x'.repeat(15), 'x'.repeat(257), 1],
  revoked: ['false', 0],
  suspended: ['true', 1],
  type: ['NODE-LOCKED', 'floating', ''],
  subscriptionInterval: [
    'P0D',
    '-P1D',
    'P-1D',
    'P1.5M',
    'PT0.5S',
    'P',
    'p1y',
    '1 year',
    86_400,
    'P1Y ',
    'P9999Y',
  ],
  subscriptionStartTrigger: ['Creation', 'immediate'],
  expiresAt: [
    '',
    '2026-02-30T00:00:00Z',
    '2026-06-01',
    '2026-06-01 00:00:00',
    'soon',
    1_780_000_000,
    '2026-06-01T00:00:00',
  ],
  validity: [-1, 1.5, '86400', 1e15],
  expirationStrategy: ['creation'],
  fingerprintMatchingStrategy: ['strict'],
  allowedActivations: [-2, 1.5, '5'],
  allowedDeactivations: [-2, 0.5],
  leaseDuration: [-2, '0'],
  allowClientLeaseDuration: ['yes'],
  leasingStrategy: ['per-user'],
  allowedFloatingClients: [-1, 1.5],
  serverSyncGracePeriod: [-2, 1.5],
  serverSyncInterval: [179, 0, -1, 3600.5],
  allowedClockOffset: [59, 0, -2, 60.5, '60'],
  disableClockValidation: ['no'],
  expiringSoonEventOffset: [-1, 0.5],
  allowVmActivation: [1],
  allowContainerActivation: ['true'],
  userLocked: ['true'],
  requireAuthentication: ['true'],
  disableGeoLocation: ['true'],
  notes: [5],
  allowedIpRange: [5],
  allowedIpRanges: ['10.0.0.0-10.0.0.9', Array.from({ length: 21 }, String)],
  allowedCountries: ['DE', Array.from({ length: 257 }, String)],
  disallowedCountries: [Array.from({ length: 257 }, String)],
  allowedIpAddresses: [Array.from({ length: 257 }, String)],
  disallowedIpAddresses: [Array.from({ length: 257 }, String)],
  userId: ['x'],
  resellerId: [5],
  organizationId: ['x'],
  additionalUserIds: [ID],
  productVersionId: ['x'],
  entitlementSetId: ['x'],
  maintenancePolicyId: ['x'],
  maxAllowedReleaseVersion: ['1', '1.2.3.4.5', 'v1.2', '1.2-beta', '1.', 1.2],
  tags: ['a', ['a', 'b', 'c', 'd', 'e', 'f']],
  metadata: [{ key: 'value' }, Array.from({ length: 51 }, (_, index) => ({ key: `k${index}`, value: 'v' }))],
  meterAttributes: [{}],
  createdAt: ['2015-05-01 11:16:16', '2015-02-29T00:00:00Z', ''],
};

describe('productId', () => {
  it('alone is required', () => {
    expect(judge({})).toEqual({ ok: true, issues: [], warnings: [] });
    expect(validateCreateRequest({}, { now }).issues).toEqual([
      { path: ['productId'], message: 'is required' },
    ]);
  });

  it.each([null, '', 'x', 5, `${ID} `, ID.replaceAll('-', ''), `{${ID}}`])('is no UUID: %j', (productId) => {
    expect(judge({ productId })).toMatchObject({ ok: false, issues: [{ path: ['productId'] }] });
  });

  it('is a UUID of any version in either case', () => {
    for (const productId of [OTHER_ID, '00000000-0000-0000-0000-000000000000'])
      expect(judge({ productId }).ok).toBe(true);
  });
});

describe('fields', () => {
  /** Each field with values that are taken without a word. */
  const GOOD: Readonly<Record<string, readonly unknown[]>> = {
    licenseTemplateId: [ID],
    key: ['', 'x'.repeat(16), 'x'.repeat(256)],
    revoked: [true, false],
    suspended: [true, false],
    type: ['node-locked', 'hosted-floating', 'on-premise-floating'],
    subscriptionInterval: ['', 'P1Y', 'P2W', 'PT36H', 'P1Y2M3W4DT5H6M7S'],
    subscriptionStartTrigger: ['creation', 'activation'],
    expiresAt: ['2026-01-01T00:00:00.0000001Z', '2027-02-28T12:00:00+02:00'],
    fingerprintMatchingStrategy: ['fuzzy', 'exact', 'loose'],
    allowedActivations: [-1, 0, 1, 1_000_000],
    allowedDeactivations: [-1, 0, 1],
    leaseDuration: [-1, 0, 86_400],
    allowClientLeaseDuration: [true],
    leasingStrategy: ['per-machine', 'per-instance'],
    allowedFloatingClients: [0, 5],
    serverSyncGracePeriod: [-1, 0, 86_400],
    serverSyncInterval: [3600, 86_400],
    allowedClockOffset: [-1, 60, 3600],
    expiringSoonEventOffset: [0, 86_400],
    allowVmActivation: [true, false],
    allowContainerActivation: [true, false],
    userLocked: [true],
    requireAuthentication: [false],
    disableGeoLocation: [true],
    notes: ['', 'any\ntext'],
    allowedIpRanges: [[], ['10.0.0.0-10.0.0.9'], Array.from({ length: 20 }, String)],
    allowedCountries: [['DE'], Array.from({ length: 256 }, String)],
    disallowedCountries: [['DE'], Array.from({ length: 256 }, String)],
    allowedIpAddresses: [['10.0.0.1'], Array.from({ length: 256 }, String)],
    disallowedIpAddresses: [['10.0.0.1'], Array.from({ length: 256 }, String)],
    userId: [ID],
    resellerId: [ID],
    organizationId: [ID],
    additionalUserIds: [[], [ID, OTHER_ID]],
    entitlementSetId: [ID],
    maintenancePolicyId: [ID],
    maxAllowedReleaseVersion: ['1.2', '1.2.3', '10.20.30.40'],
    tags: [[], ['a', 'b', 'c', 'd', 'e']],
    metadata: [
      [],
      [{ key: 'a', value: '' }],
      [{ key: 'a', value: 'b', viewPermissions: ['activation', 'user', 'organization', 'reseller'] }],
      Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: 'v' })),
    ],
    meterAttributes: [[], [{ name: 'a', allowedUses: -1 }], [{ name: 'a', allowedUses: 0, floating: true }]],
    createdAt: ['2015-05-01T11:16:16Z', '2015-05-01T11:16:16.1234567Z'],
  };

  it.each(Object.entries(GOOD))(
    '%s is taken as documented, and null is as good as absent',
    (name, values) => {
      for (const value of [...values, null])
        expect(told({ [name]: value }), JSON.stringify(value)).toEqual([]);
    },
  );

  it.each(Object.entries(BAD))('%s is refused at its own path, its value untold', (name, values) => {
    for (const value of values) {
      const { ok, issues } = judge({ [name]: value });
      expect([ok, issues.map(({ path }) => path)], JSON.stringify(value)).toEqual([false, [[name]]]);
      if (typeof value === 'string' && value.length > 9) expect(JSON.stringify(issues)).not.toContain(value);
    }
  });

  it('every field of the schema is in both lists of these tests', () => {
    const names = Object.keys(Object(createRequestJsonSchema()['properties'])).filter(
      (name) => name !== 'productId',
    );
    const legacy = [
      'licensePolicyId',
      'validity',
      'expirationStrategy',
      'allowedIpRange',
      'productVersionId',
      'disableClockValidation',
    ];
    expect(Object.keys(BAD).toSorted()).toEqual(names.toSorted());
    expect([...Object.keys(GOOD), ...legacy].toSorted()).toEqual(names.toSorted());
  });

  it.each([[{ metadata: [{ key: 'a', value: 'b' }, { key: '', value: 1, viewPermissions: ['all'] }, 'x'] }]])(
    'entries of lists have their index in the path',
    (members) => {
      expect(judge(members).issues.map(({ path }) => path.join('.'))).toEqual([
        'metadata.1.key',
        'metadata.1.value',
        'metadata.1.viewPermissions.0',
        'metadata.2',
      ]);
    },
  );

  it.each([
    [{ meterAttributes: [{ name: 'a' }] }, 'meterAttributes.0.allowedUses'],
    [{ meterAttributes: [{ name: 'a', allowedUses: -2 }] }, 'meterAttributes.0.allowedUses'],
    [{ tags: ['a', 5] }, 'tags.1'],
    [{ tags: ['a', null] }, 'tags.1'],
    [{ additionalUserIds: [ID, 'x'] }, 'additionalUserIds.1'],
    [{ allowedCountries: [''] }, 'allowedCountries.0'],
  ])('%j is refused at %s', (members, path) => {
    expect(judge(members).issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });

  it('a list that is too long still has its entries looked at', () => {
    const tags = ['a', 'b', 'c', 'd', 'e', 5];
    expect(
      judge({ tags })
        .issues.map(({ path }) => path.join('.'))
        .toSorted(),
    ).toEqual(['tags', 'tags.5']);
  });

  it('what is wrong is told all at once, fields and the rules between them', () => {
    const { issues } = validateCreateRequest(
      {
        key: 'short',
        type: 'on-premise-floating',
        allowContainerActivation: true,
        subscriptionInterval: 'P1Y',
        validity: 86_400,
        createdAt: '2026-01-01T00:00:00Z',
        expiresAt: '2025-01-01T00:00:00Z',
        tags: 'x',
      },
      { now },
    );
    expect(issues.map(({ path }) => path.join('.')).toSorted()).toEqual(
      ['productId', 'key', 'tags', 'allowContainerActivation', 'validity', 'expiresAt'].toSorted(),
    );
  });
});

describe('rules between fields', () => {
  it('3.2: allowContainerActivation must not be true for on-premise-floating', () => {
    const type = 'on-premise-floating';
    const issue = 'issue allowContainerActivation: must not be true for on-premise-floating licenses';
    expect(told({ type, allowContainerActivation: true })).toEqual([issue]);
    for (const members of [{ type, allowContainerActivation: false }, { allowContainerActivation: true }])
      expect(told(members)).toEqual([]);
    expect(told({ type: 'hosted-floating', allowContainerActivation: true })).toEqual([]);
  });

  it('3.2: serverSyncInterval from 180 to 3599 is for plans above STARTUP', () => {
    expect(told({ serverSyncInterval: 180 })).toEqual([
      'warning serverSyncInterval: must be at least 3600 on plans up to STARTUP',
    ]);
    expect(told({ serverSyncInterval: 3599 })).toHaveLength(1);
  });

  it('3.3: an explicit expiresAt wins over a length', () => {
    const warning = 'warning expiresAt: overrides the length that is given as well: give one of the two';
    expect(told({ expiresAt: '2027-01-01T00:00:00Z', subscriptionInterval: 'P1Y' })).toEqual([warning]);
    expect(told({ expiresAt: '2027-01-01T00:00:00Z', subscriptionInterval: '' })).toEqual([]);
  });

  it('3.2: two lengths, or two starts, are refused', () => {
    expect(told({ subscriptionInterval: 'P1Y', validity: 86_400 })[0]).toBe(
      'issue validity: says the length a second time: give subscriptionInterval alone',
    );
    expect(told({ subscriptionStartTrigger: 'creation', expirationStrategy: 'delayed' })[0]).toBe(
      'issue expirationStrategy: says the start a second time: give subscriptionStartTrigger alone',
    );
  });

  it('C8: licensePolicyId is the legacy name of licenseTemplateId', () => {
    expect(told({ licensePolicyId: ID })).toEqual([
      'warning licensePolicyId: is a legacy field: use licenseTemplateId',
    ]);
    expect(judge({ licensePolicyId: ID, licenseTemplateId: ID }).ok).toBe(true);
    expect(judge({ licensePolicyId: ID, licenseTemplateId: OTHER_ID }).issues[0]?.path).toEqual([
      'licensePolicyId',
    ]);
  });

  it.each([
    ['validity', 86_400],
    ['expirationStrategy', 'rolling'],
    ['allowedIpRange', '10.0.0.0-10.0.0.9'],
    ['productVersionId', ID],
    ['disableClockValidation', true],
  ])('3.2: the legacy %s is taken with a warning', (name, value) => {
    expect(told({ [name]: value })).toEqual([
      expect.stringMatching(`^warning ${name}: is a legacy field: use `),
    ]);
  });

  it('3.2: the legacy visible of metadata and meter attributes is taken with a warning', () => {
    expect(told({ metadata: [{ key: 'a', value: 'b', visible: true }] })).toEqual([
      'warning metadata.0.visible: is a legacy field: use viewPermissions',
    ]);
    expect(told({ meterAttributes: [{ name: 'a', allowedUses: 1, visible: false }] })).toHaveLength(1);
  });

  it('C4: what is not known is a warning, at any depth', () => {
    expect(told({ licenceKey: 'x', metadata: [{ key: 'a', value: 'b', locked: false }] })).toEqual([
      'warning metadata.0.locked: is no field that is known here: leave it out',
      'warning licenceKey: is no field that is known here: leave it out',
    ]);
  });

  it('C6: allowedActivations 0 and -1 both mean no limit, and neither is remarked', () => {
    for (const allowedActivations of [0, -1]) expect(told({ allowedActivations })).toEqual([]);
  });

  it('C2: a length may not end after the year 9999', () => {
    expect(told({ subscriptionInterval: 'P7974Y' })).toEqual([
      'issue subscriptionInterval: ends after the year 9999',
    ]);
    expect(told({ subscriptionInterval: 'P7973Y' })).toEqual([]);
    expect(judge({ validity: 300_000_000_000 }).issues[0]?.path).toEqual(['validity']);
  });

  it('dates are held against now, and against each other', () => {
    expect(told({ expiresAt: '2026-01-01T00:00:00Z' })).toEqual([
      'warning expiresAt: is past: the license is expired from the start',
    ]);
    expect(told({ createdAt: '2026-01-01T00:00:00.001Z' })).toEqual([
      'warning createdAt: is in the future: it is for licenses that are imported',
    ]);
    expect(told({ createdAt: '2020-01-01T00:00:00.2Z', expiresAt: '2020-01-01T00:00:00.1999999Z' })).toEqual([
      'issue expiresAt: must be after createdAt',
    ]);
    const instant = '2027-01-01T00:00:00Z';
    expect(judge({ createdAt: instant, expiresAt: instant }).issues[0]?.path).toEqual(['expiresAt']);
  });

  it('what one kind of license ignores is a warning where the kind is given', () => {
    expect(told({ type: 'node-locked', allowedFloatingClients: 3 })).toHaveLength(1);
    expect(told({ type: 'on-premise-floating', allowedFloatingClients: 3 })).toEqual([]);
    expect(told({ type: 'hosted-floating', allowedDeactivations: 3 })).toHaveLength(1);
    expect(told({ type: 'node-locked', allowedDeactivations: 3 })).toEqual([]);
  });

  it('duplicates: users and contradictions are refused, tags and names warned of', () => {
    expect(told({ additionalUserIds: [ID, OTHER_ID, ID.toUpperCase()] })).toEqual([
      'issue additionalUserIds.2: stands in the list already',
    ]);
    expect(told({ userId: ID, additionalUserIds: [OTHER_ID, ID] })).toEqual([
      'warning additionalUserIds.1: is the userId already',
    ]);
    expect(told({ userId: ID.toUpperCase(), additionalUserIds: [ID] })).toHaveLength(1);
    expect(told({ tags: ['a', 'A'] })).toEqual([]);
    expect(told({ allowedCountries: ['DE', 'FR'], disallowedCountries: ['US', 'FR'] })).toEqual([
      'issue disallowedCountries.1: is in allowedCountries as well',
    ]);
    expect(told({ tags: ['a', 'b', 'a'] })).toEqual(['warning tags.2: stands in the list already']);
    const twice = { key: 'a', value: 'b' };
    expect(told({ metadata: [twice, twice] })).toEqual([
      'warning metadata.1.key: stands in the list already',
    ]);
  });

  it("3.2: LexActivator's bounds for metadata are warnings", () => {
    const long = [{ key: 'k'.repeat(257), value: 'v'.repeat(4097) }];
    expect(judge({ metadata: long })).toMatchObject({
      ok: true,
      warnings: [{ path: ['metadata', 0, 'key'] }, { path: ['metadata', 0, 'value'] }],
    });
    expect(told({ metadata: [{ key: 'k'.repeat(256), value: 'v'.repeat(4096) }] })).toEqual([]);
  });
});

describe('any body', () => {
  it.each([[null], [undefined], [[]], [[{ productId: ID }]], ['{}'], [5], [true]])(
    '%j is no object',
    (body) => {
      expect(validateCreateRequest(body, { now })).toMatchObject({ ok: false, issues: [{ path: [] }] });
    },
  );

  it('is judged, never thrown at', () => {
    const schema = Object.keys(Object(createRequestJsonSchema()['properties']));
    const value = fc.oneof(
      fc.anything(),
      fc.constantFrom('P1Y', '2027-01-01T00:00:00Z', ID, -1, 0, 1, '', 1e300),
    );
    const bodies = fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...schema), value));
    fc.assert(
      fc.property(bodies, (body) => {
        const { ok, issues } = validateCreateRequest(body, { now });
        expect(ok).toBe(issues.length === 0);
      }),
      { numRuns: 200 },
    );
  });

  it('the rules between fields hold whatever else is wrong', () => {
    const broken = fc.dictionary(
      fc.constantFrom('key', 'tags', 'notes', 'revoked', 'metadata', 'userId'),
      fc.anything(),
    );
    fc.assert(
      fc.property(broken, (members) => {
        const { issues } = judge({ ...members, type: 'on-premise-floating', allowContainerActivation: true });
        // A value that is no JSON ends the reading: there is no body then.
        if (issues.some(({ message }) => message.includes('JSON') || message.includes('nested'))) return;
        expect(issues.map(({ path }) => path.join('.'))).toContain('allowContainerActivation');
      }),
    );
  });

  it('level changes nothing: the server is closed, its pages are all there is', () => {
    const bodies = [{ productId: ID, validity: 5, unknown: 1 }, { productId: 'x' }];
    for (const body of bodies) {
      const [server, documented] = (['server', 'documented'] as const).map((level) =>
        validateCreateRequest(body, { level, now }),
      );
      expect(documented).toEqual(server);
    }
  });

  it('refuses an invalid now', () => {
    expect(refusal(() => validateCreateRequest({}, { now: new Date(Number.NaN) })).code).toBe(
      'invalid_option',
    );
  });
});

describe('the JSON Schema', () => {
  const schema = createRequestJsonSchema();

  it('agrees with the judge', () => {
    const taken = fc.record(
      {
        productId: fc.uuid(),
        key: fc.constantFrom('', null, 'x'.repeat(16)),
        type: fc.constantFrom('node-locked', 'hosted-floating', 'on-premise-floating', null, 'x'),
        allowContainerActivation: fc.constantFrom(true, false, null),
        subscriptionInterval: fc.constantFrom('', 'P1M', 'P0D', null),
        validity: fc.constantFrom(0, 60, -1, null),
        subscriptionStartTrigger: fc.constantFrom('creation', null),
        expirationStrategy: fc.constantFrom('delayed', null),
        allowedClockOffset: fc.integer({ min: -2, max: 120 }),
        tags: fc.array(fc.string(), { maxLength: 7 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(taken, (body) => {
        expect(accepts(schema, body)).toBe(validateCreateRequest(body, { now }).ok);
      }),
      { numRuns: 200 },
    );
  });

  it.each(Object.entries(BAD))('%s: refuses what is refused, but for what it cannot say', (name, values) => {
    // Whether a text is a time is a format, which a reader of the schema need not hold; the year 10000 is arithmetic.
    const beyond = ['expiresAt', 'createdAt'].includes(name)
      ? (value: unknown) => typeof value === 'string'
      : (value: unknown) => value === 'P9999Y' || value === 1e15;
    for (const value of values.filter((value) => !beyond(value))) {
      const body: JsonValue = JSON.parse(JSON.stringify({ productId: ID, [name]: value }));
      expect(accepts(schema, body), JSON.stringify(value)).toBe(false);
    }
  });
});

it('the JSON Schema says what it can say', () => {
  const schema = createRequestJsonSchema();
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['productId'],
    properties: {
      tags: { anyOf: [{ type: 'array', maxItems: 5, items: { type: 'string' } }, { type: 'null' }] },
      metadata: { anyOf: [{ maxItems: 50 }, { type: 'null' }] },
      allowedCountries: { anyOf: [{ maxItems: 256 }, { type: 'null' }] },
      expiresAt: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
      type: {
        anyOf: [{ enum: ['node-locked', 'hosted-floating', 'on-premise-floating'] }, { type: 'null' }],
      },
    },
  });
  expect(schema['additionalProperties']).toBeUndefined();
});
