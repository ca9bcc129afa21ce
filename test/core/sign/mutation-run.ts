import fc from 'fast-check';
import { signResponse } from '../../../src/core/sign/envelope.js';
import { addPublicKey } from '../../../src/core/sign/keyring-changes.js';
import { type Keyring, type Verdict, verifyResponse } from '../../../src/verify.js';
import { demoEd25519, demoRsa, signers } from './demo-keys.js';
import { mutants } from './mutation.js';

const REASONS: readonly string[] = [
  'malformed',
  'unsigned',
  'unknown_key',
  'bad_signature',
  'sibling_mismatch',
];

/**
 * Judges that many mutated envelopes, nine in ten of them RSA, by `verify`. Throws when one verifies, gets a reason that a
 * mutation cannot have, or makes the verifier throw; the error tells the seed.
 */
export async function judgeMutants(
  count: number,
  seed: number,
  verify: (envelope: unknown, keyring: Keyring) => Promise<Verdict> = verifyResponse,
) {
  const keyring = addPublicKey(addPublicKey(undefined, demoEd25519.publicKey), demoRsa.publicKey);
  const payloads = Array.from({ length: 9 }, (_, code) => ({
    code,
    message: 'License keys/é',
    timestamp: 1_709_001_673,
  }));
  const rsa = await Promise.all(
    payloads.map((payload) => signResponse(payload, signers.RS256, { style: 'php' })),
  );
  const ed = await signResponse({ code: 9, timestamp: 1_709_001_673 }, signers.Ed25519);
  const other = await signResponse({ code: 10, timestamp: 1_709_001_673 }, signers.RS256);
  const reasons = new Map<string, number>();
  let judged = 0;
  await fc.assert(
    fc.asyncProperty(mutants([...rsa, ed], other), async ({ what, envelope }) => {
      const verdict = await verify(envelope, keyring);
      if (verdict.ok) throw new Error(`verified: ${what}`);
      if (!REASONS.includes(verdict.reason)) throw new Error(`${verdict.reason}: ${what}`);
      reasons.set(verdict.reason, (reasons.get(verdict.reason) ?? 0) + 1);
      judged++;
    }),
    { numRuns: count, seed },
  );
  return { judged, reasons };
}
