import type { Explanation } from '../../core/explain/explain.js';
import { signedTime } from '../../core/sign/envelope-reading.js';
import type { Keyring } from '../../core/sign/keyring.js';
import type { VerifyPolicy } from '../../core/sign/policy.js';
import type { Algorithm } from '../../core/sign/public-key.js';
import type { Verdict, Verified } from '../../core/sign/verify.js';
import { shownJson, shownText } from '../../node/files/file-error.js';
import { signedText, verifyNatively } from '../../node/sign/native-verifier.js';
import type { Paint } from '../command/color.js';
import { listing } from './listing.js';

/** What `verify` found out about one envelope. */
export interface Judgement {
  readonly envelope: string;
  readonly verdict: Verdict;
  /** Why the verdict is no. */
  readonly explanation: Explanation | undefined;
}

/** Judges one envelope, and explains a refusal. */
export async function judge(envelope: string, keyring: Keyring, policy: VerifyPolicy): Promise<Judgement> {
  const verdict = await verifyNatively(envelope, keyring, policy);
  if (verdict.ok) return { envelope, verdict, explanation: undefined };
  const { explainVerdict } = await import('../../core/explain/explain.js');
  return { envelope, verdict, explanation: await explainVerdict(verdict, envelope, keyring, policy) };
}

/** The algorithm of the key that signed; null when the verdict is no. */
function algorithmOf({ verdict }: Judgement, keyring: Keyring): Algorithm | null {
  return (verdict.ok && keyring.keys.find(({ kid }) => kid === verdict.kid)?.alg) || null;
}

/** A judgement for people, on several lines. */
export function judgementText(judgement: Judgement, keyring: Keyring, paint: Paint): string {
  const { envelope, verdict, explanation } = judgement;
  if (verdict.ok) {
    return `${paint('green', 'verified')} (${algorithmOf(judgement, keyring)})\n${listing([
      ['key', verdict.kid],
      ['role', verdict.role ?? 'product and global'],
      ['signed', signedAt(verdict)],
      ['payload', shownJson(signedText(envelope))],
    ])}`;
  }
  const { cause, text, path, kid } = explanation ?? {};
  return `${paint('red', 'refused')}: ${verdict.reason}\n${listing([
    ['hint', verdict.hint],
    ...(cause === undefined || cause === verdict.reason ? [] : [['cause', cause] as const]),
    ...(text === undefined || text === verdict.hint ? [] : [['why', text] as const]),
    ...(path === undefined ? [] : [['where', path] as const]),
    ...(kid === undefined ? [] : [['signed by', kid] as const]),
  ])}`;
}

/** A judgement for people, on one line. */
export function judgementLine(judgement: Judgement, keyring: Keyring, paint: Paint): string {
  const { verdict, explanation } = judgement;
  return verdict.ok
    ? `${paint('green', 'verified')} (${algorithmOf(judgement, keyring)}), key ${verdict.kid}`
    : `${paint('red', 'refused')}: ${verdict.reason}: ${shownText(explanation?.text ?? verdict.hint)}`;
}

/** A judgement as a JSON object, on several lines or on one; `line` is where the envelope stood in its file. */
export function judgementJson(judgement: Judgement, keyring: Keyring, line?: number): string {
  const { envelope, verdict, explanation } = judgement;
  const object = {
    schema: 'keywright/verify/v1',
    line,
    ok: verdict.ok,
    reason: verdict.ok ? null : verdict.reason,
    hint: verdict.ok ? null : verdict.hint,
    kid: verdict.ok ? verdict.kid : null,
    role: verdict.ok ? verdict.role : null,
    alg: algorithmOf(judgement, keyring),
    explanation: explanation === undefined ? null : explained(explanation),
  };
  const [space, end] = line === undefined ? ['\n  ', '\n}'] : ['', '}'];
  const head = JSON.stringify(object, null, line === undefined ? 2 : 0);
  const name = line === undefined ? '"payload": ' : '"payload":';
  const payload = verdict.ok ? signedText(envelope) : null;
  return shownJson(`${head.slice(0, -end.length)},${space}${name}${payload}${end}\n`);
}

function explained({ cause, text, path, kid }: Explanation): object {
  return { cause, text, path: path ?? null, kid: kid ?? null };
}

function signedAt({ payload }: Verified): string {
  const date = new Date((signedTime(payload) ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? 'without a time' : date.toISOString().replace('.000', '');
}
