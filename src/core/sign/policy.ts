import { isValidDate } from '../encoding/utc-time.js';
import { KeywrightError } from '../errors.js';
import type { KeyPurpose } from './artefacts.js';
import { isRole, Keyring, type KeyringRole } from './keyring.js';

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
  if (!Keyring.is(keyring)) throw refuse('keyring', 'is not loaded: use parseKeyring');
  if (typeof policy !== 'object' || policy === null) throw refuse('policy', 'is no object: pass {}');
  // Without a prototype: what is not there is not demanded, whatever `Object.prototype` says.
  const own: VerifyPolicy = Object.assign(Object.create(null), policy);
  for (const [name, value] of Object.entries(own)) {
    if (!MEMBERS.includes(name)) throw refuse(name, `is unknown: use ${MEMBERS.join(', ')}`);
    if (value === undefined) throw refuse(name, 'is undefined: leave it out');
  }
  const { role, product, maxAge, maxFuture, nonce, now } = own;
  if (role !== undefined && !isRole(role)) throw refuse('role', 'is unknown: use product or global');
  checkText('product', product);
  checkText('nonce', nonce);
  checkSeconds('maxAge', maxAge, now);
  checkSeconds('maxFuture', maxFuture, now);
  if (now !== undefined && !isValidDate(now)) {
    throw refuse('now', 'is no valid Date: pass new Date()');
  }
  const products = new Set(keyring.keys.flatMap((key) => key.product ?? []));
  // A license names its product itself.
  if (purpose === 'response' && product === undefined && products.size > 1) {
    throw refuse('product', 'is missing: name one of those in the keyring');
  }
  return own;
}

const MEMBERS: readonly string[] = ['role', 'product', 'maxAge', 'maxFuture', 'nonce', 'now'];

function checkText(name: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || value === '')) {
    throw refuse(name, 'is empty, or no text: leave it out');
  }
}

function checkSeconds(name: string, value: unknown, now: unknown): void {
  if (value === undefined) return;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw refuse(name, 'is no number of seconds: use 0 or more');
  }
  if (now === undefined) throw refuse('now', `is missing for ${name}: pass new Date()`);
}

function refuse(option: string, what: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the ${option} ${what}`, { option });
}
