import type { JsonObject } from '../encoding/json-text.js';
import { findListBreach, LIST_HINTS, type ListBreach } from '../revocations/list-policy.js';
import { sameKeyText } from '../revocations/revoked-id.js';
import { LATEST_TIME, signedTime } from '../sign/envelope-reading.js';
import type { Keyring } from '../sign/keyring.js';
import type { VerifyPolicy } from '../sign/policy.js';
import type { KeyringRole } from '../sign/role.js';
import { examineEnvelope, isSignedBy, type SignatureCheck, type VerifyReason } from '../sign/verify.js';
import { type License, readLicense } from './license.js';
import { checkLicensePolicy, type LicensePolicy, type TypedLicensePolicy } from './license-policy.js';
import { earliestNow, effectiveNow, isClockBehind } from './time-evidence.js';

/** Why a license was refused: the reasons of `verifyResponse` first, then these, in the order they stand here. */
export type LicenseReason =
  | VerifyReason
  | 'not_a_license'
  | 'wrong_product'
  | 'wrong_key'
  | 'wrong_device'
  | ListBreach
  | 'not_yet_valid'
  | 'expired'
  | 'bad_entitlements';

/** A license that may be used: by this key, for this product, on this device, now. */
export interface Licensed<Entitlements = JsonObject> {
  readonly ok: true;
  readonly license: License;
  /** What it allows, as `parse` made it. */
  readonly entitlements: Entitlements;
  /** The key that signed. */
  readonly kid: string;
  readonly role: KeyringRole | null;
  readonly signedAt: Date;
  /** Whether the clock is more than a day behind the earliest time that it can be: tell the customer. */
  readonly clockBehind: boolean;
  /** Whether a list of revocations is overdue: fetch it. */
  readonly listStale: boolean;
}

/** A license that may not be used, and what to do about it. */
export interface RefusedLicense {
  readonly ok: false;
  readonly reason: LicenseReason;
  readonly hint: string;
  readonly kid?: string | undefined;
  /** What was signed, where the signature holds: to say since when it is expired. It allows nothing. */
  readonly license?: License | undefined;
}

/** The answer of {@link verifyLicense}. */
export type LicenseVerdict<Entitlements = JsonObject> = Licensed<Entitlements> | RefusedLicense;

/**
 * Verifies, offline, that a customer may use this product with this key on this device now: the license file as JSON text or
 * as the parsed object. Only `ok: true` opens anything.
 *
 * Any license file, list or evidence whatever gets a verdict. The signature, and what a policy says of it, is judged as by
 * `verifyResponse`, with keys that are for licenses. The key is compared by canonical form v1 (as a text where the license
 * says `exact`), a device as the text it is. The time is the latest of `now`, the evidence, and when the license was
 * signed. A key of the keyring that has a product signs licenses of that product only.
 *
 * @throws {KeywrightError} `invalid_option` for misuse only, before the license is looked at: a keyring that `parseKeyring`
 * did not make; a policy without `product`, `key`, `device` or `now`, or with a member that is unknown or out of range;
 * revocations that `openRevocations` did not make, or of another product.
 *
 * @example
 * const policy = { product: 'app', key: typed, device: null, now: new Date() };
 * const verdict = await verifyLicense(text, keyring, policy);
 * if (verdict.ok) unlock(verdict.entitlements);
 * else report(verdict.reason, verdict.hint);
 */
export async function verifyLicense<Entitlements>(
  envelope: unknown,
  keyring: Keyring,
  policy: TypedLicensePolicy<Entitlements>,
): Promise<LicenseVerdict<Awaited<Entitlements>>>;
export async function verifyLicense(
  envelope: unknown,
  keyring: Keyring,
  policy: LicensePolicy & { readonly parse?: never },
): Promise<LicenseVerdict>;
export async function verifyLicense(
  envelope: unknown,
  keyring: Keyring,
  policy: LicensePolicy,
): Promise<LicenseVerdict<unknown>>;
export async function verifyLicense(
  envelope: unknown,
  keyring: Keyring,
  policy: LicensePolicy,
): Promise<LicenseVerdict<unknown>> {
  return judgeLicense(envelope, keyring, policy, isSignedBy);
}

/** As {@link verifyLicense}, with whatever checks signatures. */
export async function judgeLicense(
  envelope: unknown,
  keyring: Keyring,
  given: LicensePolicy,
  check: SignatureCheck,
): Promise<LicenseVerdict<unknown>> {
  const policy = checkLicensePolicy(given, keyring);
  const floor = earliestNow(policy.evidence, keyring);
  const now = effectiveNow(policy.now, floor);
  const asked = responsePolicy(policy, now);
  const { verdict, signed } = await examineEnvelope(envelope, keyring, asked, 'license', check);
  const license = signed === undefined ? 'license' : readLicense(signed);
  if (!verdict.ok) return { ...verdict, license: typeof license === 'string' ? undefined : license };
  const { payload, kid, role } = verdict;
  const time = signedTime(payload) ?? Infinity;
  if (typeof license === 'string' || time > LATEST_TIME) return refuseOther(license, kid);
  const signedAt = new Date(1000 * time);
  const bound = keyring.keys.find((key) => key.kid === kid)?.product ?? policy.product;
  const latest = effectiveNow(now, signedAt);
  const reason = bound === policy.product ? findBreach(license, policy, latest) : 'wrong_product';
  if (reason !== undefined) return refuse(reason, license, kid);
  try {
    const { parse } = policy;
    const entitlements = parse === undefined ? license.entitlements : await parse(license.entitlements);
    const listStale = (policy.revocations ?? []).some((list) => list.ok && latest >= list.next);
    const clockBehind = isClockBehind(policy.now, floor);
    return { ok: true, license, entitlements, kid, role, signedAt, clockBehind, listStale };
  } catch {
    return refuse('bad_entitlements', license, kid);
  }
}

/** What is demanded of the envelope; a license names its product itself. */
function responsePolicy(policy: LicensePolicy, now: Date): VerifyPolicy {
  const asked = (['role', 'maxAge', 'maxFuture', 'nonce'] as const).filter((name) => name in policy);
  const members = Object.fromEntries(asked.map((name) => [name, policy[name]]));
  return { maxFuture: Number.MAX_VALUE, ...members, now };
}

type LicenseBreach = Exclude<keyof typeof HINTS, 'bad_entitlements'>;

function findBreach(license: License, policy: LicensePolicy, now: Date): LicenseBreach | undefined {
  const { product, key, device } = policy;
  if (license.product !== product) return 'wrong_product';
  if (key !== null && !isSameKey(license, key)) return 'wrong_key';
  if (license.devices?.some((each) => each === device) === false) return 'wrong_device';
  const breach = findListBreach(license, policy, now, (list) => list.has(license.key));
  if (breach !== undefined) return breach;
  if (license.validFrom !== undefined && now < license.validFrom) return 'not_yet_valid';
  return license.validUntil !== null && now >= license.validUntil ? 'expired' : undefined;
}

function isSameKey({ key, comparison }: License, typed: string): boolean {
  return sameKeyText(typed, comparison) === sameKeyText(key, comparison);
}

/** What is signed, but by its `schema`, or by a member that is missing or wrong, no license. */
function refuseOther(license: License | string, kid: string): RefusedLicense {
  const wrong = typeof license === 'string' ? license : 'timestamp';
  return { ok: false, reason: 'not_a_license', hint: `Its ${wrong} is wrong: issue it again.`, kid };
}

function refuse(reason: keyof typeof HINTS, license: License, kid: string): RefusedLicense {
  return { ok: false, reason, hint: HINTS[reason], kid, license };
}

const HINTS = {
  wrong_product: 'It is for another product.',
  wrong_key: 'It is for another key: check what was typed.',
  wrong_device: 'It is for other devices: ask for one for this device.',
  ...LIST_HINTS,
  not_yet_valid: 'It is not valid yet: wait, or set the clock.',
  expired: 'It is expired: renew it.',
  bad_entitlements: 'What it allows cannot be read: update the app.',
};
