import { formatUtcTime } from '../../core/encoding/utc-time.js';
import type { License } from '../../core/license/license.js';
import type { LicensePolicy } from '../../core/license/license-policy.js';
import type { LicenseVerdict } from '../../core/license/verify-license.js';
import { shownJson, shownText } from '../../node/files/file-error.js';
import { signedText } from '../../node/sign/native-verifier.js';
import type { Paint } from '../command/color.js';
import { listing } from './listing.js';

/** What a verdict says nothing about, for it was not asked. */
export type Unchecked = 'key' | 'revocations';

const OPTION_OF: Readonly<Record<Unchecked, string>> = { key: '--license-key', revocations: '--revocations' };

/** What of a license a policy leaves unchecked. */
export function uncheckedBy({ key, revocations }: LicensePolicy): readonly Unchecked[] {
  const without = (revocations ?? []).length === 0;
  return [...(key === null ? (['key'] as const) : []), ...(without ? (['revocations'] as const) : [])];
}

/** A license's verdict under a policy for people, on several lines; `why` no key signed it that may. */
export function licenseText(
  verdict: LicenseVerdict<unknown>,
  policy: LicensePolicy,
  paint: Paint,
  why?: string,
): string {
  const { license } = verdict;
  const rows = license === undefined ? [] : licenseRows(license);
  if (!verdict.ok) {
    return `${paint('red', 'refused')}: ${verdict.reason}\n${listing([
      ['hint', verdict.hint],
      ...(why === undefined ? [] : [['why', shownText(why)] as const]),
      ...rows,
    ])}`;
  }
  return `${paint('green', 'valid')}\n${listing([
    ...rows,
    ['signed', formatUtcTime(verdict.signedAt)],
    ['signed by', verdict.kid],
    ...uncheckedBy(policy).map((what) => ['unchecked', `${what}: give ${OPTION_OF[what]}`] as const),
  ])}`;
}

/** The same on one line. */
export function licenseLine(verdict: LicenseVerdict<unknown>, paint: Paint): string {
  return verdict.ok
    ? `${paint('green', 'valid')} ${untilText(verdict.license)}`
    : `${paint('red', 'refused')}: ${verdict.reason}: ${shownText(verdict.hint)}`;
}

/** The same as a JSON object, on several lines or on one; `line` is where the license stood in its file. */
export function licenseJson(
  envelope: string,
  verdict: LicenseVerdict<unknown>,
  policy: LicensePolicy,
  line?: number,
  why?: string,
): string {
  const { license } = verdict;
  const object = {
    schema: 'keywright/verify-license/v1',
    line,
    ok: verdict.ok,
    reason: verdict.ok ? null : verdict.reason,
    hint: verdict.ok ? null : verdict.hint,
    why: why ?? null,
    kid: verdict.kid ?? null,
    signedAt: verdict.ok ? formatUtcTime(verdict.signedAt) : null,
    listStale: verdict.ok && verdict.listStale,
    unchecked: uncheckedBy(policy),
  };
  const [space, end] = line === undefined ? ['\n  ', '\n}'] : ['', '}'];
  const head = JSON.stringify(object, null, line === undefined ? 2 : 0);
  const name = line === undefined ? '"payload": ' : '"payload":';
  // As it was signed, so that no number changes.
  const payload = license === undefined ? null : signedText(envelope);
  return shownJson(`${head.slice(0, -end.length)},${space}${name}${payload}${end}\n`);
}

function licenseRows(license: License): readonly (readonly [string, string])[] {
  const { key, product, devices, entitlements } = license;
  return [
    ['product', shownText(product)],
    ['license', shownText(key)],
    ['valid', untilText(license)],
    ...(devices === undefined ? [] : [['devices', shownText(devices.join(', '))] as const]),
    ...(Object.keys(entitlements).length === 0
      ? []
      : [['allows', shownJson(JSON.stringify(entitlements))] as const]),
  ];
}

function untilText({ validFrom, validUntil }: License): string {
  const from = validFrom === undefined ? '' : `from ${formatUtcTime(validFrom)} `;
  return `${from}${validUntil === null ? 'for ever' : `until ${formatUtcTime(validUntil)}`}`;
}
