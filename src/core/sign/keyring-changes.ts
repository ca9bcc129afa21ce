import { formatUtcTime, isValidDate } from '../encoding/utc-time.js';
import { KeywrightError } from '../errors.js';
import { ARTEFACTS, isPurpose, type KeyPurpose } from './artefacts.js';
import { KEYRING_SCHEMA, Keyring, type KeyringKey } from './keyring.js';
import { type PublicKey, publicJwk } from './public-key.js';
import { isRole, type KeyringRole } from './role.js';

/** What a keyring is told about a key that joins it; absent members demand nothing. */
export interface KeyTerms {
  readonly role?: KeyringRole | undefined;
  readonly product?: string | undefined;
  /** Absent: responses and licenses. */
  readonly purposes?: readonly KeyPurpose[] | undefined;
  readonly validFrom?: Date | undefined;
  readonly validUntil?: Date | undefined;
}

/**
 * A keyring with one more key, active. Without a keyring, the first of a new one.
 *
 * @throws {KeywrightError} `invalid_keyring` when the key is in it already, in whatever status;
 * `invalid_option` for an empty product, unknown purposes or none, an invalid time, or a validity that ends before it begins.
 *
 * @example
 * addPublicKey(undefined, parsePublicKey(pem), { role: 'product' }).keys.length; // 1
 */
export function addPublicKey(keyring: Keyring | undefined, key: PublicKey, terms: KeyTerms = {}): Keyring {
  return addPublicKeys(keyring, [key], terms);
}

/** As {@link addPublicKey}, for several keys of the same terms: each of many keyrings on the way would be a copy of all before. */
export function addPublicKeys(
  keyring: Keyring | undefined,
  keys: readonly PublicKey[],
  terms: KeyTerms = {},
): Keyring {
  const { role, product, purposes, validFrom, validUntil } = terms;
  if (role !== undefined && !isRole(role)) throw refuse('role', 'is unknown: use product or global');
  if (product === '') throw refuse('product', 'is empty: name it, or leave it out');
  if (purposes !== undefined && !(purposes.length > 0 && purposes.every(isPurpose))) {
    throw refuse('purpose', `is unknown: use ${ARTEFACTS.join(', ')}`);
  }
  const from = validFrom && writeTime(validFrom, 'validFrom');
  const until = validUntil && writeTime(validUntil, 'validUntil');
  if (validFrom && validUntil && validFrom >= validUntil) {
    throw refuse('validUntil', 'is not after validFrom: swap them');
  }
  const added = keys.map(
    ({ alg, kid, kid_given, bytes }): KeyringKey => ({
      alg,
      kid,
      kid_given,
      bytes,
      status: 'active',
      role,
      product,
      purposes: purposes && [...new Set(purposes)],
      validFrom: from,
      validUntil: until,
    }),
  );
  return new Keyring([...(keyring?.keys ?? []), ...added]);
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
 * A keyring without the key with that kid: it verifies nothing any more, and may be added again.
 *
 * @throws {KeywrightError} `invalid_option` for a kid that is not in the keyring, or compromised: a key that was
 * stolen stays named as such. `invalid_keyring` for the last key.
 *
 * @example
 * const next = (await generateKeyPair()).publicKey;
 * removePublicKey(addPublicKey(keyring, next), next.kid).keys.length; // 1
 */
export function removePublicKey(keyring: Keyring, kid: string): Keyring {
  const key = findKey(keyring, kid);
  if (key.status === 'compromised') {
    throw refuse('kid', `names a compromised key: it stays, so that nobody adds it again (kid ${kid})`);
  }
  if (keyring.keys.length === 1) {
    const message = `the keyring holds no other key: add one first, or remove the file (kid ${kid})`;
    throw new KeywrightError('invalid_keyring', message, { kid });
  }
  return new Keyring(keyring.keys.filter((other) => other.kid !== kid));
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
  const wanted = findKey(keyring, kid);
  return new Keyring(keyring.keys.map((key) => (key === wanted ? change(key) : key)));
}

function findKey(keyring: Keyring, kid: string): KeyringKey {
  const key = keyring.keys.find((candidate) => candidate.kid === kid);
  if (key !== undefined) return key;
  throw refuse('kid', `is not in the keyring: "keyring show" lists those that are (kid ${kid})`);
}

function writeKey({ alg, kid, bytes, ...terms }: KeyringKey): object {
  return { ...publicJwk({ alg, bytes }), kid, alg, use: 'sig', ...terms };
}

function writeTime(time: Date, option: string): string {
  if (!isValidDate(time)) throw refuse(option, 'is no valid time: use one like 2026-01-31T00:00:00Z');
  return formatUtcTime(time);
}

function refuse(option: string, what: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the ${option} ${what}`, { option });
}
