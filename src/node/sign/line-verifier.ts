import type { Explanation } from '../../core/explain/explain.js';
import type { KeyPurpose } from '../../core/sign/artefacts.js';
import { Keyring, type KeyringKey } from '../../core/sign/keyring.js';
import type { VerifyPolicy } from '../../core/sign/policy.js';
import type { Refused } from '../../core/sign/verify.js';
import { examineNatively } from './native-verifier.js';
import { linesOf, type PackedJob } from './packed-job.js';

/** What a worker is started with. */
export interface LineVerifierData {
  /** Those of a keyring, which was checked. */
  readonly keys: readonly KeyringKey[];
  readonly policy: VerifyPolicy;
  readonly purpose: KeyPurpose;
  /** Whether refusals are explained. */
  readonly explain: boolean;
}

/** A refusal, and why. */
export interface RefusedLine {
  readonly verdict: Refused;
  readonly explanation: Explanation | undefined;
}

/**
 * What was found out about one line: the place in the keyring of the key that signed, or a refusal. A payload stays behind,
 * for it takes longer to cross than to be read anew.
 */
export type JudgedLine = number | RefusedLine;

/** Makes the function that verifies the envelopes of jobs, each a line. */
export function lineVerifier({
  keys,
  policy,
  purpose,
  explain,
}: LineVerifierData): (job: PackedJob) => Promise<readonly JudgedLine[]> {
  const keyring = new Keyring(keys);
  const places = new Map(keys.map(({ kid }, place) => [kid, place]));
  return async (job) => {
    const judged: JudgedLine[] = [];
    for (const line of linesOf(job)) {
      const verdict = await examineNatively(line, keyring, policy, purpose);
      judged.push(
        verdict.ok
          ? (places.get(verdict.kid) ?? -1)
          : { verdict, explanation: explain ? await explained(verdict, line, keyring, policy) : undefined },
      );
    }
    return judged;
  };
}

async function explained(
  verdict: Refused,
  line: string,
  keyring: Keyring,
  policy: VerifyPolicy,
): Promise<Explanation> {
  // Most lists hold no refusal.
  const { explainVerdict } = await import('../../core/explain/explain.js');
  return explainVerdict(verdict, line, keyring, policy);
}
