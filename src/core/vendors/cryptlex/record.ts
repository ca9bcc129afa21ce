import { isJsonObject, type JsonObject } from '../../encoding/json-text.js';
import { type Findings, judge } from '../server/validation.js';
import type { RecordReading } from '../server/vendor.js';
import { DURATION_PATTERN } from '../time/duration-pattern.js';
import { compareInstants, type Instant, instantOf, readInstant } from '../time/instant.js';
import { lengthProblem } from './key-length.js';
import { RECORD } from './record-schema.js';

/** What a license is good for: the first of these that applies. */
export type CryptlexStatus = 'REVOKED' | 'SUSPENDED' | 'EXPIRED' | 'ACTIVE';

/** What is known to stand in members that are one of a few. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  type: ['node-locked', 'hosted-floating', 'on-premise-floating'],
  subscriptionStartTrigger: ['creation', 'activation'],
  fingerprintMatchingStrategy: ['fuzzy', 'exact', 'loose'],
};

/**
 * Reads a license that Cryptlex returned: every member is kept, the ones that are not known too, and times stay
 * the text they were, to the last digit. `revoked`, `suspended` and `expiresAt` must be there. A license is
 * EXPIRED from the moment after its `expiresAt`, as LexActivator has it; null is never, or (started by the first
 * activation) not yet known.
 *
 * @throws {KeywrightError} `invalid_option` when `now` is no valid date. Never for a value.
 * @example
 * const license = { id: '1', key: '0123456789ABCDEF', revoked: false, suspended: false, expiresAt: null };
 * parseRecord(license, { now: new Date() }).status; // 'ACTIVE'
 */
export function parseRecord(value: unknown, options: { readonly now: Date }): RecordReading<CryptlexStatus> {
  const now = instantOf(options.now);
  const {
    json: record,
    issues,
    warnings,
  } = judge(value, { schema: RECORD, unknown: 'warning', across: warnOf });
  if (issues.length > 0 || record === undefined || !isJsonObject(record)) return { ok: false, issues };
  const { id, key, expiresAt } = record;
  if (typeof id !== 'string' || typeof key !== 'string') return { ok: false, issues };
  const end = typeof expiresAt === 'string' ? expiresAt : null;
  const status = statusOf(record, end, now);
  return { ok: true, id, key, status, expiresAt: end, record, warnings };
}

function statusOf(record: JsonObject, expiresAt: string | null, now: Instant): CryptlexStatus {
  if (record['revoked'] === true) return 'REVOKED';
  if (record['suspended'] === true) return 'SUSPENDED';
  const end = expiresAt === null ? undefined : readInstant(expiresAt);
  return end !== undefined && compareInstants(end, now) < 0 ? 'EXPIRED' : 'ACTIVE';
}

function warnOf(record: JsonObject, found: Findings): void {
  for (const [name, known] of Object.entries(KNOWN)) {
    const value = record[name];
    if (typeof value === 'string' && !known.includes(value))
      found.warn([name], 'is none of the known values');
  }
  const { key, subscriptionInterval } = record;
  if (typeof subscriptionInterval === 'string' && !isInterval(subscriptionInterval))
    found.warn(['subscriptionInterval'], 'is no ISO 8601 duration');
  const problem = typeof key === 'string' ? lengthProblem(key) : undefined;
  if (problem !== undefined) found.warn(['key'], problem);
}

function isInterval(text: string): boolean {
  return text === '' || DURATION_PATTERN.test(text);
}
