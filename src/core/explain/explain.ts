import { decodeBase64 } from '../encoding/base64.js';
import { findDifference } from '../encoding/json-text.js';
import { isKeywrightError } from '../errors.js';
import { parsePayload } from '../sign/envelope-reading.js';
import { Keyring, type KeyringKey } from '../sign/keyring.js';
import { addPublicKey } from '../sign/keyring-changes.js';
import type { VerifyPolicy } from '../sign/policy.js';
import { privateKeyFromSeed } from '../sign/private-key.js';
import { signatureLength } from '../sign/public-key.js';
import { isSignedBy, serves, type Verdict, type VerifyReason, verifyResponse } from '../sign/verify.js';
import { type Cause, CURES } from './cause.js';
import { type EnvelopeMembers, type Mishap, readMessages, readSignature } from './lax-envelope.js';
import { findMistakenKey, parsePublicKeys } from './mistaken-key.js';

/** The answer of {@link explainResponse}. */
export interface Explanation {
  /** What `verifyResponse` says; null when the keys could not be loaded. */
  readonly verdict: Verdict | null;
  readonly cause: Cause;
  /** The cause and its cure, in a sentence or two. */
  readonly text: string;
  /** Where the readable response differs from the signed one, as `$.errors[0]`. */
  readonly path?: string | undefined;
  /** The key that did sign, where it was found out. */
  readonly kid?: string | undefined;
}

/**
 * Explains a verdict to whoever has to mend it: tries the known wrong ways of signing and of passing on, and
 * names the one that fits. It changes no verdict, and what it finds is no reason to believe a response.
 * `keys` is a keyring, or the text someone took for one (JWKS, PEM, a hex seed).
 *
 * @throws {KeywrightError} `invalid_option` for misuse, as `verifyResponse` does.
 *
 * @example
 * (await explainResponse(envelope, pem)).cause; // 'decoded_json_signed'
 */
export async function explainResponse(
  envelope: unknown,
  keys: Keyring | string,
  policy: VerifyPolicy = {},
): Promise<Explanation> {
  if (typeof keys !== 'string') return explainVerdict(envelope, keys, policy);
  const keyring = tryKeyring(keys);
  if (keyring instanceof Keyring) return explainVerdict(envelope, keyring, policy);
  return explainKeys(envelope, keys, keyring.fault);
}

async function explainVerdict(
  envelope: unknown,
  keyring: Keyring,
  policy: VerifyPolicy,
): Promise<Explanation> {
  const verdict = await verifyResponse(envelope, keyring, policy);
  if (verdict.ok) return { verdict, cause: 'verified', text: VERIFIED, kid: verdict.kid };
  const members = readMembers(envelope);
  const found = await findSignature(members, keyring.keys);
  const { cause, path } = await findCause(envelope, members, verdict.reason, found, keyring, policy);
  return {
    verdict,
    cause,
    text: CURES[cause] ?? verdict.hint,
    path,
    kid: found?.key.kid,
  };
}

async function findCause(
  envelope: unknown,
  members: EnvelopeMembers,
  reason: VerifyReason,
  found: Found | undefined,
  keyring: Keyring,
  policy: VerifyPolicy,
): Promise<{ readonly cause: Cause; readonly path?: string | undefined }> {
  if (reason === 'unsigned') return { cause: reason };
  if (reason === 'sibling_mismatch') return { cause: 'sibling_differs', path: findPath(members) };
  if (found?.mishap !== undefined) return { cause: found.mishap };
  if (found !== undefined && !serves(found.key, policy.role)) return { cause: 'other_key' };
  if (found === undefined && isTruncated(members, keyring.keys)) return { cause: 'signature_truncated' };
  if (found === undefined && (await isSeedGiven(members, keyring.keys))) return { cause: 'seed_given' };
  return { cause: reason === 'malformed' && holdsMark(envelope, members) ? 'byte_order_mark' : reason };
}

async function explainKeys(envelope: unknown, keys: string, fault: string): Promise<Explanation> {
  const mistaken = findMistakenKey(keys);
  if (mistaken === undefined) return { verdict: null, cause: 'unreadable_key', text: fault };
  const cause = mistaken.mistake;
  const found = await findSignature(readMembers(envelope), mistaken.keyring.keys);
  const fits =
    found === undefined ? 'It is not the pair that signed this.' : 'It is the pair that signed this.';
  const text = `${CURES[cause] ?? fault} ${fits}`;
  return { verdict: null, cause, text, kid: found?.key.kid };
}

function tryKeyring(text: string): Keyring | { readonly fault: string } {
  try {
    return parsePublicKeys(text);
  } catch (error) {
    if (!isKeywrightError(error)) throw error;
    return { fault: error.message };
  }
}

/** The envelope's members by a reader that forgives, for it is only to explain; none when there are none. */
function readMembers(envelope: unknown): EnvelopeMembers {
  try {
    const value: unknown =
      typeof envelope === 'string' ? JSON.parse(envelope.replace(/^\ufeff/, '')) : envelope;
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

interface Found {
  readonly key: KeyringKey;
  readonly mishap: Mishap | undefined;
}

/** The key and the wrong reading under which the signature is right after all. */
async function findSignature(
  members: EnvelopeMembers,
  keys: readonly KeyringKey[],
): Promise<Found | undefined> {
  const { response_base64: text, signature: sealed } = members;
  if (typeof text !== 'string' || typeof sealed !== 'string' || text.length > LONGEST) return undefined;
  for (const signature of readSignature(sealed.slice(0, LONGEST))) {
    const fitting = keys.filter((key) => signatureLength(key) === signature.bytes.length);
    if (fitting.length === 0) continue;
    for (const message of readMessages(text, members)) {
      for (const key of fitting) {
        if (await isSignedBy(key, signature.bytes, message.bytes)) {
          return { key, mishap: message.mishap ?? signature.mishap };
        }
      }
    }
  }
  return undefined;
}

/** Every wrong reading is tried only on envelopes up to this length; larger ones would take seconds. */
const LONGEST = 262_144;

function findPath({ response_base64: text, response }: EnvelopeMembers): string {
  const bytes = typeof text === 'string' ? decodeBase64(text) : undefined;
  const reading = bytes && parsePayload(bytes);
  if (reading === undefined || 'fault' in reading) return '$';
  try {
    const names = findDifference(response, reading.payload) ?? [];
    return names.reduce(
      (path, name) => path + (PLAIN_NAME.test(name) ? `.${name}` : `[${spellStep(name)}]`),
      '$',
    );
  } catch {
    return '$'; // a getter or a proxy that throws
  }
}

const PLAIN_NAME = /^[A-Za-z_$][\w$]*$/;

function spellStep(name: string): string {
  return /^\d+$/.test(name) ? name : JSON.stringify(name);
}

function isTruncated({ signature }: EnvelopeMembers, keys: readonly KeyringKey[]): boolean {
  if (typeof signature !== 'string') return false;
  const length = Math.floor((signature.replace(/[\s=]/g, '').length * 3) / 4);
  return length > 0 && keys.every((key) => signatureLength(key) > length);
}

/** Whether the seed of the pair that signed stands where its public key belongs. */
async function isSeedGiven(members: EnvelopeMembers, keys: readonly KeyringKey[]): Promise<boolean> {
  for (const { alg, bytes } of keys) {
    if (alg !== 'Ed25519') continue;
    const { publicKey } = privateKeyFromSeed(bytes);
    if (await findSignature(members, addPublicKey(undefined, publicKey).keys)) return true;
  }
  return false;
}

function holdsMark(envelope: unknown, { response_base64: text }: EnvelopeMembers): boolean {
  if (typeof envelope === 'string' && envelope.startsWith('\ufeff')) return true;
  return typeof text === 'string' && text.startsWith('77u/'); // EF BB BF
}

const VERIFIED = 'The response is signed by a key of the keyring and satisfies the policy.';
