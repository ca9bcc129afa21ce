import { isJsonObject, type JsonObject, type JsonValue } from '../../encoding/json-text.js';
import { type Instant, instantOf, writeInstant } from '../time/instant.js';
import type { LicenseTemplate } from './account.js';
import { expiryOf, type Terms, termsOf, timeOf } from './expiry.js';

/** What a record shows, beside what the published one does, when the request or its template says it. */
const FURTHER = [
  'allowClientLeaseDuration',
  'leasingStrategy',
  'allowedClockOffset',
  'disableClockValidation',
  'expiringSoonEventOffset',
  'allowContainerActivation',
  'requireAuthentication',
  'disableGeoLocation',
  'notes',
  'allowedIpRange',
  'allowedIpRanges',
  'organizationId',
  'additionalUserIds',
  'productVersionId',
  'entitlementSetId',
  'maintenancePolicyId',
  'maxAllowedReleaseVersion',
] as const;

/** What a new license is made of. */
export interface Draft {
  readonly request: JsonObject;
  readonly template: LicenseTemplate;
  readonly user: JsonObject | null;
  readonly reseller: JsonObject | null;
  readonly now: Date;
}

/** When a license begins and ends. */
interface Span {
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly terms: Terms;
}

/** Begin and end of a new license: an explicit `expiresAt` wins; undefined when the terms have no end that can be written. */
export function spanOf({ request, template, now }: Draft): Span | undefined {
  const createdAt = timeOf(request['createdAt']) ?? instantOf(now);
  const terms = termsOf(request, template);
  const expiresAt = timeOf(request['expiresAt']) ?? expiryOf(terms, createdAt);
  return expiresAt === undefined ? undefined : { createdAt, expiresAt, terms };
}

/** The record of a new license, its members in the published order. */
export function newRecord(draft: Draft, key: string, span: Span, newId: () => string): JsonObject {
  const { request, template, user, reseller, now } = draft;
  const inherit = (name: string, otherwise: JsonValue = null) => request[name] ?? template[name] ?? otherwise;
  const createdAt = writeInstant(span.createdAt);
  const updatedAt = writeInstant(instantOf(now));
  const identify = (entry: JsonValue): JsonValue =>
    isJsonObject(entry) ? { ...entry, id: newId(), createdAt, updatedAt } : entry;
  const identified = (list: JsonValue): readonly JsonValue[] =>
    Array.isArray(list) ? list.map(identify) : [];
  const meterAttributes = inherit('meterAttributes');
  return {
    key,
    revoked: inherit('revoked', false),
    suspended: inherit('suspended', false),
    totalActivations: 0,
    totalDeactivations: 0,
    subscriptionInterval: span.terms.subscriptionInterval,
    subscriptionStartTrigger: span.terms.start === 'creation' ? 'creation' : 'activation',
    fingerprintMatchingStrategy: inherit('fingerprintMatchingStrategy', 'fuzzy'),
    allowedActivations: inherit('allowedActivations'),
    allowedDeactivations: inherit('allowedDeactivations'),
    type: inherit('type', 'node-locked'),
    allowedFloatingClients: inherit('allowedFloatingClients', 0),
    serverSyncGracePeriod: inherit('serverSyncGracePeriod'),
    serverSyncInterval: inherit('serverSyncInterval'),
    leaseDuration: inherit('leaseDuration', 0),
    expiresAt: span.expiresAt === null ? null : writeInstant(span.expiresAt),
    allowVmActivation: inherit('allowVmActivation', false),
    userLocked: inherit('userLocked', false),
    productId: inherit('productId'),
    user,
    ...(reseller === null ? {} : { reseller }),
    allowedCountries: inherit('allowedCountries', []),
    disallowedCountries: inherit('disallowedCountries', []),
    allowedIpAddresses: inherit('allowedIpAddresses', []),
    disallowedIpAddresses: inherit('disallowedIpAddresses', []),
    metadata: identified(inherit('metadata')),
    tags: inherit('tags', []),
    ...Object.fromEntries(
      FURTHER.map((name) => [name, inherit(name)] as const).filter(([, value]) => value !== null),
    ),
    ...legacyTerms(span.terms),
    ...(meterAttributes === null ? {} : { meterAttributes: identified(meterAttributes) }),
    id: newId(),
    createdAt,
    updatedAt,
  };
}

/** What stands in a record only where the terms were given under the legacy names. */
function legacyTerms({ validity, start }: Terms): JsonObject {
  const expirationStrategy = { creation: 'immediate', activation: 'delayed', rolling: 'rolling' }[start];
  if (validity !== null) return { validity, expirationStrategy };
  return start === 'rolling' ? { expirationStrategy } : {};
}
