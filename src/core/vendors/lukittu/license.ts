import { isJsonObject, type JsonObject, type JsonValue } from '../../encoding/json-text.js';
import type { Level } from '../server/vendor.js';
import type { LukittuAccount } from './account.js';
import { startOf } from './expiration.js';

/** What a license is made of, beside the fields of the request. */
export interface Making {
  readonly account: LukittuAccount;
  readonly now: Date;
  readonly newId: () => string;
  readonly level: Level;
}

/** A license as it is stored and a request's answer shows it, but for the members that only some answers have. */
export function newLicense(
  fields: JsonObject,
  licenseKey: string,
  expirationDate: string | null,
  making: Making,
): JsonObject {
  const { account, now, newId, level } = making;
  const id = newId();
  const time = now.toISOString();
  return {
    id,
    licenseKey,
    ...termsOf(fields, expirationDate),
    teamId: account.teamId,
    createdByUserId: level === 'documented' ? (account.userId ?? null) : null,
    createdAt: time,
    updatedAt: time,
    lastActiveAt: time,
    ...relationsOf(fields, id, making),
  };
}

/** The license after an update: metadata, products and customers are replaced as a whole. */
export function updatedLicense(
  before: JsonObject,
  fields: JsonObject,
  expirationDate: string | null,
  making: Making,
): JsonObject {
  return {
    ...before,
    licenseKey: fields['licenseKey'] ?? null,
    ...termsOf(fields, expirationDate),
    updatedAt: making.now.toISOString(),
    ...relationsOf(fields, String(before['id']), making),
  };
}

/** A license as a list shows it: without the customers' Discord accounts. */
export function listedLicense(license: JsonObject): JsonObject {
  const customers = objectsOf(license['customers']).map((customer) => without(customer, 'discordAccount'));
  return { ...license, customers };
}

/** Those of `owned` that the ids name, each once, in the order of the ids. */
export function named<Owned extends JsonObject>(
  ids: JsonValue | undefined,
  owned: readonly Owned[],
): readonly Owned[] {
  const wanted = new Set(textsOf(ids).map((id) => id.toLowerCase()));
  const found = new Map<string, Owned>();
  for (const one of owned) {
    const id = String(one['id']).toLowerCase();
    if (wanted.has(id)) found.set(id, one);
  }
  return [...wanted].flatMap((id) => {
    const one = found.get(id);
    return one === undefined ? [] : [one];
  });
}

/** The texts of a list. */
export function textsOf(list: JsonValue | undefined): readonly string[] {
  return Array.isArray(list) ? list.filter((entry: JsonValue) => typeof entry === 'string') : [];
}

function termsOf(fields: JsonObject, expirationDate: string | null): JsonObject {
  const { ipLimit = null, hwidLimit = null, expirationDays = null } = fields;
  return {
    ipLimit,
    hwidLimit,
    expirationType: fields['expirationType'] ?? null,
    expirationStart: startOf(fields),
    expirationDate,
    expirationDays,
    suspended: fields['suspended'] ?? null,
  };
}

function relationsOf(fields: JsonObject, licenseId: string, making: Making): JsonObject {
  const { account, level } = making;
  const customers = named(fields['customerIds'], account.customers);
  const products = named(fields['productIds'], account.products);
  const metadata = objectsOf(fields['metadata']).map(({ key = '', value = '', locked = false }) => ({
    key,
    value,
    locked,
  }));
  if (level === 'documented') return { customers, products, metadata };
  return {
    customers: customers.map((customer) => ({
      ...without(customer, 'metadata', 'address'),
      discordAccount: customer['discordAccount'] ?? null,
    })),
    products: products.map((product) => without(product, 'metadata')),
    metadata: metadata.map((item) => metadataRow(item, licenseId, making)),
  };
}

/** A row of the server's one table of metadata, whoever owns it. */
function metadataRow(item: JsonObject, licenseId: string, { account, now, newId }: Making): JsonObject {
  const time = now.toISOString();
  return {
    id: newId(),
    ...item,
    teamId: account.teamId,
    createdAt: time,
    updatedAt: time,
    customerId: null,
    licenseId,
    productId: null,
    releaseId: null,
    blacklistId: null,
  };
}

function objectsOf(list: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter((entry: JsonValue) => isJsonObject(entry)) : [];
}

function without(object: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
