import * as z from 'zod/mini';
import { LICENSE_KEY } from './license-key.js';

const id = z.guid();
const time = z.iso.datetime({ offset: true });
const text = z.nullish(z.string());
const metadata = z.optional(
  z.array(z.looseObject({ key: z.string(), value: z.string(), locked: z.boolean() })),
);
/** Required and no null by the pages; null in what an API key created. */
const createdByUserId = z.nullable(id);

const address = z.looseObject({ street: text, city: text, state: text, country: text, postalCode: text });

const discordAccount = z.looseObject({
  id,
  customerId: id,
  discordId: z.string().check(z.regex(/^\d{17,19}$/, 'must be a Discord id: 17 to 19 digits, as text')),
  username: z.string(),
  avatar: text,
  createdAt: time,
  updatedAt: time,
});

const customer = z.looseObject({
  id,
  email: z.nullish(z.email()),
  fullName: text,
  username: text,
  metadata,
  address: z.nullish(address),
  discordAccount: z.nullish(discordAccount),
  teamId: id,
  createdByUserId,
  createdAt: time,
  updatedAt: time,
});

const product = z.looseObject({
  id,
  name: z.string(),
  url: text,
  metadata,
  teamId: id,
  createdByUserId,
  createdAt: time,
  updatedAt: time,
});

/**
 * A license as the pages describe it (components/schemas/LicenseData, CustomerData, ProductData, Address,
 * DiscordAccount) and the server returns it: members that neither names are kept.
 */
export const LICENSE = z.looseObject({
  id,
  licenseKey: z.string().check(z.regex(LICENSE_KEY, 'must be five groups of five of A-Z and 0-9')),
  ipLimit: z.nullish(z.int().check(z.gte(0))),
  hwidLimit: z.nullish(z.int().check(z.gte(1))),
  expirationType: z.enum(['NEVER', 'DATE', 'DURATION']),
  expirationStart: z.nullish(z.enum(['CREATION', 'ACTIVATION'])),
  expirationDate: z.nullish(time),
  expirationDays: z.nullish(z.int().check(z.gte(1))),
  suspended: z.boolean(),
  metadata,
  teamId: id,
  createdByUserId,
  createdAt: time,
  updatedAt: time,
  lastActiveAt: z.nullish(time),
  customers: z.optional(z.array(customer)),
  products: z.optional(z.array(product)),
});
