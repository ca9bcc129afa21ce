import * as z from 'zod/mini';
import type { Level } from '../server/vendor.js';
import { keyProblem } from './license-key.js';

const PRODUCT_ID = 'must be a UUID, or prod_ and letters, digits or hyphens';
const COUNT = z.int().check(z.gte(1));
const KEY = z.string().check(
  z.refine((key) => keyProblem(key) === undefined, {
    error: ({ input }) => (typeof input === 'string' ? keyProblem(input) : undefined),
  }),
  z.meta({ minLength: 1 }),
);

/** The body of `POST /v1/licenses` as the OpenAPI document has it. */
export const DOCUMENTED_REQUEST = z.strictObject({
  productId: z.guid(),
  customerId: z.string().check(z.minLength(1)),
  activationLimit: z.optional(COUNT),
  expiryHours: z.optional(COUNT),
  key: z.optional(KEY),
});

/** As the pages' own samples use it: public ids as well, and null for what is left out. */
export const SERVER_REQUEST = z.strictObject({
  productId: z.union([z.guid(), z.string().check(z.regex(/^prod_[A-Za-z0-9-]+$/, PRODUCT_ID))], {
    error: ({ input }) => (input === undefined ? undefined : PRODUCT_ID),
  }),
  customerId: z.string().check(z.minLength(1)),
  activationLimit: z.nullish(COUNT),
  expiryHours: z.nullish(COUNT),
  key: z.nullish(KEY),
});

export function createSchema(level: Level = 'server') {
  return level === 'documented' ? DOCUMENTED_REQUEST : SERVER_REQUEST;
}
