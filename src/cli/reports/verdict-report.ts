import { decodeBase64 } from '../../core/encoding/base64.js';
import type { Explanation } from '../../core/explain/explain.js';
import type { Keyring } from '../../core/sign/keyring.js';
import type { VerifyPolicy } from '../../core/sign/policy.js';
import type { Algorithm } from '../../core/sign/public-key.js';
import { type Verdict, type Verified, verifyResponse } from '../../core/sign/verify.js';
import { shownJson, shownText } from '../../node/files/file-error.js';
import type { Paint } from '../command/color.js';
import { listing } from './listing.js';

/** What `verify` found out about one envelope. */
export interface Judgement {
  readonly verdict: Verdict;
  /** The algorithm of the key that signed; null when the verdict is no. */
  readonly alg: Algorithm | null;
  /** The payload's text as it was signed; null when the verdict is no. */
  readonly payload: string | null;
  /** Why the verdict is no. */
  readonly explanation: Explanation | undefined;
}

/** Judges one envelope, and explains a refusal. */
export async function judge(envelope: string, keyring: Keyring, policy: VerifyPolicy): Promise<Judgement> {
  const verdict = await verifyResponse(envelope, keyring, policy);
  if (!verdict.ok) {
    const { explainVerdict } = await import('../../core/explain/explain.js');
    const explanation = await explainVerdict(verdict, envelope, keyring, policy);
    return { verdict, alg: null, payload: null, explanation };
  }
  const alg = keyring.keys.find(({ kid }) => kid === verdict.kid)?.alg ?? null;
  return { verdict, alg, payload: signedText(envelope), explanation: undefined };
}

/** The signed text of an envelope that was verified: printing it changes no number. */
function signedText(envelope: string): string {
  const { response_base64: base64 }: { readonly response_base64: string } = JSON.parse(envelope);
  return new TextDecoder().decode(decodeBase64(base64));
}

/** A judgement for people, on several lines. */
export function judgementText(judgement: Judgement, paint: Paint): string {
  const { verdict, alg, payload, explanation } = judgement;
  if (verdict.ok) {
    return `${paint('green', 'verified')} (${alg})\n${listing([
      ['key', verdict.kid],
      ['role', verdict.role ?? 'product and global'],
      ['signed', signedAt(verdict)],
      ['payload', shownJson(payload ?? '')],
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
export function judgementLine({ verdict, alg, explanation }: Judgement, paint: Paint): string {
  return verdict.ok
    ? `${paint('green', 'verified')} (${alg}), key ${verdict.kid}`
    : `${paint('red', 'refused')}: ${verdict.reason}: ${shownText(explanation?.text ?? verdict.hint)}`;
}

/** A judgement as a JSON object, on several lines or on one; `line` is where the envelope stood in its file. */
export function judgementJson(judgement: Judgement, line?: number): string {
  const { verdict, alg, payload, explanation } = judgement;
  const object = {
    schema: 'keywright/verify/v1',
    line,
    ok: verdict.ok,
    reason: verdict.ok ? null : verdict.reason,
    hint: verdict.ok ? null : verdict.hint,
    kid: verdict.ok ? verdict.kid : null,
    role: verdict.ok ? verdict.role : null,
    alg,
    explanation: explanation === undefined ? null : explained(explanation),
  };
  const [space, end] = line === undefined ? ['\n  ', '\n}'] : ['', '}'];
  const head = JSON.stringify(object, null, line === undefined ? 2 : 0);
  const name = line === undefined ? '"payload": ' : '"payload":';
  return shownJson(`${head.slice(0, -end.length)},${space}${name}${payload}${end}\n`);
}

function explained({ cause, text, path, kid }: Explanation): object {
  return { cause, text, path: path ?? null, kid: kid ?? null };
}

function signedAt({ payload }: Verified): string {
  const { timestamp } = payload;
  const date = typeof timestamp === 'number' ? new Date(timestamp * 1000) : new Date(Number.NaN);
  return Number.isNaN(date.getTime()) ? 'without a time' : date.toISOString().replace('.000', '');
}
