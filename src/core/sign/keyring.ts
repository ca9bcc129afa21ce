import { type JsonValue, ownMember, parseJson } from '../encoding/json-text.js';
import { parseUtcTime } from '../encoding/utc-time.js';
import { KeywrightError } from '../errors.js';
import { ARTEFACTS, isPurpose, type KeyPurpose } from './artefacts.js';
import { type PublicKey, publicKeyFromJwk } from './public-key.js';
import { isRole, type KeyringRole } from './role.js';

/**
 * `active` keys verify; `retired` ones verify what carries a signed timestamp inside their validity;
 * `compromised` ones verify nothing.
 */
export type KeyStatus = 'active' | 'retired' | 'compromised';

/** What a keyring says about one public key. */
export interface KeyringKey extends PublicKey {
  readonly status: KeyStatus;
  /** Absent: both roles. */
  readonly role?: KeyringRole | undefined;
  /** The product the key signs for; absent: none in particular. */
  readonly product?: string | undefined;
  /** What the key may sign. Absent: responses and licenses. */
  readonly purposes?: readonly KeyPurpose[] | undefined;
  /** The first instant of validity, RFC 3339 in UTC; compared with the signed time only. */
  readonly validFrom?: string | undefined;
  /** The first instant after the validity. */
  readonly validUntil?: string | undefined;
}

/** A set of public keys. Made by {@link parseKeyring}; nothing in it ever changes. */
export class Keyring {
  /** Also the proof that a value went through the checks: no other object has it. */
  readonly #keys: readonly KeyringKey[];
  /** Of which kinds the keys were that another tool's JWKS holds beside these, as `EC P-256`; they were left out. */
  readonly ignored: readonly string[];

  /**
   * @param ignored see {@link Keyring.ignored}
   * @throws {KeywrightError} `invalid_keyring` when empty, or when a key stands in it twice.
   */
  constructor(keys: readonly KeyringKey[], ignored: readonly string[] = []) {
    if (keys.length === 0) throw refuse('holds no key: add one');
    const kids = new Set<string>();
    for (const { kid } of keys) {
      if (kids.has(kid)) throw refuse('holds a key twice: remove one', kid);
      kids.add(kid);
    }
    this.#keys = Object.freeze(keys.map(freezeKey));
    this.ignored = Object.freeze([...ignored]);
    Object.freeze(this);
  }

  /** The keys, in the order of the file. */
  get keys(): readonly KeyringKey[] {
    return this.#keys;
  }

  /** Whether `value` is a keyring, and not something that looks like one. */
  static is(value: unknown): value is Keyring {
    return typeof value === 'object' && value !== null && #keys in value;
  }
}

/** A copy that nobody can change and that inherits nothing: what `Object.prototype` says is nothing a key says. */
function freezeKey(key: KeyringKey): KeyringKey {
  const bytes = Uint8Array.from(key.bytes);
  const purposes = key.purposes && Object.freeze([...key.purposes]);
  // Bytes cannot be frozen, so everybody gets their own.
  return Object.freeze({
    __proto__: null,
    ...key,
    purposes,
    get bytes() {
      return bytes.slice();
    },
  });
}

/**
 * Loads a keyring: a JWKS (RFC 7517 section 5) as text or object, with the members `role`, `product`,
 * `purposes`, `status`, `validFrom` and `validUntil` on its keys and `compromised` beside `keys`. Nothing is read later:
 * load once, verify often.
 *
 * @throws {KeywrightError} `invalid_keyring`: no JWKS, an empty set, private members, a kid that is not the
 * RFC 7638 thumbprint, the same key twice, an unknown kty, alg, status, role, purpose or use, a time that is not
 * RFC 3339 in UTC, a key that may not be used (RSA outside 2048 to 8192 bits or with an exponent other than
 * 65537, an Ed25519 key that is non-canonical, of small order or not torsion-free).
 *
 * @example
 * const keyring = parseKeyring(await (await fetch('/keyring.json')).text());
 */
export function parseKeyring(source: string | object): Keyring {
  try {
    return readSet(typeof source === 'string' ? readText(source) : source);
  } catch (error) {
    // A getter or a proxy that throws.
    throw error instanceof KeywrightError ? error : refuse('cannot be read: give its JSON text');
  }
}

function readSet(set: unknown): Keyring {
  if (typeof set !== 'object' || set === null || !Object.hasOwn(set, 'keys')) {
    throw refuse('is no JWKS: make one');
  }
  if (ownMember(set, 'schema', KEYRING_SCHEMA) !== KEYRING_SCHEMA) {
    throw refuse(`is not of ${KEYRING_SCHEMA}: update keywright`);
  }
  return new Keyring([...readKeys(set, 'keys'), ...readKeys(set, 'compromised')]);
}

/** The `schema` member of the keyring files we write. */
export const KEYRING_SCHEMA = 'keywright/keyring/v1';

function readText(source: string): JsonValue {
  const reading = parseJson(source.replace(/^\ufeff/, ''));
  if ('fault' in reading) throw refuse(`${reading.fault}: restore it`);
  return reading.value;
}

function readKeys(set: object, list: 'keys' | 'compromised'): readonly KeyringKey[] {
  const keys: unknown = ownMember(set, list, []);
  if (!Array.isArray(keys)) throw refuse(`has no list of ${list}: restore it`);
  return keys.map((jwk: unknown) => readKey(jwk, list));
}

function readKey(jwk: unknown, list: 'keys' | 'compromised'): KeyringKey {
  if (typeof jwk !== 'object' || jwk === null) throw refuse(`has no key where one should be: remove it`);
  const named = ownMember(jwk, 'kid');
  const key = readPublicKey(jwk, named);
  const { kid } = key;
  if (named !== undefined && named !== kid) throw refuse(`has a kid that is not the thumbprint: use ${kid}`);
  if (ownMember(jwk, 'use', 'sig') !== 'sig') throw refuse('has an unknown use: use sig', kid);
  const role = ownMember(jwk, 'role');
  if (role !== undefined && !isRole(role)) throw refuse('has an unknown role: use product or global', kid);
  const status = list === 'compromised' ? list : ownMember(jwk, 'status', 'active');
  if (status !== 'active' && status !== 'retired' && status !== 'compromised') {
    throw refuse('has an unknown status: use active, retired or compromised', kid);
  }
  return {
    ...key,
    kid_given: readName(jwk, 'kid_given', kid),
    status,
    role,
    product: readName(jwk, 'product', kid),
    purposes: readPurposes(jwk, kid),
    validFrom: parseTime(jwk, 'validFrom', kid),
    validUntil: parseTime(jwk, 'validUntil', kid),
  };
}

function readPublicKey(jwk: object, named: unknown): PublicKey {
  try {
    return publicKeyFromJwk(jwk);
  } catch (error) {
    if (!(error instanceof KeywrightError)) throw error;
    // A kid of another form than ours is somebody's text, which no message repeats.
    throw refuse(`is refused: ${error.message}`, /^[\w-]{43}$/.exec(`${named}`)?.[0]);
  }
}

function readName(jwk: object, name: string, kid: string): string | undefined {
  const text = ownMember(jwk, name);
  if (text === undefined || (typeof text === 'string' && text !== '')) return text;
  throw refuse(`has a ${name} that is no text: name it`, kid);
}

function readPurposes(jwk: object, kid: string): readonly KeyPurpose[] | undefined {
  const purposes = ownMember(jwk, 'purposes');
  if (purposes === undefined) return undefined;
  if (Array.isArray(purposes) && purposes.length > 0 && purposes.every(isPurpose)) return purposes;
  throw refuse(`has unknown purposes: use ${ARTEFACTS.join(', ')}`, kid);
}

function parseTime(jwk: object, name: string, kid: string): string | undefined {
  const text = ownMember(jwk, name);
  if (text === undefined) return undefined;
  if (typeof text === 'string' && parseUtcTime(text) !== undefined) return text;
  throw refuse(`has an unreadable ${name}: write it like 2026-01-31T00:00:00Z`, kid);
}

function refuse(what: string, kid?: string): KeywrightError<'invalid_keyring'> {
  const which = kid === undefined ? '' : ` (kid ${kid})`;
  return new KeywrightError(
    'invalid_keyring',
    `the keyring ${what}${which}`,
    kid === undefined ? {} : { kid },
  );
}
