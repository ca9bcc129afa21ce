import * as z from 'zod/mini';
import { isLicenseKey, type LicenseStatus, STATUSES } from '../../bulk-create/bulk-request.js';
import { expiryAfter, parseTime } from '../../bulk-create/validity.js';
import type { JsonObject } from '../../encoding/json-text.js';
import { type Findings, judge } from '../server/validation.js';
import type { RecordReading } from '../server/vendor.js';

/** The stored states, and `expired`, which follows from the dates. */
export type GetKeyManagerStatus = LicenseStatus | 'expired';

const whole = z.union([z.int(), z.string().check(z.regex(/^-?\d+$/))]);
const line = z.nullish(z.string());

/** A row of `get-license-keys` (code 730): numbers come as numbers or as texts. */
const recordSchema = z.looseObject({
  id: z.union([z.int(), z.string().check(z.minLength(1))]),
  product_id: z.nullish(whole),
  license_key: z.string().check(z.minLength(1)),
  owner_name: line,
  owner_email: line,
  activation_limit: z.nullish(whole),
  validity: z.nullish(whole),
  assigned_at: line,
  status: z.enum(STATUSES),
  created_at: line,
  updated_at: line,
});

/**
 * Reads a row of `get-license-keys`. A license ends `validity` days after `assigned_at`, never with 0 days, and
 * has no end yet while it is not assigned; `expired` is what has ended, unless it is blocked. Further
 * members are kept. Never throws.
 *
 * @example
 * const reading = parseRecord(
 *   { id: 7, license_key: 'AAAA-BBBB', validity: '30', assigned_at: '2026-01-31 00:00:00', status: 'assigned' },
 *   { now: new Date('2026-02-01') },
 * );
 * reading.ok && reading.expiresAt; // '2026-03-02T00:00:00Z'
 */
export function parseRecord(
  value: unknown,
  options: { readonly now: Date },
): RecordReading<GetKeyManagerStatus> {
  let record: JsonObject | undefined;
  const found = judge(value, {
    schema: recordSchema,
    unknown: 'warning',
    across: (fields, findings) => {
      record = fields;
      judgeAcross(fields, findings);
    },
  });
  if (record === undefined || found.issues.length > 0) return { ok: false, issues: found.issues };
  const { id, license_key: key, status } = record;
  const expiresAt = expiryOf(record);
  const stored = STATUSES.find((known) => known === status) ?? 'available';
  const over = expiresAt !== null && new Date(expiresAt) <= options.now && stored !== 'blocked';
  return {
    ok: true,
    id: String(id),
    key: String(key),
    status: over ? 'expired' : stored,
    expiresAt,
    record,
    warnings: found.warnings,
  };
}

/** What some databases say for "no time". */
const NO_TIME = ['', '0000-00-00 00:00:00'];

function assignedAt({ assigned_at: at }: JsonObject): Date | null | undefined {
  if (typeof at !== 'string' || NO_TIME.includes(at)) return null;
  return parseTime(at.replace(/\.\d+(?=Z?$)/, ''));
}

function validityOf({ validity }: JsonObject): number {
  return Number(validity ?? 0);
}

function judgeAcross(record: JsonObject, found: Findings): void {
  if (assignedAt(record) === undefined) {
    found.refuse(['assigned_at'], 'must be a time in UTC like 2026-01-31 00:00:00');
  }
  const days = validityOf(record);
  if (!found.refused('validity') && (days < 0 || days > 1_000_000)) {
    found.refuse(['validity'], 'must be days from 0 on');
  }
  if (!found.refused('license_key') && !isLicenseKey(record['license_key'])) {
    found.warn(['license_key'], 'is no key that could be created: it is not one line, or too long');
  }
}

function expiryOf(record: JsonObject): string | null {
  const start = assignedAt(record);
  return start ? expiryAfter(start, validityOf(record)) : null;
}
