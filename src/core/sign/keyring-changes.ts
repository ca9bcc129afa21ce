import { KeywrightError } from '../errors.js';
import { isRole, KEYRING_SCHEMA, Keyring, type KeyringKey, type KeyringRole } from './keyring.js';
import { type PublicKey, publicJwk } from './public-key.js';

/** What a keyring is told about a key that joins it; absent members demand nothing. */
export interface KeyTerms {
  readonly role?: KeyringRole | undefined;
  readonly product?: string | undefined;
  readonly validFrom?: Date | undefined;
  readonly validUntil?: Date | undefined;
}

/**
 * A keyring with one more key, active. Without a keyring, the first of a new one.
 *
 * @throws {KeywrightError} `invalid_keyring` when the key is in it already, in whatever status;
 * `invalid_option` for an empty product, an invalid time, or a validity that ends before it begins.
 *
 * @example
 * addPublicKey(undefined, parsePublicKey(pem), { role: 'product' }).keys.length; // 1
 */
export function addPublicKey(keyring: Keyring | undefined, key: PublicKey, terms: KeyTerms = {}): Keyring {
  const { role, product, validFrom, validUntil } = terms;
  if (role !== undefined && !isRole(role)) throw refuse('role', 'is unknown: use product or global');
  if (product === '') throw refuse('product', 'is empty: name it, or leave it out');
  const from = validFrom && writeTime(validFrom, 'validFrom');
  const until = validUntil && writeTime(validUntil, 'validUntil');
  if (validFrom && validUntil && validFrom >= validUntil) {
    throw refuse('validUntil', 'is not after validFrom: swap them');
  }
  const added: KeyringKey = {
    alg: key.alg,
    kid: key.kid,
    bytes: key.bytes,
    status: 'active',
    role,
    product,
    validFrom: from,
    validUntil: until,
  };
  return new Keyring([...(keyring?.keys ?? []), added]);
}

/**
 * A keyring in which the key with that kid is retired: it goes on verifying what was signed before `at`
 * (or before the end of its validity, when that is earlier), and nothing later.
 *
 * @throws {KeywrightError} `invalid_option` for a kid that is not in the keyring, or compromised, and for an
 * invalid time.
 *
 * @example
 * retirePublicKey(keyring, privateKey.kid, new Date('2027-01-01')).keys[0]?.validUntil; // '2027-01-01T00:00:00Z'
 */
export function retirePublicKey(keyring: Keyring, kid: string, at: Date): Keyring {
  const time = writeTime(at, 'at');
  return changeKey(keyring, kid, (key) => {
    if (key.status === 'compromised')
      throw refuse('kid', `names a compromised key: it stays so (kid ${kid})`);
    const earlier = key.validUntil !== undefined && Date.parse(key.validUntil) < at.getTime();
    return { ...key, status: 'retired', validUntil: earlier ? (key.validUntil ?? time) : time };
  });
}

/**
 * A keyring in which the key with that kid verifies nothing any more, whenever it signed.
 *
 * @throws {KeywrightError} `invalid_option` for a kid that is not in the keyring.
 *
 * @example
 * compromisePublicKey(keyring, privateKey.kid).keys[0]?.status; // 'compromised'
 */
export function compromisePublicKey(keyring: Keyring, kid: string): Keyring {
  return changeKey(keyring, kid, (key) => ({ ...key, status: 'compromised' }));
}

/**
 * The keyring as a JWKS text. Compromised keys stand in a list of their own, where a plain JWKS consumer
 * does not look.
 *
 * @example
 * parseKeyring(formatKeyring(keyring)).keys.length; // 1
 */
export function formatKeyring(keyring: Keyring): string {
  const isCompromised = ({ status }: KeyringKey) => status === 'compromised';
  const compromised = keyring.keys.filter(isCompromised).map(writeKey);
  const set = {
    schema: KEYRING_SCHEMA,
    keys: keyring.keys.filter((key) => !isCompromised(key)).map(writeKey),
    compromised: compromised.length > 0 ? compromised : undefined,
  };
  return `${JSON.stringify(set, null, 2)}\n`;
}

function changeKey(keyring: Keyring, kid: string, change: (key: KeyringKey) => KeyringKey): Keyring {
  if (!keyring.keys.some((key) => key.kid === kid)) {
    throw refuse('kid', `is not in the keyring: "keyring show" lists those that are (kid ${kid})`);
  }
  return new Keyring(keyring.keys.map((key) => (key.kid === kid ? change(key) : key)));
}

function writeKey({ alg, kid, bytes, ...terms }: KeyringKey): object {
  return { ...publicJwk({ alg, bytes }), kid, alg, use: 'sig', ...terms };
}

function writeTime(time: Date, option: string): string {
  if (Number.isNaN(time.getTime()))
    throw refuse(option, 'is no valid time: use one like 2026-01-31T00:00:00Z');
  return time.toISOString().replace('.000', '');
}

function refuse(option: string, what: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the ${option} ${what}`, { option });
}
