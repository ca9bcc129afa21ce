// The key pairs of the vectors, each made of its name, so that whoever makes the vectors anew gets the same bytes.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * A key pair: what a keyring says of its public key, and what signs.
 *
 * @typedef {{ jwk: Record<string, unknown>, kid: string, raw: Buffer, sign: (message: string | Buffer) => Buffer }} Pair
 */

/** @param {string | Buffer} data */
export const sha256 = (data) => createHash('sha256').update(data).digest();

/**
 * @param {import('node:crypto').KeyObject} privateKey
 * @param {'RSA' | 'OKP'} kty
 * @returns {Pair}
 */
function pairOf(privateKey, kty) {
  const { n, e, x, crv } = createPublicKey(privateKey).export({ format: 'jwk' });
  const required = kty === 'RSA' ? { e, kty, n } : { crv, kty, x };
  const kid = sha256(JSON.stringify(required)).toString('base64url');
  return {
    jwk: { ...required, alg: kty === 'RSA' ? 'RS256' : 'Ed25519', kid, use: 'sig' },
    kid,
    raw: Buffer.from(x ?? n ?? '', 'base64url'),
    sign: (message) => sign(kty === 'RSA' ? 'sha256' : null, Buffer.from(message), privateKey),
  };
}

/** @param {string} name */
function ed25519(name) {
  // RFC 8410: what stands before the 32 bytes of a private key in PKCS#8.
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    sha256(`keywright ${name}`),
  ]);
  return pairOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }), 'OKP');
}

export const APP = ed25519('app');
export const PRO = ed25519('pro');
export const GLOBAL = ed25519('global');
export const RETIRED = ed25519('retired');
export const STOLEN = ed25519('stolen');
export const LISTS = ed25519('lists');
export const OLD_LISTS = ed25519('old lists');
export const STOLEN_LISTS = ed25519('stolen lists');
export const UPDATES = ed25519('updates');
export const NEXT_UPDATES = ed25519('next updates');
export const STOLEN_UPDATES = ed25519('stolen updates');
export const SEALS = ed25519('seals');
export const NEXT_SEALS = ed25519('next seals');
export const STOLEN_SEALS = ed25519('stolen seals');
export const RETIRED_SEALS = ed25519('retired seals');
export const PRO_SEALS = ed25519('pro seals');
/** In no keyring. */
export const STRANGER = ed25519('stranger');
export const RSA = pairOf(
  createPrivateKey(readFileSync(new URL('../../../keys/demo-rsa.private.pem', import.meta.url))),
  'RSA',
);

/** When retired keys were: from the first to the second. */
export const VALID = { validFrom: '2026-01-01T00:00:00Z', validUntil: '2026-07-01T00:00:00Z' };

/**
 * A keyring file.
 *
 * @param {readonly Record<string, unknown>[]} keys
 * @param {readonly Record<string, unknown>[]} [compromised]
 */
export const keyring = (keys, compromised) => ({
  schema: 'keywright/keyring/v1',
  keys,
  ...(compromised && { compromised }),
});

const purposes = (/** @type {readonly string[]} */ ...names) => ({ purposes: names });

/** What the cases name as their `keyring`. */
export const KEYRINGS = {
  /** All that a seller may have. */
  seller: keyring(
    [
      APP.jwk,
      { ...RETIRED.jwk, status: 'retired', ...VALID },
      { ...LISTS.jwk, ...purposes('list') },
      { ...OLD_LISTS.jwk, ...purposes('list'), status: 'retired', ...VALID },
      { ...UPDATES.jwk, ...purposes('keyring') },
      { ...NEXT_UPDATES.jwk, ...purposes('keyring'), status: 'retired', ...VALID },
      { ...SEALS.jwk, ...purposes('seal') },
      { ...NEXT_SEALS.jwk, ...purposes('seal'), validFrom: '2026-11-01T00:00:00Z' },
      { ...RETIRED_SEALS.jwk, ...purposes('seal'), status: 'retired', validUntil: VALID.validUntil },
    ],
    [
      STOLEN.jwk,
      { ...STOLEN_LISTS.jwk, ...purposes('list') },
      { ...STOLEN_UPDATES.jwk, ...purposes('keyring') },
      { ...STOLEN_SEALS.jwk, ...purposes('seal') },
    ],
  ),
  /** A key a role. */
  roles: keyring([
    { ...APP.jwk, role: 'product' },
    { ...GLOBAL.jwk, role: 'global' },
  ]),
  /** A key a product. */
  products: keyring([
    { ...APP.jwk, product: 'app' },
    { ...PRO.jwk, product: 'pro' },
    { ...SEALS.jwk, product: 'app', ...purposes('seal') },
    { ...PRO_SEALS.jwk, product: 'pro', ...purposes('seal') },
  ]),
  /** As of a server that never left RSA. */
  rsa: keyring([RSA.jwk]),
  /** Both kinds, and a key that a thief has, called so by its status. */
  mixed: keyring([RSA.jwk, APP.jwk, { ...STOLEN.jwk, status: 'compromised' }]),
};
