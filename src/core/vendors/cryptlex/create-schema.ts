import * as z from 'zod/mini';
import { mostEntries } from '../server/validation.js';
import { DURATION_PATTERN } from '../time/duration-pattern.js';
import { TIME } from '../time/time-schema.js';
import { LONGEST, lengthProblem, SHORTEST } from './key-length.js';

const COUNT = z.int().check(z.gte(0));
/** 0, or -1 for no limit. */
const LIMIT = z.int().check(z.gte(-1));
const FLAG = z.boolean();
const ID = z.guid();
const NAME = z.string().check(z.minLength(1));

const DURATION = z.union(
  [
    z.literal(''),
    z.string().check(z.regex(DURATION_PATTERN, 'must be an ISO 8601 duration like P6M, or "" for perpetual')),
  ],
  'must be an ISO 8601 duration like P6M, or "" for perpetual',
);

const KEY = z.union(
  [
    z.literal(''),
    z.string().check(
      z.refine((key) => lengthProblem(key) === undefined, {
        error: ({ input }) => (typeof input === 'string' ? lengthProblem(input) : undefined),
      }),
      z.meta({ minLength: SHORTEST, maxLength: LONGEST }),
    ),
  ],
  'must be a text',
);

const VIEWERS = list(z.enum(['activation', 'user', 'organization', 'reseller']), 4);

const METADATA = z.strictObject({
  key: NAME,
  value: z.string(),
  viewPermissions: z.nullish(VIEWERS),
  visible: z.nullish(FLAG),
});

const METER_ATTRIBUTE = z.strictObject({
  name: NAME,
  allowedUses: LIMIT,
  floating: z.nullish(FLAG),
  viewPermissions: z.nullish(VIEWERS),
  visible: z.nullish(FLAG),
});

/**
 * The body of `POST /v3/licenses` (Web API v3 reference, and the models of its typed clients). `productId` alone is
 * required; what is null or absent comes from the license template.
 */
export const CREATE_REQUEST = z.strictObject({
  productId: ID,
  licenseTemplateId: z.nullish(ID),
  licensePolicyId: z.nullish(ID),
  key: z.nullish(KEY),
  revoked: z.nullish(FLAG),
  suspended: z.nullish(FLAG),
  type: z.nullish(z.enum(['node-locked', 'hosted-floating', 'on-premise-floating'])),
  subscriptionInterval: z.nullish(DURATION),
  subscriptionStartTrigger: z.nullish(z.enum(['creation', 'activation'])),
  expiresAt: z.nullish(TIME),
  validity: z.nullish(COUNT),
  expirationStrategy: z.nullish(z.enum(['immediate', 'delayed', 'rolling'])),
  fingerprintMatchingStrategy: z.nullish(z.enum(['fuzzy', 'exact', 'loose'])),
  allowedActivations: z.nullish(LIMIT),
  allowedDeactivations: z.nullish(LIMIT),
  leaseDuration: z.nullish(LIMIT),
  allowClientLeaseDuration: z.nullish(FLAG),
  leasingStrategy: z.nullish(z.enum(['per-machine', 'per-instance'])),
  allowedFloatingClients: z.nullish(COUNT),
  serverSyncGracePeriod: z.nullish(LIMIT),
  serverSyncInterval: z.nullish(z.int().check(z.gte(180))),
  allowedClockOffset: z.nullish(unlimitedOr(60)),
  disableClockValidation: z.nullish(FLAG),
  expiringSoonEventOffset: z.nullish(COUNT),
  allowVmActivation: z.nullish(FLAG),
  allowContainerActivation: z.nullish(FLAG),
  userLocked: z.nullish(FLAG),
  requireAuthentication: z.nullish(FLAG),
  disableGeoLocation: z.nullish(FLAG),
  notes: z.nullish(z.string()),
  allowedIpRange: z.nullish(z.string()),
  allowedIpRanges: z.nullish(list(NAME, 20)),
  allowedCountries: z.nullish(list(NAME, 256)),
  disallowedCountries: z.nullish(list(NAME, 256)),
  allowedIpAddresses: z.nullish(list(NAME, 256)),
  disallowedIpAddresses: z.nullish(list(NAME, 256)),
  userId: z.nullish(ID),
  resellerId: z.nullish(ID),
  organizationId: z.nullish(ID),
  additionalUserIds: z.nullish(z.array(ID)),
  productVersionId: z.nullish(ID),
  entitlementSetId: z.nullish(ID),
  maintenancePolicyId: z.nullish(ID),
  maxAllowedReleaseVersion: z.nullish(
    z.string().check(z.regex(/^\d+(?:\.\d+){1,3}$/, 'must be a version like 1.2, 1.2.3 or 1.2.3.4')),
  ),
  tags: z.nullish(list(NAME, 5)),
  metadata: z.nullish(list(METADATA, 50)),
  meterAttributes: z.nullish(z.array(METER_ATTRIBUTE)),
  createdAt: z.nullish(TIME),
});

function list<Item extends z.ZodMiniType>(item: Item, most: number) {
  return z.array(item).check(...mostEntries(most));
}

function unlimitedOr(least: number) {
  const error = `must be an integer of at least ${least}, or -1 for no limit`;
  return z.union([z.literal(-1), z.int().check(z.gte(least, error))], error);
}
