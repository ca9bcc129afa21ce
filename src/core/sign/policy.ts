import { isValidDate } from '../encoding/utc-time.js';
import { KeywrightError } from '../errors.js';
import type { KeyPurpose } from './artefacts.js';
import { Keyring } from './keyring.js';
import { isRole, type KeyringRole } from './role.js';

/** What a response must satisfy besides being signed. Absent members demand nothing. */
export interface VerifyPolicy {
  /** Only keys of this role (and keys of both) may have signed. */
  readonly role?: KeyringRole;
  /** The verifying key must be this product's. Required when the keyring holds keys of several. */
  readonly product?: string;
  /** The oldest signing time accepted, in seconds before `now`. Needs `now`. */
  readonly maxAge?: number;
  /** How far ahead of `now` a signing time may be, in seconds: 300 unless told. Needs `now`. */
  readonly maxFuture?: number;
  /** The payload's `nonce` must be this one (see `newNonce`). */
  readonly nonce?: string;
  /** The current time: the clock is never read. */
  readonly now?: Date;
}

/**
 * The policy as it is now, its own members each read once. Refuses misuse before any envelope is looked at, so that
 * a mistake shows at once and not on the first forged answer.
 *
 * @throws {KeywrightError} `invalid_option`
 */
export function checkPolicy(
  policy: VerifyPolicy,
  keyring: Keyring,
  purpose: KeyPurpose = 'response',
): VerifyPolicy {
  const own = checkMembers(policy, keyring, RULES);
  const { product, now, maxAge, maxFuture } = own;
  if (now === undefined && (maxAge ?? maxFuture) !== undefined)
    throw misuse('now', 'is missing: pass new Date()');
  const products = new Set(keyring.keys.flatMap((key) => key.product ?? []));
  // A license names its product itself.
  if (purpose === 'response' && product === undefined && products.size > 1) {
    throw misuse('product', 'is missing: name one of those in the keyring');
  }
  return own;
}

/** For each member of a policy, what its value must be. */
export type PolicyRules<Policy> = { readonly [Name in keyof Required<Policy>]: (value: unknown) => boolean };

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isSeconds = (value: unknown) => typeof value === 'number' && value >= 0 && value < Infinity;

/** What the members of a policy must be. */
export const RULES: PolicyRules<VerifyPolicy> = {
  role: isRole,
  product: isText,
  maxAge: isSeconds,
  maxFuture: isSeconds,
  nonce: isText,
  now: isValidDate,
};

/** A copy of a policy of which each member is known and as its rule says; undefined never is. */
export function checkMembers<Policy extends object>(
  policy: Policy,
  keyring: Keyring,
  rules: PolicyRules<Policy>,
): Policy {
  if (!Keyring.is(keyring)) throw misuse('keyring', 'is not loaded: use parseKeyring');
  if (typeof policy !== 'object' || policy === null) throw misuse('policy', 'is no object: pass {}');
  // Without a prototype: what is not there is not demanded, whatever `Object.prototype` says.
  const own: Policy = Object.assign(Object.create(null), policy);
  const known: Readonly<Record<string, (value: unknown) => boolean>> = rules;
  for (const [name, value] of Object.entries(own)) {
    if (!Object.hasOwn(known, name)) throw misuse(name, `is unknown: use ${Object.keys(known).join(', ')}`);
    if (!known[name]?.(value))
      throw misuse(name, 'is undefined, or not what it should be: mend it, or leave it out');
  }
  return own;
}

/** An argument that no caller should have passed. */
export function misuse(option: string, what: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the ${option} ${what}`, { option });
}
