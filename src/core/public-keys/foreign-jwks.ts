import { decodeBase64 } from '../encoding/base64.js';
import { isJsonObject, ownMember, parseJson } from '../encoding/json-text.js';
import { KeywrightError } from '../errors.js';
import { Keyring, parseKeyring } from '../sign/keyring.js';
import { isPrivateJwk, type PublicKey, publicKeyFromJwk, refusePublicKey } from '../sign/public-key.js';
import { findModulusFault, RSA_EXPONENT } from '../sign/rsa.js';

/**
 * The key of a JWK of any tool; a kid that is not its thumbprint is kept as `kid_given`.
 *
 * @throws {KeywrightError} `invalid_key`
 */
export function parseForeignJwk(jwk: object): PublicKey {
  if (hasZeroByte(jwk)) throw refusePublicKey(ZERO_BYTE);
  const key = publicKeyFromJwk(jwk);
  const given = givenKid(jwk);
  return given === undefined || given === key.kid ? key : { ...key, kid_given: given };
}

/**
 * Loads a JWKS text: a keyring file, or the set of another tool (see {@link parseForeignSet}).
 *
 * @throws {KeywrightError} `invalid_keyring`
 */
export function parseJwks(text: string): Keyring {
  const reading = parseJson(text.replace(/^\ufeff/, ''));
  // What is wrong with anything else, parseKeyring says.
  return 'value' in reading && isJsonObject(reading.value)
    ? parseForeignSet(reading.value)
    : parseKeyring(text);
}

/**
 * A keyring of any tool's JWKS: where it does not say that it is ours, kids are names of its own, which are kept as
 * `kid_given`, and the thumbprints are computed. Keys of other kinds are left out, as RFC 7517 section 5 has it, and told as
 * `Keyring.ignored`, provided that there are some of ours.
 *
 * @throws {KeywrightError} `invalid_keyring`, as `parseKeyring`, but for the kids.
 */
export function parseForeignSet(set: object): Keyring {
  const lists = [ownMember(set, 'keys'), ownMember(set, 'compromised', [])];
  if (Object.hasOwn(set, 'schema') || !lists.every(Array.isArray)) return parseKeyring(set);
  if (lists.flat().some(hasZeroByte))
    throw new KeywrightError('invalid_keyring', `the keyring holds a key that ${ZERO_BYTE}`, {});
  const ignored = lists.flat().flatMap((jwk: unknown) => foreignKind(jwk) ?? []);
  const own = lists.map((list) => list.filter((jwk: unknown) => foreignKind(jwk) === undefined));
  // What is wrong with a set that has none of ours, parseKeyring says of its first key.
  const read = own.flat().length > 0 ? own : lists;
  const [keys = [], compromised = []] = read.map((list) => list.map(withoutKid));
  const keyring = parseKeyring({ ...set, keys, compromised });
  const given = read.flat().map(givenKid);
  return new Keyring(
    keyring.keys.map((key, index) => {
      const name = given[index];
      return name === undefined || name === key.kid ? key : { ...key, kid_given: name };
    }),
    ignored,
  );
}

/** Of which kind a key is that none of ours can be, as `EC P-256`; undefined for ours, and for what is private or no key. */
function foreignKind(jwk: unknown): string | undefined {
  if (typeof jwk !== 'object' || jwk === null || isPrivateJwk(jwk)) return undefined;
  const [kty, crv, alg, use] = ['kty', 'crv', 'alg', 'use'].map((name) => ownMember(jwk, name));
  if (typeof kty !== 'string') return undefined;
  const kind = [kty, crv].filter((each) => typeof each === 'string').join(' ');
  if (kty !== 'RSA' && (kty !== 'OKP' || crv !== 'Ed25519')) return kind;
  const algs: readonly unknown[] = kty === 'RSA' ? [undefined, 'RS256'] : [undefined, 'Ed25519', 'EdDSA'];
  if (!algs.includes(alg)) return typeof alg === 'string' ? `${kind} ${alg}` : undefined;
  if (typeof use === 'string' && use !== 'sig') return `${kind} ${use}`;
  return kty === 'RSA' && !isOfRange(jwk) ? 'RSA of another size or exponent' : undefined;
}

/** Whether an RSA key has the size and the exponent that ours have, or none at all, which is refused. */
function isOfRange(jwk: object): boolean {
  const [n, e] = [ownMember(jwk, 'n'), ownMember(jwk, 'e')];
  const bytes = typeof n === 'string' ? decodeBase64(n, 'url') : undefined;
  if (bytes === undefined || typeof e !== 'string') return true;
  return e === RSA_EXPONENT && findModulusFault(bytes) === undefined;
}

const ZERO_BYTE = 'has a zero byte before its modulus: write n as url-safe base64 without it';

/** As a number with a sign is written, which that of a JWK has not (RFC 7518 section 6.3.1.1). */
function hasZeroByte(jwk: unknown): boolean {
  if (typeof jwk !== 'object' || jwk === null || isPrivateJwk(jwk)) return false;
  const n = ownMember(jwk, 'n');
  return typeof n === 'string' && decodeBase64(n, 'url')?.[0] === 0;
}

function givenKid(jwk: unknown): string | undefined {
  const kid = typeof jwk === 'object' && jwk !== null ? ownMember(jwk, 'kid') : undefined;
  return typeof kid === 'string' && kid !== '' ? kid : undefined;
}

/** A kid that is no text stays, and is refused. */
function withoutKid(jwk: unknown): unknown {
  if (typeof jwk !== 'object' || jwk === null || givenKid(jwk) === undefined) return jwk;
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => name !== 'kid'));
}
