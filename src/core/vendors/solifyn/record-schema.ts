import * as z from 'zod/mini';
import { TIME } from '../time/time-schema.js';

const NAME = z.string().check(z.minLength(1));

/**
 * A license as the server returns it. All sixteen members are there, whatever may be null; `filters` is an object
 * in the document, null in its example and a text in an older one.
 */
export const RECORD = z.looseObject({
  id: NAME,
  key: NAME,
  status: z.enum(['ACTIVE', 'DISABLED', 'REVOKED', 'EXPIRED'], 'must be one of ACTIVE, DISABLED, REVOKED'),
  businessId: z.string(),
  productId: z.nullable(z.string()),
  paymentId: z.nullable(z.string()),
  customerId: z.nullable(z.string()),
  activationLimit: z.nullable(z.int()),
  activationMessage: z.nullable(z.string()),
  instancesCount: z.int().check(z.gte(0)),
  expiryHours: z.nullable(z.number()),
  expiresAt: z.nullable(TIME),
  filters: z.union([z.null(), z.looseObject({}), z.literal('{}')], 'must be an object or null'),
  archived: z.boolean(),
  createdAt: TIME,
  updatedAt: TIME,
});
