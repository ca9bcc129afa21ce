import { decodeBase64 } from '../encoding/base64.js';
import { isJsonObject, ownMember, parseJson } from '../encoding/json-text.js';
import { parsePem } from '../encoding/pem.js';
import { isKeywrightError } from '../errors.js';
import { decodeBareKey } from '../public-keys/bare-key.js';
import { isEd25519PublicKey } from '../sign/ed25519.js';
import type { Keyring } from '../sign/keyring.js';
import { addPublicKey } from '../sign/keyring-changes.js';
import { parsePrivateKey, privateKeyFromSeed } from '../sign/private-key.js';
import { fromHex } from './lax-envelope.js';

/** What someone took for a public key: the private half of its pair, openly or as bare bytes. */
export interface MistakenKey {
  readonly mistake: 'private_key_given' | 'seed_given';
  /** The public half, to see whether it is the one that was meant. */
  readonly keyring: Keyring;
}

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
  if (block !== undefined)
    return block.label === 'PUBLIC KEY' ? unlessPublic(block.bytes.slice(-32)) : undefined;
  const reading = parseJson(text);
  if ('value' in reading && isJsonObject(reading.value)) {
    const x = ownMember(reading.value, 'x');
    return typeof x === 'string' ? unlessPublic(decodeBase64(x, 'url')) : undefined;
  }
  return decodeBareKey(text);
}

/** A public key that was refused for something else, as its use, is taken for no seed. */
function unlessPublic(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes !== undefined && isEd25519PublicKey(bytes) ? undefined : bytes;
}
