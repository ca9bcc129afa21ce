import { decodeBase64, encodeBase64 } from '../../encoding/base64.js';
import { decodeUtf8, encodeUtf8 } from '../../encoding/utf8.js';
import { type RandomSource, systemRandom } from '../../random/random-source.js';
import { refusePublicKey } from '../../sign/public-key.js';
import { canVerifyRsa, verifyRsa } from '../../sign/rsa.js';
import { RSA_2048_LENGTH, readRsa2048 } from '../server/rsa-2048.js';

/** A challenge, what the server answered to it, and who may have answered. */
export interface AnsweredChallenge {
  /** The challenge that this client sent, a fresh one each time (see {@link newChallenge}). */
  readonly challenge: string;
  /** The member `challengeResponse` of the answer's `result`, whatever it is. */
  readonly challengeResponse: unknown;
  /**
   * The team's public key as the dashboard shows it: PEM, or base64 of the whole PEM text. The answer names no
   * key, so while keys change give a list of old and new.
   */
  readonly publicKey: string | readonly string[];
}

/** Why a challenge's response was refused; the first that applies, in the order they stand here. */
export type ChallengeReason = 'malformed' | 'unsigned' | 'unsupported' | 'bad_signature';

/** The answer of {@link verifyChallenge}. */
export type ChallengeVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: ChallengeReason; readonly hint: string };

/**
 * Whether the team's server signed this challenge: RSA-2048 PKCS#1 v1.5 with SHA-256 over the challenge's UTF-8,
 * as exactly 512 hex digits in either case. Any challenge and any response whatever get a verdict.
 *
 * **What the signature does not prove.** It says that this team's server took *some* license key as valid when
 * it was sent this challenge, and binds nothing else: neither the license key nor the product, the device, the
 * expiry, the time, nor the `valid` and `code` that stand beside it. Who holds any valid license key of the team
 * can have your challenge signed and pass the response on. So draw each challenge anew, ask over TLS, look at
 * `result.valid` and `result.code` too, and do not keep a response as an offline license: it is none. And since
 * the server signs what clients choose, its key must not stand in a keyring of envelopes, nor verify anything else.
 *
 * @see https://docs.lukittu.com
 * @throws {KeywrightError} `invalid_key` for a public key that is missing, unreadable, private, or other than RSA
 * of 2048 bits with exponent 65537; an empty list is none at all.
 *
 * @example
 * const verdict = await verifyChallenge({ challenge, challengeResponse, publicKey });
 * verdict.ok; // true
 */
export async function verifyChallenge({
  challenge,
  challengeResponse,
  publicKey,
}: AnsweredChallenge): Promise<ChallengeVerdict> {
  const keys = readKeys(publicKey);
  if (!isChallenge(challenge)) return refuse('malformed', CHALLENGE_FAULT);
  if (challengeResponse === undefined || challengeResponse === null) return refuse('unsigned');
  // Before anything is decoded: decoders that drop a bad tail would take a response with garbage after it.
  if (typeof challengeResponse !== 'string' || !RESPONSE.test(challengeResponse)) {
    return refuse('malformed', RESPONSE_FAULT);
  }
  if (!canVerifyRsa()) return refuse('unsupported');
  const signature = Uint8Array.from({ length: RSA_2048_LENGTH }, (_, at) =>
    Number.parseInt(challengeResponse.slice(at * 2, at * 2 + 2), 16),
  );
  const message = encodeUtf8(challenge);
  for (const key of keys) if (await verifyRsa(signature, message, key)) return { ok: true };
  return refuse('bad_signature');
}

/**
 * A fresh challenge: 256 random bits as 43 characters of url-safe base64, which the server takes (it wants 10 to
 * 1,000 characters without white space).
 *
 * @throws {KeywrightError} `unsupported` without `crypto.getRandomValues`, unless a source is given.
 *
 * @example
 * newChallenge().length; // 43
 */
export function newChallenge(random: RandomSource = systemRandom()): string {
  const bytes = new Uint8Array(32);
  random.fill(bytes);
  return encodeBase64(bytes, 'url');
}

const RESPONSE = /^[0-9a-f]{512}$/i;

/** What the server would sign; half a surrogate pair has no UTF-8 of its own. */
function isChallenge(challenge: unknown): challenge is string {
  return (
    typeof challenge === 'string' && /^\S{10,1000}$/.test(challenge) && !/\p{Surrogate}/u.test(challenge)
  );
}

function readKeys(source: string | readonly string[]): readonly Uint8Array[] {
  const keys = typeof source === 'string' ? [source] : source;
  if (!Array.isArray(keys) || keys.length === 0) {
    throw refusePublicKey("is missing: give the team's, or a list of them");
  }
  return keys.map((key) => readRsa2048(unwrap(key)));
}

/** The PEM text of a key that the dashboard wrapped in base64; anything else as it is. */
function unwrap(key: unknown): unknown {
  const bytes = typeof key === 'string' ? decodeBase64(key.trim()) : undefined;
  return bytes === undefined ? key : decodeUtf8(bytes);
}

function refuse(reason: ChallengeReason, fault?: string): ChallengeVerdict {
  return { ok: false, reason, hint: fault ?? HINTS[reason] };
}

const CHALLENGE_FAULT =
  'The challenge is not 10 to 1,000 characters without white space, so no server signed it: use newChallenge.';
const RESPONSE_FAULT = 'The response is not 512 hex digits: pass it on exactly as the server sent it.';

const HINTS: Readonly<Record<ChallengeReason, string>> = {
  malformed: RESPONSE_FAULT,
  unsigned:
    'The server signs only when a challenge was sent and the license key is valid: look at result.code.',
  unsupported: 'RSA needs crypto.subtle: use https.',
  bad_signature:
    "Not this challenge, or not this team's key: ask again with a new challenge, update the keys.",
};
