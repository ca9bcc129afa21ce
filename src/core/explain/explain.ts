import { decodeBase64 } from '../encoding/base64.js';
import { findDifference, type JsonObject } from '../encoding/json-text.js';
import { isKeywrightError } from '../errors.js';
import { decodeBareKey } from '../public-keys/bare-key.js';
import { parsePublicKeys } from '../public-keys/public-key-text.js';
import type { KeyPurpose } from '../sign/artefacts.js';
import { LATEST_TIME, parsePayload, signedTime } from '../sign/envelope-reading.js';
import type { Keyring, KeyringKey } from '../sign/keyring.js';
import type { VerifyPolicy } from '../sign/policy.js';
import { signatureLength } from '../sign/public-key.js';
import {
  isFor,
  type Refused,
  serves,
  type Verdict,
  type VerifyReason,
  verifyResponse,
} from '../sign/verify.js';
import { Attempts } from './attempts.js';
import { type Cause, CURES } from './cause.js';
import type { EnvelopeMembers } from './lax-envelope.js';
import { findMistakenKey } from './mistaken-key.js';
import {
  type FoundScheme,
  type FoundSignature,
  findScheme,
  findSeed,
  findSignature,
} from './signature-search.js';

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
  if (typeof keys !== 'string') return explainWith(envelope, keys, policy);
  const reading = tryKeyring(keys);
  return 'fault' in reading
    ? explainKeys(envelope, keys, reading.fault)
    : sayWhichHalf(keys, await explainWith(envelope, reading.keyring, policy));
}

/** 32 bytes could be either half of a pair; what verifies is the public one. */
function sayWhichHalf(keys: string, explanation: Explanation): Explanation {
  if (explanation.cause !== 'verified' || decodeBareKey(keys) === undefined) return explanation;
  return { ...explanation, text: `${explanation.text} The 32 bytes given are the public key, not its seed.` };
}

async function explainWith(envelope: unknown, keyring: Keyring, policy: VerifyPolicy): Promise<Explanation> {
  return explainVerdict(await verifyResponse(envelope, keyring, policy), envelope, keyring, policy);
}

/**
 * Explains a verdict that `verifyResponse` gave on this envelope, with this keyring and policy; see
 * {@link explainResponse}. No signature is checked that the verdict has checked. `purpose` is what a key had to be for.
 *
 * @example
 * const verdict = await verifyResponse(envelope, keyring);
 * (await explainVerdict(verdict, envelope, keyring)).verdict === verdict; // true
 */
export async function explainVerdict(
  verdict: Verdict,
  envelope: unknown,
  keyring: Keyring,
  policy: VerifyPolicy = {},
  purpose: KeyPurpose = 'response',
): Promise<Explanation> {
  if (verdict.ok) return { verdict, cause: 'verified', text: VERIFIED, kid: verdict.kid };
  const { cause, path, text, kid } = await findCause(
    verdict,
    readMembers(envelope),
    envelope,
    keyring,
    policy,
    purpose,
  );
  return {
    verdict,
    cause,
    text: text ?? CURES[cause] ?? verdict.hint,
    path,
    kid,
  };
}

interface FoundCause {
  readonly cause: Cause;
  readonly text?: string | undefined;
  readonly path?: string | undefined;
  readonly kid?: string | undefined;
}

async function findCause(
  { reason, kid }: Refused,
  members: EnvelopeMembers,
  envelope: unknown,
  keyring: Keyring,
  policy: VerifyPolicy,
  purpose: KeyPurpose,
): Promise<FoundCause> {
  // The signature is good: what is wrong stands in the payload.
  if (kid !== undefined) return explainPayload(reason, kid, members);
  if (reason === 'unsigned') return { cause: reason };
  const attempts = new Attempts();
  const keys = keyring.keys;
  // What the verdict has tried: the text as it stands, with the keys that were permitted.
  const tried = (key: KeyringKey) =>
    reason === 'bad_signature' && isFor(key, purpose) && serves(key, policy.role);
  const found = await findSignature(members, keys, attempts, tried);
  if (found !== undefined) {
    const cause = causeOf(found, policy, purpose);
    if (cause !== undefined) return { cause, kid: found.key.kid };
  }
  const marked = reason === 'malformed' && holdsMark(envelope, members);
  if (found !== undefined || marked)
    return { cause: marked ? 'byte_order_mark' : reason, kid: found?.key.kid };
  if (isTruncated(members, keys)) return { cause: 'signature_truncated' };
  const scheme = await findScheme(members, keys, attempts);
  if (scheme !== undefined) return { ...scheme, text: textOf(scheme) };
  const seeded = await findSeed(members, keys, attempts);
  if (seeded !== undefined) return { cause: 'seed_given', kid: seeded };
  return { cause: reason };
}

/** A signer who takes PHP's default hash often signs the JSON, too. */
function textOf({ cause, mishap }: FoundScheme): string {
  return [CURES[cause], mishap && CURES[mishap]].filter((text) => text !== undefined).join(' ');
}

function explainPayload(reason: VerifyReason, kid: string, members: EnvelopeMembers): FoundCause {
  if (reason === 'sibling_mismatch') return { cause: 'sibling_differs', path: findPath(members), kid };
  const payload = payloadOf(members);
  const time = payload === undefined ? undefined : signedTime(payload);
  const isTimed = reason === 'from_future' || reason === 'key_retired';
  if (isTimed && time !== undefined && time > LATEST_TIME) return { cause: 'timestamp_in_milliseconds', kid };
  if (reason === 'malformed' && holdsMark(undefined, members)) return { cause: 'byte_order_mark', kid };
  return { cause: reason, kid };
}

/** What is wrong about a signature that was found; `undefined`: nothing. */
function causeOf(
  { key, mishap }: FoundSignature,
  { role }: VerifyPolicy,
  purpose: KeyPurpose,
): Cause | undefined {
  if (mishap !== undefined) return mishap;
  if (!serves(key, role)) return 'other_key';
  return isFor(key, purpose) ? undefined : 'other_purpose';
}

async function explainKeys(envelope: unknown, keys: string, fault: string): Promise<Explanation> {
  const mistaken = findMistakenKey(keys);
  if (mistaken === undefined) return { verdict: null, cause: 'unreadable_key', text: fault };
  const { mistake, keyring } = mistaken;
  const found = await findSignature(readMembers(envelope), keyring.keys, new Attempts(), () => false);
  if (found !== undefined) {
    return { verdict: null, cause: mistake, text: `${CURES[mistake]} ${FITS}`, kid: found.key.kid };
  }
  // Any 32 bytes are the seed of some pair: without a signature of it, nobody knows that they were meant as one.
  const told = mistake === 'seed_given' ? PERHAPS_SEED : CURES[mistake];
  return { verdict: null, cause: mistake, text: `${told} It is not the pair that signed this.` };
}

const FITS = 'It is the pair that signed this.';
const PERHAPS_SEED =
  'What was given as public key is a seed, which is the private half, or was copied wrongly. Keep it secret, and give the .public.pem.';

function tryKeyring(text: string): { readonly keyring: Keyring } | { readonly fault: string } {
  try {
    return { keyring: parsePublicKeys(text) };
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

function payloadOf({ response_base64: text }: EnvelopeMembers): JsonObject | undefined {
  const bytes = typeof text === 'string' ? decodeBase64(text) : undefined;
  const reading = bytes && parsePayload(bytes);
  return reading === undefined || 'fault' in reading ? undefined : reading.payload;
}

function findPath(members: EnvelopeMembers): string {
  const payload = payloadOf(members);
  if (payload === undefined) return '$';
  try {
    const names = findDifference(members.response, payload) ?? [];
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

function holdsMark(envelope: unknown, { response_base64: text }: EnvelopeMembers): boolean {
  if (typeof envelope === 'string' && envelope.startsWith('\ufeff')) return true;
  return typeof text === 'string' && text.startsWith('77u/'); // EF BB BF
}

const VERIFIED = 'The response is signed by a key of the keyring and satisfies the policy.';
