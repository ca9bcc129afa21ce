import { checkLicensePolicy, type LicensePolicy } from '../../core/license/license-policy.js';
import { judgeLicense, type LicenseVerdict } from '../../core/license/verify-license.js';
import type { Keyring } from '../../core/sign/keyring.js';
import { doLineJobs } from '../sign/line-jobs.js';
import { lineVerifier } from '../sign/line-verifier.js';

/** A license file of a list, and what is to be thought of it. */
export interface VerifiedLicense {
  /** Where it stands, counted from 1; empty lines count. */
  readonly line: number;
  readonly envelope: string;
  readonly verdict: LicenseVerdict<unknown>;
}

/**
 * Verifies one license file a line (JSON Lines), in their order, a few hundred at a time. All cores find out who signed;
 * what a license says is judged in this thread, where the lists of revoked keys are. Empty lines are skipped.
 *
 * @throws {KeywrightError} `invalid_option` for misuse, as `verifyLicense` does, before anything is read; and for another
 * number of workers than 1 to 256.
 *
 * @example
 * const policy = { product: 'app', key: null, device: null, now: new Date() };
 * for await (const run of verifyLicenseLines([text], keyring, policy)) {
 *   for (const { line, verdict } of run) if (verdict.ok) report(line, verdict.license);
 * }
 */
export async function* verifyLicenseLines(
  licenses: AsyncIterable<string> | Iterable<string>,
  keyring: Keyring,
  policy: LicensePolicy,
  { workers }: { readonly workers?: number | undefined } = {},
): AsyncGenerator<readonly VerifiedLicense[], void, undefined> {
  checkLicensePolicy(policy, keyring);
  const data = { policy: {}, keys: keyring.keys, purpose: 'license', explain: false } as const;
  const module = new URL('../sign/line-verifier-worker.js', import.meta.url);
  const jobs = doLineJobs(licenses, { workers, here: () => lineVerifier(data), module, data, together: 256 });
  for await (const [{ first, lines }, judged] of jobs) {
    const run: VerifiedLicense[] = [];
    for (const [index, answer] of judged.entries()) {
      const envelope = lines[index] ?? '';
      // Also of a refusal: its key is named where the signature holds.
      const signer = typeof answer === 'number' ? keyring.keys[answer]?.kid : answer.verdict.kid;
      const verdict = await judgeLicense(envelope, keyring, policy, ({ kid }) => kid === signer);
      run.push({ line: first + index, envelope, verdict });
    }
    yield run;
  }
}
