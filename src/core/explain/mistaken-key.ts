import { decodeBase64 } from '../encoding/base64.js';
import { isJsonObject, ownMember, parseJson } from '../encoding/json-text.js';
import { parsePem } from '../encoding/pem.js';
import { isKeywrightError } from '../errors.js';
import { type Keyring, parseKeyring } from '../sign/keyring.js';
import { addPublicKey } from '../sign/keyring-changes.js';
import { parsePrivateKey, privateKeyFromSeed } from '../sign/private-key.js';
import { parsePublicKey } from '../sign/spki.js';
import { fromHex } from './lax-envelope.js';

/** What someone took for a public key: the private half of its pair, openly or as bare bytes. */
export interface MistakenKey {
  readonly mistake: 'private_key_given' | 'seed_given';
  /** The public half, to see whether it is the one that was meant. */
  readonly keyring: Keyring;
}

/**
 * Loads a keyring from text someone has at hand: a JWKS, a JWK, or one or several public keys as PEM. Without
 * terms of their own, the keys of a PEM or a JWK serve both roles.
 *
 * @throws {KeywrightError} `invalid_keyring` and `invalid_key`, as `parseKeyring` and `parsePublicKey` do.
 *
 * @example
 * parsePublicKeys(pem).keys[0]?.kid === privateKey.kid; // true
 */
export function parsePublicKeys(text: string): Keyring {
  const bare = text.replace(/^\ufeff/, '').trim();
  if (bare.startsWith('{')) {
    const reading = parseJson(bare);
    const isKey = 'value' in reading && isJsonObject(reading.value) && !Object.hasOwn(reading.value, 'keys');
    return isKey ? addPublicKey(undefined, parsePublicKey(bare)) : parseKeyring(bare);
  }
  const [first = bare, ...others] = bare.match(BLOCK) ?? [];
  return others.reduce(
    (keyring, pem) => addPublicKey(keyring, parsePublicKey(pem)),
    addPublicKey(undefined, parsePublicKey(first)),
  );
}

/** No block reaches over the head of the next: else each head would look for its end through all of the text. */
const BLOCK = /-----BEGIN (?:(?!-----BEGIN )[\s\S])+?-----END [A-Z0-9 ]+-----/g;

/** What `text` is when it is no public key but the private half of one; `undefined` for anything else. */
export function findMistakenKey(text: string): MistakenKey | undefined {
  try {
    return {
      mistake: 'private_key_given',
      keyring: addPublicKey(undefined, parsePrivateKey(text).publicKey),
    };
  } catch (error) {
    if (!isKeywrightError(error)) throw error;
  }
  const seed = findSeed(text.trim());
  if (seed?.length !== 32) return undefined;
  return { mistake: 'seed_given', keyring: addPublicKey(undefined, privateKeyFromSeed(seed).publicKey) };
}

/** 32 bytes as hex or base64, or in the place of a public key's; of 64 (seed and public half) the first 32. */
function findSeed(text: string): Uint8Array | undefined {
  const hex = text.replace(/[\s:]/g, '');
  if (/^(?:[0-9a-f]{64}){1,2}$/i.test(hex)) return fromHex(hex).subarray(0, 32);
  const [block] = parsePem(text);
  if (block !== undefined) return block.label === 'PUBLIC KEY' ? block.bytes.slice(-32) : undefined;
  const reading = parseJson(text);
  if ('value' in reading && isJsonObject(reading.value)) {
    const x = ownMember(reading.value, 'x');
    return typeof x === 'string' ? decodeBase64(x, 'url') : undefined;
  }
  return decodeBase64(text) ?? decodeBase64(text, 'url');
}
