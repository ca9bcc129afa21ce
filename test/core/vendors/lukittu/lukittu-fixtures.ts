import type { JsonObject } from '../../../../src/core/encoding/json-text.js';
import type { LukittuCustomer, LukittuProduct } from '../../../../src/core/vendors/lukittu.js';

export const NOW = new Date('2026-03-01T12:00:00.000Z');
export const LATER = '2027-01-31T00:00:00.000Z';
export const KEY = 'AB12C-DE34F-GH56I-JK78L-MN90O';

/** A UUID of version 4 for each number. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** A body that the server takes. */
export const NEVER = {
  expirationType: 'NEVER',
  expirationStart: null,
  expirationDate: null,
  expirationDays: null,
  ipLimit: null,
  hwidLimit: null,
  suspended: false,
  productIds: [],
  customerIds: [],
  metadata: [],
  sendEmailDelivery: false,
} as const;
export const DATE = { ...NEVER, expirationType: 'DATE', expirationDate: LATER } as const;
export const DURATION = {
  ...NEVER,
  expirationType: 'DURATION',
  expirationStart: 'CREATION',
  expirationDays: 30,
} as const;

/** The body of an update that says the same. */
export function updateOf({ sendEmailDelivery, ...fields }: JsonObject, licenseKey: string = KEY): JsonObject {
  return { ...fields, licenseKey };
}

const team = { teamId: uuid(1), createdByUserId: uuid(2), createdAt: LATER, updatedAt: LATER };

export const PRODUCT: LukittuProduct = { id: uuid(11), name: 'Anvil', url: null, metadata: [], ...team };

export const ADDRESS = { street: 'Main Street 1', city: null, state: null, country: 'FI', postalCode: null };

export const DISCORD = {
  id: uuid(21),
  customerId: uuid(22),
  discordId: '12345678901234567',
  username: 'jane',
  avatar: null,
  createdAt: LATER,
  updatedAt: LATER,
};

export const CUSTOMER: LukittuCustomer = {
  id: uuid(22),
  email: 'jane@example.com',
  fullName: 'Jane Doe',
  username: null,
  metadata: [{ key: 'a', value: 'b', locked: true }],
  address: ADDRESS,
  discordAccount: DISCORD,
  ...team,
};

/** A license as the server returns it. */
export const LICENSE = {
  id: uuid(31),
  licenseKey: KEY,
  ipLimit: null,
  hwidLimit: 3,
  expirationType: 'NEVER',
  expirationStart: 'CREATION',
  expirationDate: null,
  expirationDays: null,
  suspended: false,
  teamId: uuid(1),
  createdByUserId: null,
  createdAt: '2026-02-01T00:00:00.000Z',
  updatedAt: '2026-02-01T00:00:00.000Z',
  lastActiveAt: '2026-02-15T00:00:00.000Z',
  customers: [CUSTOMER],
  products: [PRODUCT],
  metadata: [],
  seats: 3,
} as const;
