import { isJsonObject, type JsonObject, type JsonValue } from '../../core/encoding/json-text.js';
import type { Explanation } from '../../core/explain/explain.js';
import type { Keyring } from '../../core/sign/keyring.js';
import { checkPolicy, type VerifyPolicy } from '../../core/sign/policy.js';
import type { Verdict, Verified } from '../../core/sign/verify.js';
import { doLineJobs } from './line-jobs.js';
import { lineVerifier } from './line-verifier.js';
import { signedText } from './native-verifier.js';

/** How {@link verifyLines} works. */
export interface VerifyLinesOptions {
  /** Threads: all cores unless told; 1 verifies in this one. */
  readonly workers?: number | undefined;
  /** Also explain refusals, as `explainResponse` does. Each may take some milliseconds. */
  readonly explain?: boolean | undefined;
}

/** An envelope, and what is to be thought of it. */
export interface VerifiedLine {
  /** Where it stands, counted from 1; empty lines count. */
  readonly line: number;
  readonly envelope: string;
  readonly verdict: Verdict;
  /** Why the verdict is no; undefined unless asked for. */
  readonly explanation: Explanation | undefined;
}

/**
 * Verifies one envelope a line (JSON Lines), on all cores, and yields the verdicts, which are those of `verifyResponse`, in the
 * order of the lines, a few hundred at a time. Memory stays bounded: a few such runs per thread are under way. Empty lines are
 * skipped.
 *
 * @throws {KeywrightError} `invalid_option` for misuse, as `verifyResponse` does, before anything is read; and for
 * another number of workers than 1 to 256.
 *
 * @example
 * for await (const run of verifyLines(envelopes, keyring)) {
 *   for (const { line, verdict } of run) if (!verdict.ok) report(line, verdict.reason);
 * }
 */
export async function* verifyLines(
  envelopes: AsyncIterable<string> | Iterable<string>,
  keyring: Keyring,
  policy: VerifyPolicy = {},
  { workers, explain = false }: VerifyLinesOptions = {},
): AsyncGenerator<readonly VerifiedLine[], void, undefined> {
  const data = {
    policy: { ...checkPolicy(policy, keyring) },
    keys: keyring.keys,
    purpose: 'response',
    explain,
  } as const;
  const signers = keyring.keys.map(({ kid, role = null }) => ({ kid, role }));
  const module = new URL('./line-verifier-worker.js', import.meta.url);
  const jobs = doLineJobs(envelopes, {
    workers,
    here: () => lineVerifier(data),
    module,
    data,
    together: 256,
  });
  for await (const [{ first, lines }, judged] of jobs) {
    yield judged.map((answer, index) => {
      const place = { line: first + index, envelope: lines[index] ?? '' };
      if (typeof answer !== 'number') return { ...place, ...answer };
      const signer = signers[answer];
      if (signer === undefined) throw new Error('a key signed that the keyring does not hold');
      return { ...place, verdict: verified(place.envelope, signer), explanation: undefined };
    });
  }
}

/** The verdict on an envelope that was verified. Its payload is read when somebody asks for it. */
function verified(envelope: string, { kid, role }: Pick<Verified, 'kid' | 'role'>): Verified {
  let payload: JsonObject | undefined;
  return {
    ok: true,
    get payload() {
      payload ??= payloadOf(envelope);
      return payload;
    },
    kid,
    role,
  };
}

function payloadOf(envelope: string): JsonObject {
  const read: JsonValue = JSON.parse(signedText(envelope));
  if (!isJsonObject(read)) throw new Error('a payload that was not verified');
  return read;
}
