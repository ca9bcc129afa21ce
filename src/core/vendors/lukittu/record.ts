import { isJsonObject, type JsonObject } from '../../encoding/json-text.js';
import { type Findings, judge, requireTime } from '../server/validation.js';
import type { RecordReading } from '../server/vendor.js';
import { DAY, parseTime, startOf } from './expiration.js';
import { LICENSE } from './record-schema.js';

/** What Lukittu's dashboard says about a license. It is nowhere stored: the server derives it, as we do. */
export type LukittuStatus = 'SUSPENDED' | 'EXPIRED' | 'EXPIRING' | 'INACTIVE' | 'UPCOMING' | 'ACTIVE';

/** How long before its end a license is EXPIRING, and after its last use INACTIVE. */
const MONTH = 30 * DAY;

/**
 * Reads a license as the server returned it (the `data` of its answer), customers, products, addresses and
 * Discord accounts included. All its members are kept; a `createdByUserId` of null is taken, as are
 * absent limits. `expiresAt` is the `expirationDate` as the server wrote it; null for NEVER, and until a license
 * that counts from its activation is activated. Never throws, whatever the value.
 *
 * SUSPENDED goes before all; then, for a license with a date, EXPIRED after it and EXPIRING in the 30 days before;
 * a DURATION that waits for its activation is UPCOMING; what was not used for 30 days is INACTIVE, the rest ACTIVE.
 *
 * @throws {KeywrightError} `invalid_option` when `now` is no valid time.
 *
 * @example
 * const reading = parseRecord({ licenseKey: 'abc' }, { now: new Date() });
 * if (!reading.ok) reading.issues[1]?.message; // 'must be five groups of five of A-Z and 0-9'
 */
export function parseRecord(value: unknown, { now }: { readonly now: Date }): RecordReading<LukittuStatus> {
  requireTime(now);
  const found = judge(value, { schema: LICENSE, across: holdRules });
  const record = found.json ?? null;
  if (found.issues.length > 0 || !isJsonObject(record)) return { ok: false, issues: found.issues };
  const { id, licenseKey, expirationType, expirationDate } = record;
  return {
    ok: true,
    id: String(id),
    key: String(licenseKey),
    status: statusOf(record, now),
    expiresAt: expirationType === 'NEVER' || !expirationDate ? null : String(expirationDate),
    record,
    warnings: found.warnings,
  };
}

function holdRules(record: JsonObject, found: Findings): void {
  const { expirationType: type, expirationStart: start, expirationDate: date, expirationDays: days } = record;
  if (type === 'DATE' && !date && !found.refused('expirationDate')) {
    found.refuse(['expirationDate'], 'is required for DATE');
  }
  if (type === 'DATE' && days) {
    found.warn(['expirationDays'], 'has no meaning for DATE: the date may have been made of it');
  }
  if (type === 'NEVER' && date) found.warn(['expirationDate'], 'has no meaning for NEVER');
  if (type === 'DURATION' && start !== 'ACTIVATION' && !date) {
    found.warn(['expirationDate'], 'is lost: the days will count anew from the next use');
  }
}

function statusOf(record: JsonObject, now: Date): LukittuStatus {
  const { suspended, expirationType, expirationDate, lastActiveAt, createdAt } = record;
  if (suspended === true) return 'SUSPENDED';
  if (expirationType !== 'NEVER') {
    const end = parseTime(expirationDate)?.getTime();
    if (end === undefined && startOf(record) === 'ACTIVATION') return 'UPCOMING';
    if (end !== undefined && now.getTime() > end) return 'EXPIRED';
    if (end !== undefined && now.getTime() > end - MONTH) return 'EXPIRING';
  }
  const lastUse = parseTime(lastActiveAt ?? createdAt)?.getTime() ?? now.getTime();
  return now.getTime() - lastUse > MONTH ? 'INACTIVE' : 'ACTIVE';
}
