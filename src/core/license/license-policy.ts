import type { JsonObject } from '../encoding/json-text.js';
import type { ListPolicy } from '../revocations/list-policy.js';
import { isOpened } from '../revocations/revocations.js';
import type { Keyring } from '../sign/keyring.js';
import { checkMembers, misuse, RULES } from '../sign/policy.js';
import type { KeyringRole } from '../sign/role.js';

/** What a license must satisfy besides being signed. */
export interface LicensePolicy extends ListPolicy {
  /** The product that asks. */
  readonly product: string;
  /** The license key that the customer typed, in whatever spelling; null: unchecked. */
  readonly key: string | null;
  /** What the app calls the device it runs on, as the license spells it; null: none, which no license with devices allows. */
  readonly device: string | null;
  /** The current time: the clock is never read. */
  readonly now: Date;
  /** Why it cannot be earlier than some time (see `addEvidence`), or its JSON text. Whatever cannot be read counts as absent. */
  readonly evidence?: unknown;
  /** Makes typed entitlements of the signed ones, or throws: the `parse` of a schema fits. */
  readonly parse?: (entitlements: JsonObject) => unknown;
  /** Only keys of this role (and keys of both) may have signed. */
  readonly role?: KeyringRole;
  /** The oldest signing time accepted, in seconds. */
  readonly maxAge?: number;
  /** How far ahead of `now` a signing time may be, in seconds; any time unless told, for clocks may be slow. */
  readonly maxFuture?: number;
  /** The payload's `nonce` must be this one. */
  readonly nonce?: string;
}

/** A policy whose `parse` says what entitlements are. */
export interface TypedLicensePolicy<Entitlements> extends LicensePolicy {
  readonly parse: (entitlements: JsonObject) => Entitlements;
}

const isTextOrNull = (value: unknown) => value === null || typeof value === 'string';

/**
 * The policy as it is now, its own members each read once; those of a response are judged by its own rules.
 *
 * @throws {KeywrightError} `invalid_option`
 */
export function checkLicensePolicy(policy: LicensePolicy, keyring: Keyring): LicensePolicy {
  const own = checkMembers(policy, keyring, {
    ...RULES,
    key: isTextOrNull,
    device: isTextOrNull,
    evidence: () => true,
    revocations: (lists) => Array.isArray(lists) && lists.every(isOpened),
    maxListAge: RULES.maxAge,
    parse: (value) => typeof value === 'function',
  });
  for (const name of ['product', 'key', 'device', 'now']) {
    if (!(name in own)) throw misuse(name, 'is missing: give it; key and device may be null');
  }
  if (own.revocations?.some((list) => list.ok && list.product !== own.product)) {
    throw misuse('revocations', 'are of another product: open those of this one');
  }
  return own;
}
