import { isJsonObject, type JsonObject, type JsonValue } from '../encoding/json-text.js';
import { parseUtcTime } from '../encoding/utc-time.js';
import { isLicenseComparison, type LicenseComparison, sameKeyText } from '../revocations/revoked-id.js';
import { schemaOf } from '../sign/artefacts.js';

/** A license: what a signed payload says about one license key. */
export interface License {
  /** The license key, as it was issued. */
  readonly key: string;
  readonly product: string;
  /** The first instant at which it is expired; null: it never is. */
  readonly validUntil: Date | null;
  /** The first instant at which it is valid; absent: it always was. */
  readonly validFrom?: Date | undefined;
  /** The devices that may use it, by whatever names the app gives them; absent: any. */
  readonly devices?: readonly string[] | undefined;
  /** What it allows; empty unless it says more. */
  readonly entitlements: JsonObject;
  /** How keys are compared: by canonical form v1, or as the texts they are. */
  readonly comparison: LicenseComparison;
  /** The license as it was signed, with whatever else it says. */
  readonly signed: JsonObject;
}

/** The `schema` that the payload of every license names. */
export const LICENSE_SCHEMA = schemaOf('license');

/** The license that a signed payload holds, or the name of the member that is wrong. */
export function readLicense(payload: JsonObject): License | string {
  const license = own(payload, 'license');
  if (own(payload, 'schema') !== LICENSE_SCHEMA) return 'schema';
  if (license === undefined || !isJsonObject(license)) return 'license';
  const member = (name: string) => own(license, name);
  // Null is a value like any other: what is absent alone is what it always was.
  const [comparison = 'canonical', entitlements = {}] = [member('comparison'), member('entitlements')];
  if (!isLicenseComparison(comparison)) return 'comparison';
  const [key, product, devices] = [member('key'), member('product'), member('devices')];
  if (typeof key !== 'string' || sameKeyText(key, comparison) === undefined) return 'key';
  if (typeof product !== 'string' || product === '') return 'product';
  const [until, from] = [member('valid_until'), member('valid_from')];
  const [validUntil, validFrom] = [until === null ? null : parseUtcTime(until), parseUtcTime(from)];
  if (from !== undefined && validFrom === undefined) return 'valid_from';
  if (validUntil === undefined || (validUntil && validFrom && validUntil <= validFrom)) return 'valid_until';
  if (devices !== undefined && !isTexts(devices)) return 'devices';
  if (!isJsonObject(entitlements)) return 'entitlements';
  return { key, product, validUntil, validFrom, devices, entitlements, comparison, signed: license };
}

/** Only own members count, whatever `Object.prototype` says. */
function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isTexts(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
