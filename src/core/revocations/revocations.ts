import { isValidDate, parseUtcTime } from '../encoding/utc-time.js';
import { isOlder, isRollback, keepLatest, type LatestSeen, readLatest } from '../note/latest-seen.js';
import { isNoteName } from '../note/note.js';
import { type BodyKind, type BodyReason, type OpenedBody, openBody } from '../note/signed-body.js';
import type { Keyring } from '../sign/keyring.js';
import { checkMembers, misuse, RULES } from '../sign/policy.js';
import { countRows, findRow } from './id-rows.js';
import {
  ID_WIDTH,
  isLicenseComparison,
  type LicenseComparison,
  revokedId,
  revokedOriginId,
} from './revoked-id.js';

/** What {@link openRevocations} demands of a list. */
export interface RevocationsPolicy {
  /** The name that the list is published under, as `acme.example/licenses`. */
  readonly name: string;
  /** The product whose keys it revokes. */
  readonly product: string;
  /** The current time: the clock is never read. */
  readonly now: Date;
  /**
   * What was kept of the list before (its `latest`, or the JSON text of that): an older one is refused. Whatever cannot be
   * read counts as nothing.
   */
  readonly last?: unknown;
}

/** A signed list of revoked keys that is to be believed. Made by {@link openRevocations} alone. */
export interface Revocations {
  readonly ok: true;
  readonly name: string;
  readonly product: string;
  readonly comparison: LicenseComparison;
  /** Grows from one issue to the next. */
  readonly number: number;
  /** How many keys are revoked. */
  readonly count: number;
  /** When it was signed. */
  readonly signedAt: Date;
  /** When the next issue is due. */
  readonly next: Date;
  /** Whether the next issue was due at the `now` that was given. */
  readonly isStale: boolean;
  /** The key that signed; of several the first that is trusted. */
  readonly kid: string;
  /** What to keep, as JSON, and to give as `last` the next time. */
  readonly latest: LatestSeen;
  /** Whether `key` is revoked, in whatever spelling. */
  has(key: string): boolean;
  /** Whether the batch that is sealed under this origin is revoked, as a whole. */
  hasOrigin(origin: string): boolean;
  /** Why `key` is revoked, in one word, empty where the list does not say; undefined when it is not revoked. */
  reasonOf(key: string): string | undefined;
}

/** A list that is not to be believed. `verifyLicense` takes it as well, and refuses with its reason. */
export interface RefusedRevocations {
  readonly ok: false;
  readonly reason: RevocationsReason;
  /** What is wrong with it: the name of a line, or `size`, `note`, `schema`, `lines`, `body`. */
  readonly fault: string;
  /** Why its signature does not count, where that is the fault. */
  readonly cause?: BodyReason | undefined;
}

/** What went through the checks: nothing that only looks like it is among these. */
const OPENED = /* @__PURE__ */ new WeakSet<object>();

function mark<Answer extends object>(answer: Answer): Answer {
  OPENED.add(Object.freeze(answer));
  return answer;
}

/** Whether `value` was made by {@link openRevocations}, and does not only look like it. */
export function isOpened(value: unknown): boolean {
  return OPENED.has(Object(value));
}

function refuse(reason: RevocationsReason, fault: string, cause?: BodyReason): RefusedRevocations {
  return mark({ ok: false, reason, fault, cause });
}

/** Why a list is not to be believed: it is no such list that a trusted key signed, or it is older than one that was seen. */
export type RevocationsReason = 'list_bad' | 'list_rollback';

/**
 * Reads a signed list of revoked keys: its bytes or its text, at most 64 MiB, near four million keys. The answer goes to
 * `verifyLicense`, whatever it is; with `ok` it also tells of keys one by one.
 *
 * Any list whatever gets an answer. Believed is what a key of the keyring with the purpose `list` signed under that name,
 * for that product; of which no newer number of the same key, and no later issue of any key that is still trusted, was
 * seen before (`last`); whose rows are sorted ids, each once, as many as it says.
 *
 * @throws {KeywrightError} `invalid_option` for misuse only: a keyring that `parseKeyring` did not make; a name, a product or
 * a `now` that is missing.
 *
 * @example
 * const revoked = await openRevocations(bytes, keyring, { name: 'acme.example/app', product: 'app', now: new Date(), last });
 * if (revoked.ok) store('last', JSON.stringify(revoked.latest));
 */
export async function openRevocations(
  list: unknown,
  keyring: Keyring,
  policy: RevocationsPolicy,
): Promise<Revocations | RefusedRevocations> {
  const { name, product, now, last } = checkMembers(policy, keyring, {
    name: isNoteName,
    product: RULES.product,
    now: isValidDate,
    last: () => true,
  });
  if (!name || !product || !now) throw misuse('policy', 'is not whole: give name, product and now');
  const opened = openBody(list, LIST, keyring);
  if (!opened.ok) return refuse('list_bad', opened.fault, opened.reason);
  const terms = readTerms(opened, name, product);
  if (typeof terms === 'string') return refuse('list_bad', terms);
  const seen = readLatest(last, name);
  if (isRollback(opened, seen) || isOlder(opened, seen, keyring)) return refuse('list_rollback', 'number');
  const { body, lines, signers } = opened;
  const reasonOf = (key: string) => {
    const id = revokedId(key, terms.comparison);
    return id === undefined ? undefined : findRow(body, id);
  };
  return mark({
    ok: true,
    name,
    ...terms,
    number: lines.number,
    signedAt: lines.issued,
    isStale: now >= terms.next,
    kid: signers[0].kid,
    latest: keepLatest(opened, seen),
    has: (key) => reasonOf(key) !== undefined,
    hasOrigin: (origin) => findRow(body, revokedOriginId(origin)) !== undefined,
    reasonOf,
  });
}

/** The note of a list. */
export const LIST: BodyKind = {
  artefact: 'list',
  lines: ['name', 'kind', 'product', 'comparison', 'number', 'issued', 'next', 'width', 'count', 'sha256'],
};

/** The kind of list that revokes; there is no other. */
export const REVOKED = 'revoked';

/** What the lines of a list say beside its name, number and time. */
export interface ListTerms {
  readonly product: string;
  readonly comparison: LicenseComparison;
  readonly next: Date;
  readonly count: number;
}

/** What the lines of a list say, or the name of the one that is wrong. */
export function readTerms(
  { body, lines }: Pick<OpenedBody, 'body' | 'lines'>,
  name: string,
  product: string,
): ListTerms | string {
  const { all, issued } = lines;
  const expected = { name, product, kind: REVOKED, width: String(ID_WIDTH) };
  const wrong = Object.entries(expected).find(([line, value]) => all.get(line) !== value);
  if (wrong !== undefined) return wrong[0];
  const [comparison, next] = [all.get('comparison'), parseUtcTime(all.get('next'))];
  if (!isLicenseComparison(comparison)) return 'comparison';
  if (next === undefined || next <= issued) return 'next';
  const count = countRows(body);
  if (count === undefined) return 'body';
  return all.get('count') === String(count) ? { product, comparison, next, count } : 'count';
}
