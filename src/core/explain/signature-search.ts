import { encodeUtf8 } from '../encoding/utf8.js';
import type { KeyringKey } from '../sign/keyring.js';
import { privateKeyFromSeed } from '../sign/private-key.js';
import { signatureLength } from '../sign/public-key.js';
import { isSignedBy } from '../sign/verify.js';
import type { Attempts } from './attempts.js';
import {
  type EnvelopeMembers,
  type Mishap,
  type Reading,
  readMessages,
  readSignature,
} from './lax-envelope.js';
import { type OtherScheme, RSA_SCHEMES } from './rsa-scheme.js';

/** A key, and the wrong reading under which its signature is right after all; `undefined`: none is needed. */
export interface FoundSignature {
  readonly key: KeyringKey;
  readonly mishap: Mishap | undefined;
}

/** The key and the wrong reading under which the signature is right after all; never one that was `tried`. */
export async function findSignature(
  members: EnvelopeMembers,
  keys: readonly KeyringKey[],
  attempts: Attempts,
  tried: (key: KeyringKey) => boolean,
): Promise<FoundSignature | undefined> {
  for (const [signature, fitting, text] of fittingKeys(members, keys)) {
    for (const message of readMessages(text, members)) {
      const mishap = message.mishap ?? signature.mishap;
      for (const key of fitting) {
        if (mishap === undefined && tried(key)) continue;
        const check = () => isSignedBy(key, signature.bytes, message.bytes);
        if (await attempts.make(check, KEPT)) return { key, mishap };
      }
    }
  }
  return undefined;
}

/** The attempts that are kept for other schemes and for seeds. */
const KEPT = 16;

/** Each reading of the signature, with the keys whose signatures are as long, and the signed text. */
function fittingKeys(
  { response_base64: text, signature: sealed }: EnvelopeMembers,
  keys: readonly KeyringKey[],
): readonly (readonly [signature: Reading, keys: readonly KeyringKey[], text: string])[] {
  if (typeof text !== 'string' || typeof sealed !== 'string' || text.length > LONGEST) return [];
  return readSignature(sealed.slice(0, LONGEST)).flatMap((signature) => {
    const fitting = keys.filter((key) => signatureLength(key) === signature.bytes.length);
    return fitting.length === 0 ? [] : [[signature, fitting, text] as const];
  });
}

/** The scheme of a signature by the key with that kid, and what happened besides. */
export interface FoundScheme {
  readonly cause: OtherScheme;
  readonly kid: string;
  readonly mishap: Mishap | undefined;
}

/** The scheme by which an RSA key of the keyring signed the text, or the JSON that it stands for. */
export async function findScheme(
  members: EnvelopeMembers,
  keys: readonly KeyringKey[],
  attempts: Attempts,
): Promise<FoundScheme | undefined> {
  for (const [signature, fitting, text] of fittingKeys(members, keys)) {
    for (const message of readMessages(text, members)) {
      if (message.mishap !== undefined && message.mishap !== 'decoded_json_signed') break;
      for (const scheme of RSA_SCHEMES) {
        for (const { alg, kid, bytes } of fitting) {
          const check = () => scheme.fits(bytes, signature.bytes, message.bytes);
          if (alg !== 'RS256' || !(await attempts.make(check))) continue;
          return { cause: scheme.cause, kid, mishap: message.mishap };
        }
      }
    }
  }
  return undefined;
}

/** Every wrong reading is tried only on envelopes up to this length; larger ones would take seconds. */
const LONGEST = 262_144;

/** The kid of the pair that signed, where its seed stands in the place of its public key. */
export async function findSeed(
  members: EnvelopeMembers,
  keys: readonly KeyringKey[],
  attempts: Attempts,
): Promise<string | undefined> {
  for (const [signature, fitting, text] of fittingKeys(members, keys)) {
    for (const { alg, bytes } of fitting) {
      if (alg !== 'Ed25519') continue;
      const { publicKey } = privateKeyFromSeed(bytes);
      const check = () => isSignedBy({ ...publicKey, status: 'active' }, signature.bytes, encodeUtf8(text));
      if (await attempts.make(check)) return publicKey.kid;
    }
  }
  return undefined;
}
