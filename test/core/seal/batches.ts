import { leafOfTyped } from '../../../src/core/seal/leaf.js';
import { leafHash } from '../../../src/core/seal/merkle.js';
import { formatProof } from '../../../src/core/seal/proof.js';
import {
  addPublicKey,
  ed25519Signer,
  formatClaims,
  type JsonObject,
  type Keyring,
  privateKeyFromSeed,
  type SealPolicy,
  type Signer,
  sealRows,
  signSeal,
  verifySealedKey,
} from '../../../src/index.js';
import { NOW, keyring as others } from '../revocations/lists.js';

export const ORIGIN = 'acme.example/keywright/seal/v1/2026-11';
export const ISSUED = new Date('2026-11-27T00:00:00Z');
export const POLICY: SealPolicy = { origins: ['acme.example'], product: 'app', now: NOW };
export const CLAIMS: JsonObject = { product: 'app', valid_until: '2027-11-28T00:00:00Z' };

/** Keys that seal: their seeds are as public as they are. */
export const sealKey = privateKeyFromSeed(new Uint8Array(32).fill(6));
export const nextSealKey = privateKeyFromSeed(new Uint8Array(32).fill(7));
export const sealer: Signer = ed25519Signer(sealKey);

/** A keyring with a key for each other purpose, and one that seals. */
export const ring: Keyring = addPublicKey(others, sealKey.publicKey, { purposes: ['seal'] });

export interface Row {
  readonly key: string;
  readonly claims?: JsonObject;
  readonly salt?: Uint8Array;
}

export const rows = (count: number): readonly Row[] =>
  Array.from({ length: count }, (_, index) => ({ key: `KEY0-${String(index).padStart(5, '0')}` }));

export interface Batch {
  readonly seal: string;
  readonly root: Uint8Array;
  readonly proofs: readonly string[];
}

/** A sealed batch, with the proof of each row. */
export async function batchOf(
  batch: readonly Row[],
  {
    origin = ORIGIN,
    comparison = 'canonical',
    signer = sealer,
  }: { origin?: string; comparison?: 'canonical' | 'exact'; signer?: Signer } = {},
): Promise<Batch> {
  const sealed = sealRows(
    batch.map(({ key, claims = CLAIMS, salt }) => ({ key, claims: formatClaims(ISSUED, claims), salt })),
    comparison,
  );
  const seal = await signSeal({ origin, ...sealed }, signer);
  return { seal, root: sealed.root, proofs: batch.map((_, index) => sealed.proof(index, seal)) };
}

/** The proof of a batch of one row, sealed whatever its claims are. */
export async function forged(
  key: string,
  claims: string,
  { origin = ORIGIN, signer = sealer } = {},
): Promise<string> {
  const leaf = { comparison: 'canonical', salt: undefined, claims } as const;
  const root = leafHash(leafOfTyped(leaf, key) ?? new Uint8Array());
  return formatProof({ leaf, index: 0, path: [] }, await signSeal({ origin, size: 1, root }, signer));
}

/** The verdict on a key and its proof: `ok`, or the reason. */
export function answerOf(
  key: unknown,
  proof: unknown,
  policy: Partial<SealPolicy> = {},
  trusted: Keyring = ring,
): string {
  const typed: string = JSON.parse('null') ?? key;
  const verdict = verifySealedKey(typed, proof, trusted, { ...POLICY, ...policy });
  return verdict.ok ? 'ok' : verdict.reason;
}
