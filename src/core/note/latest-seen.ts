import { keptList, keptMember, keptValue } from '../encoding/kept-json.js';
import { formatUtcTime, parseUtcTime } from '../encoding/utc-time.js';
import type { Keyring } from '../sign/keyring.js';
import type { OpenedBody } from './signed-body.js';

/**
 * What a client keeps of the newest issue it has seen, so that nobody can hand it an older one: plain JSON, for whatever
 * storage there is.
 */
export interface LatestSeen {
  readonly name: string;
  /** One entry for each key that signed: a number says nothing about the numbers of other keys. */
  readonly seen: readonly SeenIssue[];
}

/** The newest issue that one key signed. */
export interface SeenIssue {
  readonly kid: string;
  readonly number: number;
  /** The base64 of the body's SHA-256. */
  readonly sha256: string;
  /** RFC 3339 in UTC. */
  readonly issued: string;
}

/** What was kept, as far as it can be read and is of that name: who can damage it could as well have deleted it. */
export function readLatest(given: unknown, name: string): readonly SeenIssue[] {
  const kept = keptValue(given);
  return keptMember(kept, 'name') === name ? keptList(keptMember(kept, 'seen')).flatMap(readIssue) : [];
}

function readIssue(issue: unknown): readonly SeenIssue[] {
  const member = (name: keyof SeenIssue) => keptMember(issue, name);
  const [kid, number, sha256, issued] = [member('kid'), member('number'), member('sha256'), member('issued')];
  const isSound = typeof kid === 'string' && typeof number === 'number' && Number.isSafeInteger(number);
  if (!isSound || typeof sha256 !== 'string' || typeof issued !== 'string') return [];
  return parseUtcTime(issued) === undefined ? [] : [{ kid, number, sha256, issued }];
}

/** Whether an issue goes back behind what was seen of the same keys: a lower number, or the same of another body. */
export function isRollback({ lines, signers }: OpenedBody, seen: readonly SeenIssue[]): boolean {
  return seen.some(
    ({ kid, number, sha256 }) =>
      signers.some((signer) => signer.kid === kid) &&
      (lines.number < number || (lines.number === number && lines.sha256 !== sha256)),
  );
}

/**
 * Whether an issue is older than what was seen, also of other keys. What keys signed that are compromised by now, or no
 * longer trusted, is passed over, or a thief's date would lock the repair out.
 */
export function isOlder({ lines }: OpenedBody, seen: readonly SeenIssue[], { keys }: Keyring): boolean {
  return seen.some(
    ({ kid, issued }) =>
      lines.issued.getTime() < Date.parse(issued) &&
      keys.some((key) => key.kid === kid && key.status !== 'compromised'),
  );
}

/**
 * Whether an issue was signed before one that was seen of other keys: it may be an old one that lost a signature since. What
 * keys signed that `keyring`, which may have come with it, calls compromised is passed over: a thief's date would lock the
 * repair out.
 */
export function isSuperseded(
  { lines, signers }: OpenedBody,
  seen: readonly SeenIssue[],
  { keys }: Keyring,
): boolean {
  const passed = [...signers, ...keys.filter(({ status }) => status === 'compromised')];
  return seen.some(
    ({ kid, issued }) =>
      lines.issued.getTime() < Date.parse(issued) && !passed.some((key) => key.kid === kid),
  );
}

/** What a client keeps after it has taken an issue. */
export function keepLatest({ lines, signers }: OpenedBody, seen: readonly SeenIssue[]): LatestSeen {
  const { name, number, sha256 } = lines;
  const issued = formatUtcTime(lines.issued);
  const others = seen.filter(({ kid }) => !signers.some((signer) => signer.kid === kid));
  return { name, seen: [...others, ...signers.map(({ kid }) => ({ kid, number, sha256, issued }))] };
}
