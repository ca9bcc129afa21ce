import { isJsonObject, type JsonObject, ownMember, parseJson } from '../encoding/json-text.js';
import { parseUtcTime } from '../encoding/utc-time.js';
import { LATEST_TIME } from '../sign/envelope-reading.js';

/** What a seal says of one key. */
export interface SealClaims {
  /** When the batch was sealed. */
  readonly issued: Date;
  readonly product: string | undefined;
  /** The first instant at which it is expired; null: it never is; undefined: not said. */
  readonly validUntil: Date | null | undefined;
  readonly validFrom: Date | undefined;
  /** The claims as they were sealed, with whatever else they say. */
  readonly sealed: JsonObject;
}

/** Reads claims; or the name of the one that is wrong. */
export function parseClaims(text: string): SealClaims | string {
  const reading = parseJson(text);
  if ('fault' in reading || !isJsonObject(reading.value)) return 'claims';
  const sealed = reading.value;
  const claim = (name: string) => ownMember(sealed, name);
  const [seconds, product, until, from] = ['issued', 'product', 'valid_until', 'valid_from'].map(claim);
  const isTime = typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds >= 0;
  if (!isTime || seconds > LATEST_TIME) return 'issued';
  if (product !== undefined && (typeof product !== 'string' || product === '')) return 'product';
  const [validUntil, validFrom] = [until === null ? null : parseUtcTime(until), parseUtcTime(from)];
  if (until !== undefined && validUntil === undefined) return 'valid_until';
  if (from !== undefined && validFrom === undefined) return 'valid_from';
  if (validUntil && validFrom && validUntil <= validFrom) return 'valid_until';
  return { issued: new Date(1000 * seconds), product, validUntil, validFrom, sealed };
}
