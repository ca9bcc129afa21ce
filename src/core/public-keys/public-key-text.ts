import { isJsonObject, parseJson } from '../encoding/json-text.js';
import { type PemBlock, parsePem } from '../encoding/pem.js';
import type { Keyring } from '../sign/keyring.js';
import { addPublicKeys } from '../sign/keyring-changes.js';
import { type PublicKey, refusePrivateKey, refusePublicKey } from '../sign/public-key.js';
import { publicKeyFromPkcs1, publicKeyFromSpki } from '../sign/spki.js';
import { bareText, parseBareKey, parseEncodedKey } from './bare-key.js';
import { publicKeyFromCertificate } from './certificate.js';
import { parseForeignJwk, parseForeignSet } from './foreign-jwks.js';
import { parseSshLines } from './ssh-line.js';

/** What reads the PEM blocks of each label. */
const PEM_FORMS: Readonly<Record<string, (der: Uint8Array) => PublicKey>> = {
  'PUBLIC KEY': publicKeyFromSpki,
  'RSA PUBLIC KEY': publicKeyFromPkcs1,
  CERTIFICATE: publicKeyFromCertificate,
  'X509 CERTIFICATE': publicKeyFromCertificate,
};

/** The forms a public key comes in, as text: each reads all keys of it, or says that the text is none of its own. */
const FORMS: readonly ((text: string) => readonly PublicKey[] | undefined)[] = [
  parseJwk,
  parsePemKeys,
  parseSshLines,
  parseBareKey,
  (text) => parseEncodedKey(text, parseKeys),
];

/**
 * Reads one public key. As text: PEM (SPKI, PKCS#1, or an X.509 certificate, of which the key inside counts and
 * nothing else), a JWK, an `ssh-ed25519` or `ssh-rsa` line, 32 bytes of an Ed25519 key in hex, base64 or url-safe base64,
 * or the DER of the first ones in base64. As object: a JWK. A kid of a JWK that is not the thumbprint is kept as `kid_given`.
 * A byte order mark, CRLF, literal `\n` and quotation marks around it all are tolerated.
 *
 * @throws {KeywrightError} `invalid_key`: another form, a private key, several keys, RSA outside 2048 to 8192 bits or
 * with an exponent other than 65537, an Ed25519 key that is non-canonical, of small order or not torsion-free.
 *
 * @example
 * parsePublicKey(pem).alg; // 'Ed25519'
 */
export function parsePublicKey(source: string | object): PublicKey {
  if (typeof source !== 'string') return parseForeignJwk(source);
  const [key, ...others] = parseKeys(bareText(source));
  if (key !== undefined && others.length === 0) return key;
  throw refusePublicKey('is several: give one, as the .public.pem that came with the private key');
}

/**
 * Loads a keyring from text someone has at hand: a keyring file, a JWKS of another tool (its kids, where they are not
 * thumbprints, are kept as `kid_given`), or one or several public keys in the forms that {@link parsePublicKey} reads.
 * Without terms of their own, keys serve both roles.
 *
 * @throws {KeywrightError} `invalid_keyring` and `invalid_key`, as `parseKeyring` and `parsePublicKey` do.
 *
 * @example
 * parsePublicKeys(pem).keys[0]?.kid === privateKey.kid; // true
 */
export function parsePublicKeys(text: string): Keyring {
  const bare = bareText(text);
  if (bare.startsWith('{')) {
    const reading = parseJson(bare);
    if ('value' in reading && isJsonObject(reading.value)) {
      // Also of a single key the terms count: one that is compromised must not pass for active.
      const isSet = Object.hasOwn(reading.value, 'keys') || Object.hasOwn(reading.value, 'compromised');
      return parseForeignSet(isSet ? reading.value : { keys: [reading.value] });
    }
  }
  const keys = parseKeys(bare);
  if (keys.length === 0) throw unknownForm();
  return addPublicKeys(undefined, keys);
}

function parseKeys(text: string): readonly PublicKey[] {
  for (const parse of FORMS) {
    const keys = parse(text);
    if (keys !== undefined) return keys;
  }
  throw unknownForm();
}

function parseJwk(text: string): readonly PublicKey[] | undefined {
  if (!text.startsWith('{')) return undefined;
  const reading = parseJson(text);
  if ('value' in reading && isJsonObject(reading.value)) return [parseForeignJwk(reading.value)];
  throw refusePublicKey('is not a JWK: give the key as PEM or as a JSON Web Key');
}

function parsePemKeys(text: string): readonly PublicKey[] | undefined {
  const blocks = parsePem(text);
  if (blocks.length === 0) return undefined;
  const certificates = blocks.filter(({ label }) => label.endsWith('CERTIFICATE'));
  if (certificates.length > 1) {
    const what = `is a chain of ${certificates.length} certificates`;
    throw refusePublicKey(`${what}: keep the one whose key signs, not those that vouch for it`);
  }
  return blocks.map(parseBlock);
}

function parseBlock({ label, bytes }: PemBlock): PublicKey {
  const parse = Object.hasOwn(PEM_FORMS, label) ? PEM_FORMS[label] : undefined;
  if (parse !== undefined) return parse(bytes);
  if (label.endsWith('PRIVATE KEY')) {
    throw refusePrivateKey();
  }
  if (label === 'CERTIFICATE REQUEST') {
    throw refusePublicKey(
      'is a CERTIFICATE REQUEST: run "openssl req -in OLD.pem -noout -pubkey -out NEW.pem" and give NEW.pem',
    );
  }
  throw refusePublicKey(`is a ${label}: give the .public.pem that came with the private key`);
}

function unknownForm() {
  return refusePublicKey(
    'is not one PEM block or JWK, nor an ssh-ed25519 line or 32 bytes in hex or base64: give the .public.pem',
  );
}
