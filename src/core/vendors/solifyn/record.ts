import { isJsonObject, type JsonObject } from '../../encoding/json-text.js';
import { type Findings, judge } from '../server/validation.js';
import type { RecordReading } from '../server/vendor.js';
import { addSeconds, compareInstants, type Instant, instantOf, readInstant } from '../time/instant.js';
import { RECORD } from './record-schema.js';

/** What a license is good for: the first of these that applies. */
export type SolifynStatus = 'REVOKED' | 'DISABLED' | 'EXPIRED' | 'ACTIVE';

/**
 * Reads a license that Solifyn returned: every member is kept, the ones that are not known too. A license is
 * EXPIRED from the moment after its `expiresAt`; null is never. An `expiresAt` that is not `createdAt` and
 * `expiryHours` is a warning, for an update may set it alone.
 *
 * @throws {KeywrightError} `invalid_option` when `now` is no valid date. Never for a value.
 * @example
 * parseRecord({ id: 'lic_1', key: 'AB' }, { now: new Date() }).ok; // false
 */
export function parseRecord(value: unknown, options: { readonly now: Date }): RecordReading<SolifynStatus> {
  const now = instantOf(options.now);
  const {
    json: record,
    issues,
    warnings,
  } = judge(value, { schema: RECORD, unknown: 'warning', across: warnOf });
  if (issues.length > 0 || record === undefined || !isJsonObject(record)) return { ok: false, issues };
  const { id, key } = record;
  if (typeof id !== 'string' || typeof key !== 'string') return { ok: false, issues };
  const expiresAt = typeof record['expiresAt'] === 'string' ? record['expiresAt'] : null;
  return { ok: true, id, key, status: statusOf(record, now), expiresAt, record, warnings };
}

function statusOf({ status, expiresAt }: JsonObject, now: Instant): SolifynStatus {
  if (status === 'REVOKED' || status === 'DISABLED' || status === 'EXPIRED') return status;
  const end = timeOf(expiresAt);
  return end !== undefined && compareInstants(end, now) < 0 ? 'EXPIRED' : 'ACTIVE';
}

function warnOf(record: JsonObject, found: Findings): void {
  const { status, filters, expiryHours, activationLimit, instancesCount } = record;
  if (status === 'EXPIRED')
    found.warn(['status'], 'is a state that follows from expiresAt: the server stores none');
  if (filters === '{}') found.warn(['filters'], 'is a text: it should be an object or null');
  const createdAt = timeOf(record['createdAt']);
  if (createdAt !== undefined && !found.refused('expiryHours') && !found.refused('expiresAt')) {
    const derived = typeof expiryHours === 'number' ? addSeconds(createdAt, expiryHours * 3600) : undefined;
    const expiresAt = timeOf(record['expiresAt']);
    const agree =
      derived === undefined || expiresAt === undefined
        ? derived === expiresAt
        : compareInstants(derived, expiresAt) === 0;
    if (!agree) found.warn(['expiresAt'], 'is not createdAt and expiryHours');
  }
  if (
    typeof activationLimit === 'number' &&
    typeof instancesCount === 'number' &&
    instancesCount > activationLimit
  )
    found.warn(['instancesCount'], 'is more than activationLimit');
}

function timeOf(value: JsonObject[string] | undefined): Instant | undefined {
  return typeof value === 'string' ? readInstant(value) : undefined;
}
