import { sameBytes } from '../encoding/der.js';
import { earliestNow, effectiveNow, isClockBehind } from '../license/time-evidence.js';
import { findSigners, type Note, parseNote } from '../note/note.js';
import { findListBreach, LIST_HINTS, type ListBreach } from '../revocations/list-policy.js';
import type { Keyring, KeyringKey } from '../sign/keyring.js';
import { isFor, isValidAt } from '../sign/verify.js';
import { leafOfTyped } from './leaf.js';
import { leafHash, rootByPath } from './merkle.js';
import { type Proof, parseProof } from './proof.js';
import { parseClaims, type SealClaims } from './seal-claims.js';
import { checkSealPolicy, type SealPolicy } from './seal-policy.js';

/**
 * Why a proof was refused; the first that applies, in the order they stand here. Of a claim that is only missing, `valid_until`,
 * `bad_claims` is told after `wrong_product`.
 */
export type ProofReason =
  | 'malformed'
  | 'unknown_origin'
  | 'unknown_key'
  | 'bad_signature'
  | 'key_compromised'
  | 'not_in_batch'
  | 'bad_claims'
  | 'key_retired'
  | 'wrong_product'
  | ListBreach
  | 'not_yet_valid'
  | 'expired';

/** A key that stands in a sealed batch, and may be used. */
export interface ProvenKey {
  readonly ok: true;
  readonly claims: SealClaims;
  /** The name of the batch. */
  readonly origin: string;
  /** Where the key stands in it, from 0, of how many. */
  readonly index: number;
  readonly size: number;
  /** The key that signed the seal; of several the first that is trusted. */
  readonly kid: string;
  /** When the batch was sealed, as the claims say. */
  readonly signedAt: Date;
  /** Whether the clock is more than a day behind the earliest time that it can be: tell the customer. */
  readonly clockBehind: boolean;
  /** Whether a list of revocations is overdue: fetch it. */
  readonly listStale: boolean;
}

/** A key that may not be used, and what to do about it. */
export interface RefusedProof {
  readonly ok: false;
  readonly reason: ProofReason;
  readonly hint: string;
  readonly kid?: string | undefined;
  /** What was sealed, where the proof holds: to say since when it is expired. It allows nothing. */
  readonly claims?: SealClaims | undefined;
}

/** The answer of {@link verifySealedKey}. */
export type ProofVerdict = ProvenKey | RefusedProof;

/**
 * Verifies, offline, that the key somebody typed stands in a batch that was sealed, and may be used for this product now.
 * The proof is a text of C2SP tlog-proof@v1, as `keywright seal prove` makes it. Only `ok: true` opens anything.
 *
 * Any key and proof whatever get a verdict. Believed is a seal whose origin the policy accepts, signed under that origin's
 * name by a key of the keyring that is for seals; keys of a product seal keys of that product. The claims must say when
 * the batch was `issued`, and, unless `now` is null, `valid_until` (null: for ever); of a product, unless `product` is
 * null. A retired key is believed for what was issued before its end; its `validFrom` is not asked, for a batch may be
 * endorsed by a newer key.
 *
 * @throws {KeywrightError} `invalid_option` for misuse only, before the proof is looked at: a keyring that `parseKeyring` did
 * not make; a policy without `origins`, `product` or `now`, or with a member that is unknown or out of range;
 * revocations that `openRevocations` did not make, or of another product.
 *
 * @example
 * const policy = { origins: ['acme.example'], product: 'app', now: new Date() };
 * const verdict = verifySealedKey(typed, proof, keyring, policy);
 * if (verdict.ok) unlock(verdict.claims.sealed);
 * else report(verdict.reason, verdict.hint);
 */
export function verifySealedKey(
  key: string,
  proof: unknown,
  keyring: Keyring,
  policy: SealPolicy,
): ProofVerdict {
  const { origins, seals = [], evidence, ...asked } = checkSealPolicy(policy, keyring);
  const parsed = parseProof(proof);
  if (parsed === undefined) return refuse('malformed');
  const { note, checkpoint } = parsed;
  if (!origins.some((origin) => isWithin(checkpoint.origin, origin))) return refuse('unknown_origin');
  const [reason, signers] = judgeSeal(note, checkpoint.origin, seals, keyring);
  if (reason !== undefined) return refuse(reason);
  if (!isInBatch(key, parsed)) return refuse('not_in_batch');
  const claims = parseClaims(parsed.leaf.claims);
  if (typeof claims === 'string') return refuse('bad_claims', claims);
  const timely = signers.filter((each) =>
    isValidAt({ ...each, validFrom: undefined }, seconds(claims.issued)),
  );
  // A batch of two products may be signed by the keys of both.
  const signer = timely.find(({ product = claims.product }) => product === claims.product) ?? timely[0];
  if (signer === undefined) return refuse('key_retired', undefined, claims, signers[0]?.kid);
  const floor = earliestNow(evidence, keyring);
  const now = asked.now && effectiveNow(effectiveNow(asked.now, floor), claims.issued);
  const breach = findBreach(key, parsed, claims, signer, { ...asked, origins, now });
  if (breach === 'bad_claims') return refuse(breach, 'valid_until', claims, signer.kid);
  if (breach !== undefined) return refuse(breach, undefined, claims, signer.kid);
  const { origin, size } = checkpoint;
  const lists = asked.revocations ?? [];
  return {
    ok: true,
    claims,
    origin,
    index: parsed.index,
    size,
    kid: signer.kid,
    signedAt: claims.issued,
    clockBehind: asked.now !== null && isClockBehind(asked.now, floor),
    listStale: now !== null && lists.some((list) => list.ok && now >= list.next),
  };
}

function seconds(time: Date): number {
  return time.getTime() / 1000;
}

/** Whether an origin is the one accepted, or begins with it up to a slash: `acme.example` is not `acme.example.org`. */
function isWithin(origin: string, accepted: string): boolean {
  return origin === accepted || origin.startsWith(accepted.endsWith('/') ? accepted : `${accepted}/`);
}

/** Why a seal is not believed. */
export type SealBreach = 'unknown_key' | 'bad_signature' | 'key_compromised';

/** The trusted keys that signed the proof's seal, or one of the same text; or why there is none. */
export function judgeSeal(
  own: Note,
  origin: string,
  seals: readonly string[],
  { keys }: Keyring,
): [SealBreach | undefined, readonly KeyringKey[]] {
  const brought = seals.flatMap((seal) => parseNote(seal) ?? []).filter(({ text }) => text === own.text);
  const candidates = keys.filter((key) => key.alg === 'Ed25519' && isFor(key, 'seal'));
  const answers = [own, ...brought].map((note) => findSigners(note, origin, candidates));
  const signers = [...new Set(answers.flatMap((each) => each ?? []))];
  const sound = signers.filter(({ status }) => status !== 'compromised');
  if (sound.length > 0) return [undefined, sound];
  if (signers.length > 0) return ['key_compromised', []];
  return [answers.includes(undefined) ? 'bad_signature' : 'unknown_key', []];
}

function isInBatch(typed: string, { leaf, index, path, checkpoint }: Proof): boolean {
  const data = leafOfTyped(leaf, typed);
  const root = data && rootByPath(leafHash(data), index, checkpoint.size, path);
  return root !== undefined && sameBytes(root, checkpoint.root);
}

function findBreach(
  typed: string,
  { leaf, checkpoint }: Proof,
  claims: SealClaims,
  signer: KeyringKey,
  policy: SealPolicy,
): ProofReason | undefined {
  const { product, now } = policy;
  if ([signer.product, product ?? undefined].some((each) => each !== undefined && each !== claims.product))
    return 'wrong_product';
  if (now === null) return undefined;
  if (claims.validUntil === undefined) return 'bad_claims';
  const isRevoked = (list: { has(key: string): boolean; hasOrigin(origin: string): boolean }) =>
    list.has(typed) || list.hasOrigin(checkpoint.origin);
  const breach = findListBreach(leaf, policy, now, isRevoked);
  if (breach !== undefined) return breach;
  if (claims.validFrom !== undefined && now < claims.validFrom) return 'not_yet_valid';
  return claims.validUntil && now >= claims.validUntil ? 'expired' : undefined;
}

function refuse(reason: ProofReason, fault?: string, claims?: SealClaims, kid?: string): RefusedProof {
  const hint = fault === undefined ? HINTS[reason] : `Its ${fault} is wrong or missing. ${HINTS[reason]}`;
  return { ok: false, reason, hint, kid, claims };
}

const HINTS: Readonly<Record<ProofReason, string>> = {
  malformed: 'Pass the proof on as it was made.',
  unknown_origin: 'It is a proof of another seller.',
  unknown_key: 'No key that is for seals signed it: update the keyring.',
  bad_signature: 'The seal was changed: ask for the proof again.',
  key_compromised: 'The key that signed the seal was stolen: update the app.',
  not_in_batch: 'The key is not the one that was proven: check what was typed.',
  bad_claims: 'Ask the seller for another proof.',
  key_retired: 'Sealed outside the validity of the signing key: update the app.',
  wrong_product: 'It is for another product.',
  ...LIST_HINTS,
  not_yet_valid: 'It is not valid yet: wait, or set the clock.',
  expired: 'It is expired: renew it.',
};
