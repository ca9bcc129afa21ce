import { respellJson } from '../../core/encoding/json-spelling.js';
import type { JsonObject } from '../../core/encoding/json-text.js';
import { parseUtcTime } from '../../core/encoding/utc-time.js';
import { isKeywrightError } from '../../core/errors.js';
import { LICENSE_SCHEMA } from '../../core/license/license.js';
import { LICENSE } from '../../core/license/sign-license.js';
import type { LicenseComparison } from '../../core/revocations/revoked-id.js';
import { type SignOptions, signableText } from '../../core/sign/envelope.js';
import type { PlacedRow } from '../fields/import-rows.js';
import { type LicenseFields, licenseMembers } from './license-fields.js';
import type { UntilWhen } from './license-validity.js';

/** What all licenses of a run have in common. */
export interface SharedTerms extends SignOptions {
  readonly product: string;
  readonly comparison: LicenseComparison;
  readonly fields: LicenseFields;
  /** Undefined: each row says it. */
  readonly untilWhen: UntilWhen | undefined;
  readonly now: Date;
}

/** The license of a row, ready to be signed. */
export interface UnsignedLicense {
  readonly key: string;
  /** The payload as JSON text, checked, in parts: where rows share the others, the middle one is the key. */
  readonly before: string;
  readonly spelled: string;
  readonly after: string;
  /** Whether it is expired at the time of signing. */
  readonly isExpired: boolean;
}

/** The whole payload of a license. */
export function payloadOf({ before, spelled, after }: UnsignedLicense): string {
  return before + spelled + after;
}

/** Why a row's license cannot be signed; `path` names the member. */
export interface LicenseFault {
  readonly path: readonly string[];
  readonly message: string;
}

/** A text that all rows without fields of their own share but for their key, which stands in the middle. */
interface SharedText {
  readonly before: string;
  readonly after: string;
  readonly isExpired: boolean;
}

/** Longer texts are not shared: a longer key might make one of them longer than a payload may be. */
const LONGEST_SHARED = 1 << 16;

const PLAIN = /^[\w-]*$/;

/** Makes the texts of licenses from rows, whose keys are license keys. What rows share is checked with the first of them. */
export class LicenseTexts {
  readonly #terms: SharedTerms;
  #shared: SharedText | undefined;

  constructor(terms: SharedTerms) {
    this.#terms = terms;
  }

  /** @throws {KeywrightError} as `readValidity`; `invalid_option` for an unknown role or style. */
  of({ key, fields }: PlacedRow): UnsignedLicense | LicenseFault {
    const isShared = Object.keys(fields).length === 0;
    const shared = isShared ? this.#shared : undefined;
    if (shared !== undefined) {
      const { before, after, isExpired } = shared;
      return { key, before, spelled: this.#spelled(key), after, isExpired };
    }
    const license = this.#checked(key, fields);
    if (isShared && 'before' in license) this.#share(license);
    return license;
  }

  #checked(key: string, fields: JsonObject): UnsignedLicense | LicenseFault {
    const { product, comparison, now, untilWhen } = this.#terms;
    const members = licenseMembers(this.#terms.fields.constants, fields);
    const start = parseUtcTime(members['valid_from']) ?? now;
    const until = members['valid_until'] ?? untilWhen?.(start);
    if (until === undefined) return unusable('valid_until');
    // Also a row that says its own end has it in the same place.
    const head = { key, product, valid_until: until };
    const license = { ...head, ...members, ...head, comparison };
    const payload = { schema: LICENSE_SCHEMA, license, timestamp: Math.floor(now.getTime() / 1000) };
    try {
      const { text } = signableText(LICENSE, JSON.stringify(payload), this.#terms);
      const end = parseUtcTime(until);
      return { key, before: text, spelled: '', after: '', isExpired: end !== undefined && end <= now };
    } catch (error) {
      if (!isKeywrightError(error, 'invalid_payload')) throw error;
      const { path } = error.details;
      return path === undefined
        ? { path: [], message: `cannot be signed: ${error.message}` }
        : unusable(path);
    }
  }

  #share({ key, before: text, isExpired }: UnsignedLicense): void {
    if (text.length > LONGEST_SHARED) return;
    // The schema is all that stands before it.
    const at = text.indexOf('"key":') + '"key":'.length;
    const after = text.slice(at + this.#spelled(key).length);
    this.#shared = { before: text.slice(0, at), after, isExpired };
  }

  #spelled(key: string): string {
    // Nearly all are spelled alike in every style.
    if (PLAIN.test(key)) return `"${key}"`;
    return respellJson(JSON.stringify(key), this.#terms.style ?? 'compact');
  }
}

function unusable(member: string): LicenseFault {
  return { path: [member], message: 'is missing, or cannot be that: correct it' };
}
