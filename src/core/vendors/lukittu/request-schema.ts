import * as z from 'zod/mini';
import { mostEntries } from '../server/validation.js';
import { LICENSE_KEY } from './license-key.js';

/** The largest number of milliseconds a `Date` holds (ECMA-262, section 21.4.1.1). */
const LAST_TIME = 8.64e15;

const id = z.guid();
const expirationType = z.enum(['NEVER', 'DATE', 'DURATION']);
const expirationStart = z.enum(['CREATION', 'ACTIVATION']);
const dateTime = z.iso.datetime({ offset: true });
const upTo1000 = z.nullable(z.int().check(z.gte(1), z.lte(1000)));
const ids = z.array(id).check(...mostEntries(20), z.meta({ uniqueItems: true }));
const text = z.string().check(z.minLength(1), z.maxLength(255));

/** What the server's own schema asks of the two requests, dates as they should be sent. */
const server = z.strictObject({
  expirationType,
  expirationStart: z.nullable(expirationStart),
  expirationDate: z.nullable(dateTime),
  expirationDays: upTo1000,
  ipLimit: upTo1000,
  hwidLimit: upTo1000,
  suspended: z.boolean(),
  productIds: ids,
  customerIds: ids,
  metadata: z
    .array(z.strictObject({ key: text, value: text, locked: z.boolean() }))
    .check(...mostEntries(20)),
});

/** What its pages ask (components/schemas/CreateLicenseRequest). */
const documented = z.strictObject({
  expirationType,
  expirationStart: z.nullish(expirationStart),
  expirationDate: z.nullish(dateTime),
  expirationDays: z.nullish(z.int().check(z.gte(1))),
  ipLimit: z.nullish(z.int().check(z.gte(0))),
  hwidLimit: z.nullish(z.int().check(z.gte(1))),
  suspended: z.boolean(),
  productIds: z.array(id),
  customerIds: z.array(id),
  metadata: z.array(z.strictObject({ key: z.string(), value: z.string(), locked: z.boolean() })),
});

const email = { sendEmailDelivery: z.boolean() };
const licenseKey = {
  licenseKey: z.string().check(z.regex(LICENSE_KEY, 'must be five groups of five of A-Z and 0-9')),
};
/** What `new Date(…)`, which the server reads a date with, makes the same of everywhere. */
const coercedDate = {
  expirationDate: z.nullable(
    z.union([dateTime, z.iso.date(), z.number().check(z.gte(-LAST_TIME), z.lte(LAST_TIME))], {
      error: ({ input }) =>
        input === undefined ? 'is required' : 'must be a time like 2026-01-31T00:00:00.000Z',
    }),
  ),
};

/** The body of a create request, by level. */
export const CREATE_REQUEST = {
  server: z.extend(server, email),
  documented: z.extend(documented, email),
} as const;

/** The body of an update request, by level: here the server stores the date as it has read it. */
export const UPDATE_REQUEST = {
  server: z.extend(server, { ...licenseKey, ...coercedDate }),
  documented: z.extend(documented, licenseKey),
} as const;

/** The bodies of requests that the server's schema lets through, whatever its database says to them then. */
export const LET_THROUGH = {
  create: z.extend(CREATE_REQUEST.server, coercedDate),
  update: UPDATE_REQUEST.server,
} as const;
