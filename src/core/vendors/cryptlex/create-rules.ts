import { isJsonObject, type JsonObject, type JsonValue } from '../../encoding/json-text.js';
import type { Findings } from '../server/validation.js';
import { addDuration, parseDuration } from '../time/duration.js';
import { addSeconds, compareInstants, type Instant, readInstant } from '../time/instant.js';

/** What older servers and clients called things, and what took its place. */
const LEGACY: readonly (readonly [name: string, advice: string])[] = [
  ['licensePolicyId', 'licenseTemplateId'],
  ['validity', 'subscriptionInterval'],
  ['expirationStrategy', 'subscriptionStartTrigger'],
  ['allowedIpRange', 'allowedIpRanges'],
  ['productVersionId', 'entitlementSetId'],
  ['disableClockValidation', 'allowedClockOffset'],
];

/** The least that plans up to STARTUP may have; the schema knows that of the higher ones. */
const COMMON_SYNC_INTERVAL = 3600;
/** LexActivator's bounds for the metadata of an activation; those of a license are not published. */
const METADATA_KEY = 256;
const METADATA_VALUE = 4096;

/** The rules between the fields of a create request. Null is as good as absent. */
export function judgeAcross(fields: JsonObject, now: Instant, found: Findings): void {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  judgeNames(given, found);
  judgeType(given, found);
  judgeExpiry(given, now, found);
  judgeLists(given, found);
}

function judgeNames(given: JsonObject, found: Findings): void {
  for (const [name, advice] of LEGACY) {
    if (Object.hasOwn(given, name)) found.warn([name], `is a legacy field: use ${advice}`);
  }
  const { licenseTemplateId, licensePolicyId } = given;
  if (
    licenseTemplateId !== undefined &&
    licensePolicyId !== undefined &&
    licenseTemplateId !== licensePolicyId
  )
    found.refuse(['licensePolicyId'], 'is the legacy name of licenseTemplateId: leave it out');
  for (const listName of ['metadata', 'meterAttributes']) {
    for (const [index, entry] of entries(given[listName])) {
      if (isObject(entry) && typeof entry['visible'] === 'boolean')
        found.warn([listName, index, 'visible'], 'is a legacy field: use viewPermissions');
    }
  }
}

function judgeType(given: JsonObject, found: Findings): void {
  const { type, allowContainerActivation, allowedFloatingClients, allowedDeactivations, serverSyncInterval } =
    given;
  if (type === 'on-premise-floating' && allowContainerActivation === true)
    found.refuse(['allowContainerActivation'], 'must not be true for on-premise-floating licenses');
  if (isPositive(allowedFloatingClients) && typeof type === 'string' && type !== 'on-premise-floating')
    found.warn(['allowedFloatingClients'], 'counts for on-premise-floating licenses alone');
  if (isPositive(allowedDeactivations) && (type === 'hosted-floating' || type === 'on-premise-floating'))
    found.warn(['allowedDeactivations'], 'is ignored for floating licenses');
  if (
    isPositive(serverSyncInterval) &&
    serverSyncInterval < COMMON_SYNC_INTERVAL &&
    !found.refused('serverSyncInterval')
  )
    found.warn(['serverSyncInterval'], `must be at least ${COMMON_SYNC_INTERVAL} on plans up to STARTUP`);
}

function judgeExpiry(given: JsonObject, now: Instant, found: Findings): void {
  const { subscriptionInterval, validity } = given;
  if (Object.hasOwn(given, 'validity') && Object.hasOwn(given, 'subscriptionInterval'))
    found.refuse(['validity'], 'says the length a second time: give subscriptionInterval alone');
  if (Object.hasOwn(given, 'expirationStrategy') && Object.hasOwn(given, 'subscriptionStartTrigger'))
    found.refuse(['expirationStrategy'], 'says the start a second time: give subscriptionStartTrigger alone');
  const createdAt = timeOf(given['createdAt']);
  const expiresAt = timeOf(given['expiresAt']);
  if (createdAt !== undefined && compareInstants(createdAt, now) > 0)
    found.warn(['createdAt'], 'is in the future: it is for licenses that are imported');
  if (expiresAt !== undefined) judgeExpiresAt(expiresAt, given, createdAt, now, found);
  const start = createdAt ?? now;
  const length = typeof subscriptionInterval === 'string' ? parseDuration(subscriptionInterval) : undefined;
  if (length !== undefined && addDuration(start, length) === undefined)
    found.refuse(['subscriptionInterval'], 'ends after the year 9999');
  if (isPositive(validity) && Number.isSafeInteger(validity) && addSeconds(start, validity) === undefined)
    found.refuse(['validity'], 'ends after the year 9999');
}

function judgeExpiresAt(
  expiresAt: Instant,
  given: JsonObject,
  createdAt: Instant | undefined,
  now: Instant,
  found: Findings,
): void {
  if (createdAt !== undefined && compareInstants(expiresAt, createdAt) <= 0)
    found.refuse(['expiresAt'], 'must be after createdAt');
  else if (compareInstants(expiresAt, now) <= 0)
    found.warn(['expiresAt'], 'is past: the license is expired from the start');
  const { subscriptionInterval, validity } = given;
  const hasLength =
    (typeof subscriptionInterval === 'string' && subscriptionInterval !== '') || isPositive(validity);
  if (hasLength) found.warn(['expiresAt'], 'overrides the length that is given as well: give one of the two');
}

function judgeLists(given: JsonObject, found: Findings): void {
  for (const subject of ['Countries', 'IpAddresses']) {
    const allowed = new Set(entries(given[`allowed${subject}`]).map(([, entry]) => entry));
    for (const [index, entry] of entries(given[`disallowed${subject}`])) {
      if (allowed.has(entry))
        found.refuse([`disallowed${subject}`, index], `is in allowed${subject} as well`);
    }
  }
  const [userId, ...users] = [given['userId'], ...listed(given['additionalUserIds'])].map(lowerCase);
  for (const index of repeats([...users.entries()]))
    found.refuse(['additionalUserIds', index], 'stands in the list already');
  for (const [index, user] of users.entries()) {
    if (user !== undefined && user === userId)
      found.warn(['additionalUserIds', index], 'is the userId already');
  }
  for (const index of repeats(entries(given['tags'])))
    found.warn(['tags', index], 'stands in the list already');
  judgeNamed('metadata', 'key', given, found);
  judgeNamed('meterAttributes', 'name', given, found);
  for (const [index, entry] of entries(given['metadata'])) {
    if (!isObject(entry)) continue;
    for (const [name, most] of [
      ['key', METADATA_KEY],
      ['value', METADATA_VALUE],
    ] as const) {
      const text = entry[name];
      if (typeof text === 'string' && text.length > most)
        found.warn(['metadata', index, name], `is longer than the ${most} characters an activation may have`);
    }
  }
}

/** Two entries of one name: which of them the server would keep is not published. */
function judgeNamed(list: string, member: string, given: JsonObject, found: Findings): void {
  const names = entries(given[list]).map(
    ([index, entry]) => [index, isObject(entry) ? entry[member] : undefined] as const,
  );
  for (const index of repeats(names)) found.warn([list, index, member], 'stands in the list already');
}

/** A member that may be of any type, or absent. */
type Member = JsonValue | undefined;
type Entry = readonly [index: number, value: Member];

function listed(value: Member): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function entries(value: Member): readonly Entry[] {
  return [...listed(value).entries()];
}

/** UUIDs are one whatever their case. */
function lowerCase(value: Member): string | undefined {
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}

function repeats(list: readonly Entry[]): readonly number[] {
  const seen = new Set<unknown>();
  return list.flatMap(([index, value]) => {
    if (typeof value !== 'string') return [];
    if (seen.has(value)) return [index];
    seen.add(value);
    return [];
  });
}

function isObject(value: Member): value is JsonObject {
  return value !== undefined && isJsonObject(value);
}

function timeOf(value: Member): Instant | undefined {
  return typeof value === 'string' ? readInstant(value) : undefined;
}

function isPositive(value: Member): value is number {
  return typeof value === 'number' && value > 0;
}
