import type { LicensePolicy } from '../../../core/license/license-policy.js';
import type { LicenseVerdict } from '../../../core/license/verify-license.js';
import type { Keyring } from '../../../core/sign/keyring.js';
import { readTextFile, textFileLines } from '../../../node/files/text-file.js';
import { type VerifiedLicense, verifyLicenseLines } from '../../../node/license/license-lines.js';
import { verifyLicenseNatively } from '../../../node/license/native-license-verifier.js';
import { paintFor } from '../../command/color.js';
import type { Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import { type Arguments, choice, flag, seconds, text, time } from '../../command/options.js';
import { refuseLines } from '../../options/given-envelope.js';
import { type GivenKeys, givenKeys, sayWhichHalf } from '../../options/given-keys.js';
import { ROLES } from '../../options/key-options.js';
import { givenRevocations } from '../../reports/given-revocations.js';
import { licenseJson, licenseLine, licenseText } from '../../reports/license-verdict.js';
import { printVerdicts } from '../../reports/verdict-lines.js';

/** Longer than any envelope, so that one a little too long gets its verdict. */
const LONGEST = 32 * 2 ** 20;

interface LicenseCheck extends GivenKeys {
  readonly policy: LicensePolicy;
}

/** `verify --license`: one license file. */
export async function verifyLicenseFile(source: string, args: Arguments, context: Context): Promise<number> {
  const { io, signal } = context;
  const envelope = await readTextFile(source, { stdin: io.stdin, signal, most: LONGEST });
  refuseLines(source, envelope);
  const { keyring, bare, policy } = await checkOf(args, context);
  // It computes without a pause, and nothing is written that a signal could leave behind.
  const [verdict, why] = await context.killable(async () => {
    const judged = await verifyLicenseNatively(envelope, keyring, policy);
    return [judged, await explainSignature(judged, envelope, keyring)] as const;
  });
  sayWhichHalf(verdict.ok ? verdict.kid : undefined, bare, context);
  await context.print(
    flag(args, 'json')
      ? licenseJson(envelope, verdict, policy, undefined, why)
      : licenseText(verdict, policy, paintFor(io), why),
  );
  return verdict.ok ? DONE : NO;
}

/** `verify --license --jsonl`: a license file a line. */
export async function verifyLicenseList(source: string, args: Arguments, context: Context): Promise<number> {
  const { keyring, bare, policy } = await checkOf(args, context);
  const { io, signal } = context;
  const paint = paintFor(io);
  const shown = ({ envelope, verdict, line }: VerifiedLicense) =>
    flag(args, 'json')
      ? licenseJson(envelope, verdict, policy, line)
      : `${line}: ${licenseLine(verdict, paint)}\n`;
  const files = textFileLines(source, { stdin: io.stdin, signal, most: LONGEST });
  const runs = verifyLicenseLines(files, keyring, policy);
  return printVerdicts(runs, { noun: 'license', shown, bare }, args, context);
}

async function checkOf(args: Arguments, context: Context): Promise<LicenseCheck> {
  const product = text(args, 'product');
  if (product === undefined || product === '')
    throw new UsageError('--product is missing: name the one that asks');
  const given = await givenKeys(args, context, ['license', 'list']);
  const now = time(args, 'now') ?? new Date();
  const revocations = await givenRevocations(args, context, given.keyring, product, now);
  const [role, nonce] = [choice(args, 'role', ROLES), text(args, 'nonce')];
  const [maxAge, maxFuture, maxListAge] = ['max-age', 'max-future', 'max-list-age'].map((name) =>
    seconds(args, name),
  );
  const [key, device] = [text(args, 'license-key') ?? null, text(args, 'device') ?? null];
  const asked = { role, nonce, maxAge, maxFuture, maxListAge };
  const demands = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  return { ...given, policy: { product, key, device, now, revocations, ...demands } };
}

/** Why no key signed it that may, as for responses; undefined where the verdict says it all. */
async function explainSignature(
  verdict: LicenseVerdict<unknown>,
  envelope: string,
  keyring: Keyring,
): Promise<string | undefined> {
  if (verdict.ok || verdict.kid !== undefined) return undefined;
  const { hint } = verdict;
  const reason = SIGNATURE_REASONS.find((each) => each === verdict.reason);
  if (reason === undefined) return undefined;
  const { explainVerdict } = await import('../../../core/explain/explain.js');
  const explanation = await explainVerdict({ ok: false, reason, hint }, envelope, keyring, {}, 'license');
  return explanation.text === hint ? undefined : explanation.text;
}

/** What is wrong before it is known who signed. */
const SIGNATURE_REASONS = ['malformed', 'unsigned', 'unknown_key', 'unsupported', 'bad_signature'] as const;
