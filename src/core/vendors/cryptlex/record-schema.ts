import * as z from 'zod/mini';
import { TIME } from '../time/time-schema.js';

const NAME = z.string().check(z.minLength(1));
const COUNT = z.int().check(z.gte(0));
const TEXTS = z.nullish(z.array(z.string()));

/**
 * A license as the server returns it: the published record, and what the models of the typed clients add. What
 * says whether the license is good must be there; of the rest only the types are looked at.
 */
export const RECORD = z.looseObject({
  id: NAME,
  key: NAME,
  revoked: z.boolean(),
  suspended: z.boolean(),
  expiresAt: z.nullable(TIME),
  createdAt: z.nullish(TIME),
  updatedAt: z.nullish(TIME),
  maintenanceExpiresAt: z.nullish(TIME),
  totalActivations: z.nullish(COUNT),
  totalDeactivations: z.nullish(COUNT),
  subscriptionInterval: z.nullish(z.string()),
  subscriptionStartTrigger: z.nullish(z.string()),
  fingerprintMatchingStrategy: z.nullish(z.string()),
  type: z.nullish(z.string()),
  allowedActivations: z.nullish(z.int()),
  allowedDeactivations: z.nullish(z.int()),
  productId: z.nullish(z.string()),
  user: z.nullish(z.looseObject({})),
  reseller: z.nullish(z.looseObject({})),
  allowedCountries: TEXTS,
  disallowedCountries: TEXTS,
  allowedIpAddresses: TEXTS,
  disallowedIpAddresses: TEXTS,
  tags: TEXTS,
  metadata: z.nullish(z.array(z.looseObject({ key: z.string(), value: z.nullish(z.string()) }))),
});
