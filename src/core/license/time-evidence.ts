import { keptEntries, keptMember, keptValue } from '../encoding/kept-json.js';
import { isValidDate } from '../encoding/utc-time.js';
import type { Keyring } from '../sign/keyring.js';

/**
 * Why it cannot be earlier than some time, whatever the clock says: plain JSON for whatever storage there is, made by
 * {@link addEvidence}. Times are Unix seconds.
 */
export interface TimeEvidence {
  /** When the app was built. */
  readonly built?: number | undefined;
  /** The latest time that each key signed, by its kid: so what a stolen key signed can be dropped alone. */
  readonly signed?: Readonly<Record<string, number>> | undefined;
  /** The latest time that the clock of this device showed. */
  readonly seen?: number | undefined;
}

/** A verdict of a license, a list of revocations, an update of a keyring: what was verified, by whom, from when. */
export interface SignedAt {
  readonly ok: true;
  readonly kid: string;
  readonly signedAt: Date;
}

const DAY = 86_400;
/** How far the clock of a device may run ahead of all that was signed before it is believed no more. */
const LONGEST_AHEAD = 400 * DAY;

/**
 * The earliest time that it can be now: the latest of when the app was built, what was signed by keys that the keyring
 * does not call compromised, and what the device's clock showed before, as long as that is at most 400 days past the
 * other two. The epoch without evidence; whatever cannot be read of it counts as absent.
 *
 * @example
 * earliestNow({ built: 1767225600 }, keyring).toISOString(); // '2026-01-01T00:00:00.000Z'
 */
export function earliestNow(evidence: unknown, keyring: Keyring): Date {
  const { built, signed, seen } = readEvidence(evidence);
  const proven = latestProof(built, signed, keyring);
  return new Date(1000 * (seen > proven && seen <= proven + LONGEST_AHEAD ? seen : proven));
}

/**
 * The evidence with what was just verified, and with the time that the clock shows. A clock that ran ahead once is
 * forgotten as soon as something newer than all before was signed.
 *
 * @example
 * const evidence = addEvidence({ built: 1767225600 }, verdict, new Date(), keyring);
 * if (verdict.ok) store('evidence', JSON.stringify(evidence));
 */
export function addEvidence(
  evidence: unknown,
  verified: SignedAt | { readonly ok: false },
  now: Date,
  keyring: Keyring,
): TimeEvidence {
  const { built, signed, seen } = readEvidence(evidence);
  const proven = latestProof(built, signed, keyring);
  const clock = isValidDate(now) ? Math.floor(now.getTime() / 1000) : 0;
  const time = verified.ok ? readTime(verified.signedAt.getTime() / 1000) : 0;
  const kept = time > proven ? 0 : seen;
  const latest = new Map(signed);
  if (verified.ok) latest.set(verified.kid, Math.max(time, signed.get(verified.kid) ?? 0));
  return { built, signed: Object.fromEntries(latest), seen: Math.max(kept, clock) };
}

/**
 * The later of what the clock says and the earliest that it can be.
 *
 * @example
 * effectiveNow(new Date(0), earliestNow({ built: 1767225600 }, keyring)).toISOString(); // '2026-01-01T00:00:00.000Z'
 */
export function effectiveNow(now: Date, floor: Date): Date {
  return now < floor ? floor : now;
}

/** Whether the clock is more than a day behind the earliest time that it can be. */
export function isClockBehind(now: Date, floor: Date): boolean {
  return floor.getTime() - now.getTime() > 1000 * DAY;
}

function latestProof(built: number, signed: ReadonlyMap<string, number>, { keys }: Keyring): number {
  const stolen = keys.filter(({ status }) => status === 'compromised').map(({ kid }) => kid);
  return [...signed].reduce(
    (latest, [kid, time]) => (stolen.includes(kid) ? latest : Math.max(latest, time)),
    built,
  );
}

function readEvidence(given: unknown) {
  const evidence = keptValue(given);
  const time = (name: keyof TimeEvidence) => readTime(keptMember(evidence, name));
  const signed = keptEntries(keptMember(evidence, 'signed')).map(([kid, at]) => [kid, readTime(at)] as const);
  return { built: time('built'), signed: new Map(signed), seen: time('seen') };
}

/** The last second of the year 9999 bounds what was damaged. */
function readTime(time: unknown): number {
  return typeof time === 'number' && time > 0 && time < 253_402_300_800 ? Math.floor(time) : 0;
}
