import { isJsonObject, ownMember, parseJson } from '../encoding/json-text.js';
import { Keyring, parseKeyring } from '../sign/keyring.js';
import { type PublicKey, publicKeyFromJwk } from '../sign/public-key.js';

/**
 * The key of a JWK of any tool; a kid that is not its thumbprint is kept as `kid_given`.
 *
 * @throws {KeywrightError} `invalid_key`
 */
export function parseForeignJwk(jwk: object): PublicKey {
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
 * `kid_given`, and the thumbprints are computed.
 *
 * @throws {KeywrightError} `invalid_keyring`, as `parseKeyring`, but for the kids.
 */
export function parseForeignSet(set: object): Keyring {
  const lists = [ownMember(set, 'keys'), ownMember(set, 'compromised', [])];
  if (Object.hasOwn(set, 'schema') || !lists.every(Array.isArray)) return parseKeyring(set);
  const [keys = [], compromised = []] = lists.map((list) => list.map(withoutKid));
  const keyring = parseKeyring({ ...set, keys, compromised });
  const given = lists.flat().map(givenKid);
  return new Keyring(
    keyring.keys.map((key, index) => {
      const name = given[index];
      return name === undefined || name === key.kid ? key : { ...key, kid_given: name };
    }),
  );
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
