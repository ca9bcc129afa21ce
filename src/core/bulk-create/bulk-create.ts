import type { JsonObject } from '../encoding/json-text.js';
import { KeywrightError } from '../errors.js';
import { type BulkRequest, type FieldErrors, parseBulkRequest } from './bulk-request.js';
import { expiryAfter } from './validity.js';

/** What a store says about one key it was asked to take in. */
export interface Stored {
  /** Whether the key was new; it is stored now. */
  readonly fresh: boolean;
  /** For a key that was not: where or when it came first, as `old.txt:12`. */
  readonly firstSeen?: string | undefined;
}

/** Where the license keys stand that were created: a ledger, a database, lists in memory. */
export interface CreatedKeys {
  /**
   * Takes in what is new of `keys`, at once or not at all, and answers for each in its order. The second of
   * two spellings of one key is not new.
   */
  create(keys: readonly string[]): Promise<readonly Stored[]>;
}

/** What became of one license key of a request. */
export interface Outcome {
  readonly key: string;
  readonly outcome: 'created' | 'duplicate';
  /** For a duplicate: where it came first; null when the store does not know. */
  readonly firstSeen: string | null;
  /** RFC 3339 in UTC; null for ever, or until it is assigned. */
  readonly expiresAt: string | null;
}

/** The answer of {@link createLicenseKeys}. */
export interface BulkResult {
  /** What is to be signed: `code` 900, 901, 902, or 100 and 101 from `authenticate`. */
  readonly payload: JsonObject;
  /** One for each submitted key, in order; none unless the code is 900 or 902. */
  readonly outcomes: readonly Outcome[];
  /** The request as it was understood; null unless the code is 900 or 902. */
  readonly request: BulkRequest | null;
}

/** What {@link createLicenseKeys} works with. */
export interface BulkOptions {
  readonly ledger: CreatedKeys;
  /** The current time: the clock is never read. */
  readonly now: Date;
  /** Judges the request's `api_key` (`undefined` when absent). Without it, nobody is asked. */
  readonly authenticate?: (apiKey: string | undefined) => Promise<'ok' | 'invalid' | 'inactive'>;
}

/**
 * Creates license keys in bulk as the documented endpoint does: validates all parameters, stores what is new,
 * and answers with the payload to be signed and, what the endpoint never tells, the outcome of each key.
 * `created + duplicate` is always the number of submitted keys. Numbers may come as texts, as forms send
 * them. Keys expire `validity` days after `assigned_at`; without one, a key that is created as assigned
 * counts from `now`, and any other has no expiry yet.
 *
 * @throws {KeywrightError} `invalid_option` when `now` is no valid time. Whatever the ledger throws comes through.
 *
 * @example
 * const { payload, outcomes } = await createLicenseKeys(
 *   { license_keys: ['7QX4M-9K2TD'], product_id: 1, activation_limit: 0, validity: 365, status: 'available' },
 *   { ledger: memoryKeys(), now: new Date() },
 * );
 * payload; // { code: 900, message: 'License keys creation result', created: 1, duplicate: 0, timestamp: … }
 */
export async function createLicenseKeys(request: unknown, options: BulkOptions): Promise<BulkResult> {
  const { ledger, now, authenticate } = options;
  if (Number.isNaN(now.getTime())) {
    throw new KeywrightError('invalid_option', 'now is no valid Date: pass new Date()', { option: 'now' });
  }
  const timestamp = Math.floor(now.getTime() / 1000);
  const access = authenticate === undefined ? 'ok' : await authenticate(readApiKey(request));
  if (access === 'invalid') return decline({ code: 100, message: 'Invalid API Key', timestamp });
  if (access === 'inactive') return decline({ code: 101, message: 'Inactive API Key', timestamp });
  const read = parseBulkRequest(request);
  if ('errors' in read) return decline(refusal(read.errors, timestamp));
  const stored = await ledger.create(read.licenseKeys);
  const expiresAt = expiryOf(read, now);
  const outcomes = read.licenseKeys.map((key, index): Outcome => {
    const { fresh = false, firstSeen = null } = stored[index] ?? {};
    return fresh
      ? { key, outcome: 'created', firstSeen: null, expiresAt }
      : { key, outcome: 'duplicate', firstSeen, expiresAt: null };
  });
  const created = outcomes.filter(({ outcome }) => outcome === 'created').length;
  const duplicate = outcomes.length - created;
  const payload =
    created > 0
      ? { code: 900, message: 'License keys creation result', created, duplicate, timestamp }
      : { code: 902, message: 'No license keys created', created, duplicate, timestamp };
  return { payload, outcomes, request: read };
}

/**
 * A store in memory. `existing` maps what `canonical` makes of each key that exists to where it stands;
 * `canonical` says when two spellings are one key (without it, only equal texts are).
 *
 * @example
 * (await memoryKeys([['AB-CD', 'old.txt:1']], canonicalForm).create(['abcd']))[0]?.firstSeen; // 'old.txt:1'
 */
export function memoryKeys(
  existing: Iterable<readonly [key: string, place: string]> = [],
  canonical: (key: string) => string = (key) => key,
): CreatedKeys {
  const places = new Map<string, string>();
  for (const [key, place] of existing) if (!places.has(canonical(key))) places.set(canonical(key), place);
  return {
    create: async (keys) =>
      keys.map((key, index): Stored => {
        const form = canonical(key);
        const firstSeen = places.get(form);
        if (firstSeen !== undefined) return { fresh: false, firstSeen };
        places.set(form, `request:${index + 1}`);
        return { fresh: true };
      }),
  };
}

function decline(payload: JsonObject): BulkResult {
  return { payload, outcomes: [], request: null };
}

function refusal(errors: FieldErrors, timestamp: number): JsonObject {
  return { code: 901, message: 'Incorrect data found', errors, timestamp };
}

function readApiKey(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null || !Object.hasOwn(request, 'api_key')) return undefined;
  const key: unknown = Reflect.get(request, 'api_key');
  return typeof key === 'string' ? key : undefined;
}

function expiryOf({ validity, status, assignedAt }: BulkRequest, now: Date): string | null {
  const start = assignedAt ?? (status === 'assigned' ? now : undefined);
  return start === undefined ? null : expiryAfter(start, validity);
}
