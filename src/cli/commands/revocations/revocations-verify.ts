import { formatUtcTime } from '../../../core/encoding/utc-time.js';
import {
  openRevocations,
  type RefusedRevocations,
  type Revocations,
} from '../../../core/revocations/revocations.js';
import { revokedId } from '../../../core/revocations/revoked-id.js';
import { readRevocationsBytes } from '../../../node/revocations/revocations-file.js';
import type { Command } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import { flag, flagged, list, text, time, valued } from '../../command/options.js';
import { givenKeys, VERIFYING_OPTIONS } from '../../options/given-keys.js';
import { inputOf, refuseSharedStdin } from '../../options/key-options.js';
import { jsonReport, listing } from '../../reports/listing.js';
import { faultSentence } from '../../reports/note-faults.js';
import { termLines, termsJson } from '../../reports/revocations-report.js';

/** `keywright revocations verify`: whether a list is to be believed, and whether it revokes a key. */
export const revocationsVerifyCommand: Command = {
  name: 'revocations verify',
  operands: 'FILE|- (--public-key PEM | --keyring FILE) --name N --product P [options]',
  describe: 'Verify a list of revoked keys: exit 0, or 1 and why not. Also whether it revokes a key.',
  options: {
    ...VERIFYING_OPTIONS,
    name: valued('the name it has to be published under'),
    product: valued('the product it has to be for'),
    'license-key': valued('a license key: exit 1 when it is revoked'),
    now: valued('the time to compare with: ISO 8601 or Unix seconds (default the clock)'),
    json: flagged('print JSON'),
  },
  examples: [
    [
      'With the public key of the pair that signed',
      'revocations verify revoked.list --public-key app.public.pem --name acme.example/app --product app',
    ],
    [
      'As an app does, with its keyring',
      'revocations verify revoked.list --keyring keyring.json --name acme.example/app --product app --json',
    ],
    [
      'Whether a key is revoked',
      'revocations verify revoked.list --public-key app.public.pem --name acme.example/app --product app --license-key AAAA-0001',
    ],
  ],
  epilogue:
    'A list whose next issue is overdue is told, and is no refusal: an app demands a fresh one by maxListAge.',

  async run(args, context) {
    const file = inputOf(context, 'list of revoked keys');
    refuseSharedStdin([file, ...list(args, 'public-key'), text(args, 'keyring')]);
    const [name, product] = [text(args, 'name'), text(args, 'product')];
    if (name === undefined) throw new UsageError('--name is missing: demand the name of the list');
    if (product === undefined) throw new UsageError('--product is missing: demand the product of the list');
    const { keyring } = await givenKeys(args, context, ['list']);
    const { io, signal } = context;
    const bytes = await readRevocationsBytes(file, { stdin: io.stdin, signal });
    const now = time(args, 'now') ?? new Date();
    const opened = await openRevocations(bytes, keyring, { name, product, now });
    const key = text(args, 'license-key');
    if (key !== undefined && revokedId(key, 'canonical') === undefined)
      throw new UsageError('--license-key is no license key: give it as it was issued');
    const reason = key === undefined || !opened.ok ? undefined : opened.reasonOf(key);
    const told = { opened, file, revoked: key === undefined ? undefined : reason !== undefined, reason };
    await context.print(flag(args, 'json') ? asJson(told) : asText(told));
    return opened.ok && reason === undefined ? DONE : NO;
  },
};

interface Told {
  readonly opened: Revocations | RefusedRevocations;
  readonly file: string;
  /** Whether the key that was asked for is revoked. */
  readonly revoked: boolean | undefined;
  readonly reason: string | undefined;
}

function asJson({ opened, file, revoked, reason }: Told): string {
  if (!opened.ok) {
    const { ok, fault, cause = null } = opened;
    return jsonReport('revocations-verify', {
      file,
      ok,
      reason: opened.reason,
      fault,
      cause,
      message: sentence(opened),
    });
  }
  const { ok, kid, isStale } = opened;
  const terms = termsJson({ ...opened, issued: opened.signedAt });
  return jsonReport('revocations-verify', {
    file,
    ok,
    ...terms,
    kid,
    stale: isStale,
    revoked: revoked ?? null,
    why: reason ?? null,
  });
}

function asText({ opened, revoked, reason }: Told): string {
  if (!opened.ok) return `refused: ${opened.reason}\n${sentence(opened)}\n`;
  const { kid, isStale, next } = opened;
  const why = reason === undefined || reason === '' ? '' : `: ${reason}`;
  return `verified\n${listing([
    ...termLines({ ...opened, issued: opened.signedAt }),
    ['signed by', kid],
    ...(isStale ? [['stale', `the next issue was due at ${formatUtcTime(next)}`] as const] : []),
    ...(revoked === undefined ? [] : [['key', revoked ? `revoked${why}` : 'not revoked'] as const]),
  ])}`;
}

function sentence({ cause = 'malformed', fault }: RefusedRevocations): string {
  return faultSentence(cause, fault);
}
