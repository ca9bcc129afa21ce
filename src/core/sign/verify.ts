import { findDifference, type JsonObject, type JsonValue, ownMember } from '../encoding/json-text.js';
import { encodeAscii } from '../encoding/utf8.js';
import type { KeyPurpose } from './artefacts.js';
import { verifyEd25519 } from './ed25519.js';
import { type EnvelopeParts, parseEnvelope, parsePayload, signedTime } from './envelope-reading.js';
import type { Keyring, KeyringKey } from './keyring.js';
import { checkPolicy, type VerifyPolicy } from './policy.js';
import { signatureLength } from './public-key.js';
import type { KeyringRole } from './role.js';
import { canVerifyRsa, verifyRsa } from './rsa.js';

/** Why a response was refused; the first that applies, in the order they stand here. */
export type VerifyReason =
  | 'malformed'
  | 'unsigned'
  | 'unknown_key'
  | 'unsupported'
  | 'bad_signature'
  | 'key_compromised'
  | 'sibling_mismatch'
  | 'key_retired'
  | 'wrong_product'
  | 'from_future'
  | 'stale'
  | 'nonce_mismatch';

/** A response that is to be believed: its payload is the one the signed bytes spell. */
export interface Verified<Payload extends JsonObject = JsonObject> {
  readonly ok: true;
  readonly payload: Payload;
  /** The key that signed. */
  readonly kid: string;
  /** That key's role by the keyring, never by the envelope; null when it serves both. */
  readonly role: KeyringRole | null;
}

/** A response that is not to be believed, and what to do about it. */
export interface Refused {
  readonly ok: false;
  readonly reason: VerifyReason;
  readonly hint: string;
  /** The key that signed, where the signature is good and something else is not. */
  readonly kid?: string | undefined;
}

/** The answer of {@link verifyResponse}. */
export type Verdict<Payload extends JsonObject = JsonObject> = Verified<Payload> | Refused;

/**
 * Verifies who signed a response and when, offline, and nothing about a license's validity: see `verifyLicense`. The
 * envelope comes as JSON text or as the parsed object.
 *
 * Any envelope whatever gets a verdict; a payload comes only with `ok: true`. The signature is checked over
 * the ASCII bytes of `response_base64`, with the keys of the keyring that the policy permits and
 * that are for responses (see `KeyPurpose`); the envelope's own `private_key_used` decides nothing. Payloads are at most 1 MiB and 64 levels deep.
 *
 * @throws {KeywrightError} `invalid_option` for misuse only, before the envelope is looked at: a keyring that
 * `parseKeyring` did not make; a policy member that is unknown, undefined or out of range; an age limit
 * without `now`; no product for a keyring of several.
 *
 * @example
 * const verdict = await verifyResponse(text, keyring, { role: 'product', maxAge: 86_400, now: new Date() });
 * if (verdict.ok) show(verdict.payload);
 * else report(verdict.reason, verdict.hint);
 */
export async function verifyResponse<Payload extends JsonObject = JsonObject>(
  envelope: unknown,
  keyring: Keyring,
  policy?: VerifyPolicy,
): Promise<Verdict<Payload>>;
// The type of the payload is what the caller says of its server: nothing here checks it.
export async function verifyResponse(
  envelope: unknown,
  keyring: Keyring,
  policy: VerifyPolicy = {},
): Promise<Verdict> {
  return (await examineEnvelope(envelope, keyring, policy, 'response')).verdict;
}

/** What {@link examineEnvelope} finds. */
export interface Examined {
  readonly verdict: Verdict;
  /** What was signed by a key that is not compromised, also where the verdict is no; undefined where it cannot be read. */
  readonly signed: JsonObject | undefined;
}

/** Whether a signature is one of a message under a key; never throws. */
export type SignatureCheck = (
  key: KeyringKey,
  signature: Uint8Array,
  message: Uint8Array,
) => Promise<boolean> | boolean;

/** As {@link verifyResponse}, for envelopes that keys of whatever purpose sign, with whatever checks signatures. */
export async function examineEnvelope(
  envelope: unknown,
  keyring: Keyring,
  given: VerifyPolicy,
  purpose: KeyPurpose,
  check: SignatureCheck = isSignedBy,
): Promise<Examined> {
  const policy = checkPolicy(given, keyring, purpose);
  const parts = parseEnvelope(envelope);
  if ('fault' in parts) return refuse('malformed', undefined, parts.fault);
  if (parts.signature === undefined) return refuse('unsigned');
  const { length } = parts.signature;
  const candidates = keyring.keys.filter(
    (key) => isFor(key, purpose) && serves(key, policy.role) && signatureLength(key) === length,
  );
  if (candidates.length === 0) return refuse('unknown_key');
  if (!canVerifyRsa() && candidates.every(({ alg }) => alg === 'RS256')) return refuse('unsupported');
  const key = await findSigner(candidates, parts, parts.signature, check);
  if (key === undefined) return refuse('bad_signature');
  const { kid } = key;
  if (key.status === 'compromised') return refuse('key_compromised', kid);
  const reading = parsePayload(parts.payload);
  if ('fault' in reading) return refuse('malformed', kid, reading.fault);
  const { payload } = reading;
  const reason = agrees(parts.response, payload) ? findBreach(payload, key, policy) : 'sibling_mismatch';
  return reason === undefined
    ? { verdict: { ok: true, payload, kid, role: key.role ?? null }, signed: payload }
    : refuse(reason, kid, undefined, payload);
}

/** Whether `key` is for that purpose; one that names none is for responses and licenses. */
export function isFor({ purposes = ['response', 'license'] }: KeyringKey, purpose: KeyPurpose): boolean {
  return purposes.includes(purpose);
}

/** Whether `key` may sign in `role`: its own is that one, or it serves both. */
export function serves(key: KeyringKey, role: string | undefined): boolean {
  return key.role === undefined || role === undefined || key.role === role;
}

/** Whether `signature` is one of `message` under `key`. Never throws. */
export async function isSignedBy(
  key: KeyringKey,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  return key.alg === 'RS256'
    ? verifyRsa(signature, message, key.bytes, key)
    : verifyEd25519(signature, message, key.bytes);
}

async function findSigner(
  candidates: readonly KeyringKey[],
  { base64, role }: EnvelopeParts,
  signature: Uint8Array,
  check: SignatureCheck,
): Promise<KeyringKey | undefined> {
  const message = encodeAscii(base64);
  const likelyFirst = candidates.toSorted((a, b) => Number(serves(b, role)) - Number(serves(a, role)));
  for (const key of likelyFirst) if (await check(key, signature, message)) return key;
  return undefined;
}

function agrees(response: unknown, payload: JsonValue): boolean {
  try {
    return response === undefined || findDifference(response, payload) === undefined;
  } catch {
    return false; // a getter or a proxy that throws
  }
}

function findBreach(payload: JsonObject, key: KeyringKey, policy: VerifyPolicy): VerifyReason | undefined {
  const time = signedTime(payload);
  if (!isValidAt(key, time)) return 'key_retired';
  const { product, nonce, now, maxAge, maxFuture = 300 } = policy;
  if (product !== undefined && product !== key.product) return 'wrong_product';
  if (now !== undefined) {
    // Without a time the age is NaN: not from the future, and not young enough either.
    const age = now.getTime() / 1000 - (time ?? Number.NaN);
    if (age < -maxFuture) return 'from_future';
    if (maxAge !== undefined && !(age <= maxAge)) return 'stale';
  }
  return nonce === undefined || nonce === ownMember(payload, 'nonce') ? undefined : 'nonce_mismatch';
}

/** Whether a key may sign at `time`, in Unix seconds. One with a validity demands a time: NaN breaks every limit. */
export function isValidAt({ status, validFrom, validUntil }: KeyringKey, time = Number.NaN): boolean {
  if (validFrom !== undefined && !(time * 1000 >= Date.parse(validFrom))) return false;
  return validUntil === undefined ? status === 'active' : time * 1000 < Date.parse(validUntil);
}

function refuse(reason: VerifyReason, kid?: string, fault?: string, signed?: JsonObject) {
  const hint = fault === undefined ? HINTS[reason] : `${fault}. ${HINTS[reason]}`;
  const verdict: Refused = { ok: false, reason, hint, kid };
  return { verdict, signed };
}

const HINTS: Readonly<Record<VerifyReason, string>> = {
  malformed: 'Pass it on as the server sent it.',
  unsigned: 'The server signed nothing: give it a private key.',
  unknown_key: 'No key of this role makes such signatures: check the role, update the keyring.',
  unsupported: 'RSA needs crypto.subtle: use https, or sign with Ed25519.',
  bad_signature: 'The signed text was changed, or a newer key signed it: update the keyring.',
  key_compromised: 'The key that signed was stolen: ask for a new answer.',
  sibling_mismatch: 'The response differs from what was signed: find who changed it.',
  key_retired: 'Signed outside the validity of its key: ask for a new answer.',
  wrong_product: 'The key that signed is not of this product.',
  from_future: 'Signed later than now: set the clock, or sign seconds.',
  stale: 'Too old or undated: ask for a new answer.',
  nonce_mismatch: 'It answers another question: ask again.',
};
