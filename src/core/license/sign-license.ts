import { spellValue } from '../encoding/json-spelling.js';
import type { JsonObject } from '../encoding/json-text.js';
import { formatUtcTime, isUtcTime } from '../encoding/utc-time.js';
import { KeywrightError } from '../errors.js';
import type { LicenseComparison } from '../revocations/revoked-id.js';
import { type Envelope, type EnvelopeKind, type SignOptions, signArtefact } from '../sign/envelope.js';
import type { Signer } from '../sign/signer.js';
import { LICENSE_SCHEMA, readLicense } from './license.js';

/** What a license shall say. */
export interface LicenseTerms {
  readonly key: string;
  readonly product: string;
  /** The first instant at which it is expired; null: never. Not optional, so that nobody forgets it. */
  readonly validUntil: Date | null;
  readonly validFrom?: Date | undefined;
  readonly devices?: readonly string[] | undefined;
  readonly entitlements?: JsonObject | undefined;
  /** `canonical` unless told. */
  readonly comparison?: LicenseComparison | undefined;
  /** Whatever else it shall say, beside these. */
  readonly members?: JsonObject | undefined;
}

/** How and when {@link signLicense} signs. */
export interface SignLicenseOptions extends SignOptions {
  /** The time of signing: the clock is never read. */
  readonly now: Date;
}

/**
 * Signs a license file: an envelope that `verifyLicense` takes.
 *
 * @throws {KeywrightError} `invalid_payload` for terms that no verifier would take, its `path` naming the member;
 * `invalid_option` for a time that is no date up to the year 9999, an unknown role or style.
 *
 * @example
 * const terms = { key: '7QX4M-9K2TD', product: 'app', validUntil: new Date('2027-12-31T00:00:00Z') };
 * const file = await signLicense(terms, ed25519Signer(privateKey), { now: new Date() });
 */
export async function signLicense(
  terms: LicenseTerms,
  signer: Signer,
  { now, ...options }: SignLicenseOptions,
): Promise<Envelope> {
  return signArtefact(LICENSE, formatLicense(terms, now), signer, options);
}

/** How licenses are signed: what `verifyLicense` would not take is refused. */
export const LICENSE: EnvelopeKind = {
  artefact: 'license',
  check: (payload) => {
    const read = readLicense(payload);
    if (typeof read !== 'string') return;
    const message = `the license has no ${read} that can be used: correct it`;
    throw new KeywrightError('invalid_payload', message, { path: read });
  },
};

/**
 * The payload of a license as JSON text, ready to be signed.
 *
 * @throws {KeywrightError} `invalid_option` for a `now` that is no date; `invalid_payload` for values that JSON does not
 * carry, and for times after the year 9999.
 */
export function formatLicense(terms: LicenseTerms, now: Date): string {
  const {
    key,
    product,
    validUntil,
    validFrom,
    devices,
    entitlements,
    comparison = 'canonical',
    members,
  } = terms;
  const license = present({
    key,
    product,
    valid_from: validFrom && formatTime(validFrom, 'valid_from'),
    valid_until: validUntil && formatTime(validUntil, 'valid_until'),
    devices,
    entitlements,
    comparison,
  });
  // What the terms name themselves is not to be overruled by other members.
  const text = spellValue({ ...license, ...members, ...license });
  const seconds = Math.floor(Date.parse(formatTime(now, 'now')) / 1000);
  return `{"schema":"${LICENSE_SCHEMA}","license":${text},"timestamp":${seconds}}`;
}

/** The members that are there: JSON has no undefined. */
function present(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function formatTime(time: Date, option: string): string {
  if (isUtcTime(time)) return formatUtcTime(time);
  const message = `the ${option} is no Date of the years 0 to 9999: give one`;
  throw new KeywrightError('invalid_option', message, { option });
}
