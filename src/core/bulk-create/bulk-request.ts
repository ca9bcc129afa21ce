import { ownMember, parseJson } from '../encoding/json-text.js';
import { parseTime } from './validity.js';

/** The states a license key can be created in. */
export type LicenseStatus = 'available' | 'assigned' | 'reserved' | 'blocked';

/** A bulk-create request that passed every check. */
export interface BulkRequest {
  readonly licenseKeys: readonly string[];
  readonly productId: number;
  readonly ownerName: string | undefined;
  readonly ownerEmail: string | undefined;
  /** 0: no limit. */
  readonly activationLimit: number;
  /** In days; 0: for ever. */
  readonly validity: number;
  readonly status: LicenseStatus;
  readonly assignedAt: Date | undefined;
}

/** What is wrong with a request, by parameter; `request` for what is wrong with it as a whole. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** The documented parameters. */
export const PARAMETERS: readonly string[] = [
  'api_key',
  'license_keys',
  'product_id',
  'owner_name',
  'owner_email',
  'activation_limit',
  'validity',
  'status',
  'assigned_at',
];
/** The states in which a license key can be created. */
export const STATUSES: readonly LicenseStatus[] = ['available', 'assigned', 'reserved', 'blocked'];
/** The longest text of a parameter, and the longest license key. */
export const TEXT_LENGTH = 255;
/** A century of days, so that every expiry is a date with a year of four digits. */
export const VALIDITY = 36_500;

/**
 * Reads a request as it comes, from a form (all texts) or from JSON. All that is wrong is told at once;
 * messages quote no license key.
 */
export function parseBulkRequest(request: unknown): BulkRequest | { readonly errors: FieldErrors } {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    return { errors: { request: ['must be an object of parameters'] } };
  }
  const form = new Form(request);
  const unknown = Object.keys(request).filter((name) => !PARAMETERS.includes(name));
  if (unknown.length > 0) {
    // What is quoted gets signed: a strange name must not make the answer unsignable.
    const names = unknown.map((name) => (/^\w{1,64}$/.test(name) ? name : '(unprintable)'));
    form.refuse('request', `has unknown parameters: ${names.join(', ')}`);
  }
  const read = {
    licenseKeys: form.licenseKeys('license_keys'),
    productId: form.integer('product_id', 1, Number.MAX_SAFE_INTEGER),
    ownerName: form.text('owner_name'),
    ownerEmail: form.email('owner_email'),
    activationLimit: form.integer('activation_limit', 0, Number.MAX_SAFE_INTEGER),
    validity: form.integer('validity', 0, VALIDITY),
    status: form.status('status'),
    assignedAt: form.time('assigned_at'),
  };
  return Object.keys(form.errors).length > 0 ? { errors: form.errors } : read;
}

/** A request under examination. What fails is noted, and a stand-in returned that never leaves this file. */
class Form {
  readonly errors: Record<string, string[]> = {};
  readonly #request: object;

  constructor(request: object) {
    this.#request = request;
  }

  refuse(name: string, message: string): void {
    this.errors[name] = [...(this.errors[name] ?? []), message];
  }

  /** An empty form field is an absent one. */
  #read(name: string): unknown {
    const value = ownMember(this.#request, name);
    return value === '' || value === null ? undefined : value;
  }

  text(name: string): string | undefined {
    const value = this.#read(name);
    if (value === undefined || (typeof value === 'string' && isLine(value))) return value;
    this.refuse(name, `must be one line of at most ${TEXT_LENGTH} characters`);
    return undefined;
  }

  email(name: string): string | undefined {
    const value = this.text(name);
    if (value !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) {
      this.refuse(name, 'must be an e-mail address');
    }
    return value;
  }

  integer(name: string, min: number, max: number): number {
    const value = this.#read(name);
    if (value === undefined) {
      this.refuse(name, 'is required');
      return min;
    }
    const number = typeof value === 'string' && /^(0|[1-9]\d*)$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isSafeInteger(number) && number >= min && number <= max)
      return number;
    const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
    this.refuse(name, `must be an integer ${range}`);
    return min;
  }

  status(name: string): LicenseStatus {
    const value = this.#read(name);
    const status = STATUSES.find((known) => known === value);
    if (status === undefined) {
      this.refuse(name, value === undefined ? 'is required' : `must be one of ${STATUSES.join(', ')}`);
    }
    return status ?? 'available';
  }

  /** As documented, `2026-01-31 00:00:00` in UTC, or RFC 3339 in UTC. */
  time(name: string): Date | undefined {
    const value = this.#read(name);
    if (value === undefined) return undefined;
    const date = typeof value === 'string' ? parseTime(value) : undefined;
    if (date !== undefined) return date;
    this.refuse(name, 'must be a time in UTC like 2026-01-31 00:00:00');
    return undefined;
  }

  licenseKeys(name: string): readonly string[] {
    const value = this.#read(name);
    if (value === undefined) {
      this.refuse(name, 'is required');
      return [];
    }
    const list = parseKeyList(value);
    if (list === undefined) {
      this.refuse(name, 'must be a list of texts, or a JSON array in a text');
      return [];
    }
    if (list.length === 0) this.refuse(name, 'must hold at least one license key');
    const keys = list.filter(isLicenseKey);
    if (keys.length < list.length) {
      const place = list.findIndex((key: unknown) => !isLicenseKey(key)) + 1;
      this.refuse(
        name,
        `holds ${list.length - keys.length} that are no license keys; the first is number ${place}`,
      );
    }
    return keys;
  }
}

/** The list that `license_keys` is, or is the JSON of; undefined when it is none. */
export function parseKeyList(value: unknown): readonly unknown[] | undefined {
  const reading = typeof value === 'string' ? parseJson(value) : { value };
  const list: unknown = 'value' in reading ? reading.value : undefined;
  return Array.isArray(list) ? list : undefined;
}

/** Whether a value can be a license key: a line of text without blanks around it. */
export function isLicenseKey(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.trim() === value && isLine(value);
}

/** Whether a text fits into one cell of a table: not too long, no control characters, no broken Unicode. */
function isLine(text: string): boolean {
  return text.length <= TEXT_LENGTH && !/[\p{Cc}\p{Surrogate}\u2028\u2029]/u.test(text);
}
