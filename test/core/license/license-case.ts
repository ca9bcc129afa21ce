import { type Keyring, type Signer, verifyLicense } from '../../../src/index.js';
import { untyped } from '../revocations/hostile-values.js';
import { keyring, NOW, signerOf } from '../revocations/lists.js';

/** What a license says, who signed it, and what is demanded of it: good unless a test breaks it. */
export interface LicenseCase {
  license: Record<string, unknown>;
  payload: Record<string, unknown>;
  signer: Signer;
  keyring: Keyring;
  policy: Record<string, unknown>;
  /** What is done to the envelope afterwards. */
  change: ((envelope: Record<string, unknown>) => void)[];
}

export const KEY = 'AAAA-AAAA';
export const SECONDS = NOW.getTime() / 1000;

/** A license that is good, changed by `overrides` of its own members and of the policy's. */
export function goodCase(
  license: Record<string, unknown> = {},
  policy: Record<string, unknown> = {},
): LicenseCase {
  return {
    license: {
      key: KEY,
      product: 'app',
      valid_until: '2027-11-28T12:00:00Z',
      comparison: 'canonical',
      ...license,
    },
    payload: { schema: 'keywright/license/v1', timestamp: SECONDS },
    signer: signerOf('license'),
    keyring,
    policy: { product: 'app', key: KEY, device: null, now: NOW, ...policy },
    change: [],
  };
}

/** An envelope of any JSON text at all: signed as text, by no code under test. */
export async function forgeEnvelope(payload: string | Uint8Array, signer: Signer) {
  const response_base64 = Buffer.from(payload).toString('base64');
  const signature = Buffer.from(await signer.sign(Buffer.from(response_base64))).toString('base64');
  return { response_base64, signature };
}

/** The envelope of a case, as text. */
export async function envelopeOf({ license, payload, signer, change }: LicenseCase): Promise<string> {
  const text = JSON.stringify({ ...payload, license });
  const envelope: Record<string, unknown> = await forgeEnvelope(text, signer);
  for (const act of change) act(envelope);
  return JSON.stringify(envelope);
}

/** The verdict of a case. */
export async function judge(given: LicenseCase) {
  return verifyLicense(await envelopeOf(given), given.keyring, untyped(given.policy));
}

/** The reason of a case, or `ok`. */
export async function reasonOf(given: LicenseCase): Promise<string> {
  const verdict = await judge(given);
  return verdict.ok ? 'ok' : verdict.reason;
}
