import type { RefusedRevocations, Revocations, RevocationsReason } from './revocations.js';
import type { LicenseComparison } from './revoked-id.js';

/** What a policy says of lists of revoked keys. */
export interface ListPolicy {
  /** Lists of revoked keys, as `openRevocations` answered, with `ok` or without. */
  readonly revocations?: readonly (Revocations | RefusedRevocations)[];
  /** The oldest list accepted, in seconds; without a list that is younger, and not overdue, the answer is no. */
  readonly maxListAge?: number;
}

/** Why lists refuse; the first that applies, in the order they stand here. */
export type ListBreach = RevocationsReason | 'list_missing' | 'list_stale' | 'revoked';

/** What the lists of a policy have against what is compared so and was found `isRevoked` by a list, or undefined. */
export function findListBreach(
  { comparison }: { readonly comparison: LicenseComparison },
  { revocations = [], maxListAge }: ListPolicy,
  now: Date,
  isRevoked: (list: Revocations) => boolean,
): ListBreach | undefined {
  const refused = revocations.flatMap((list) => (list.ok ? [] : [list.reason]));
  if (refused.length > 0) return refused.includes('list_bad') ? 'list_bad' : 'list_rollback';
  const lists = revocations.filter((list) => list.ok);
  // A list that compares otherwise may name this very key in a spelling that it does not find.
  if (lists.some((list) => list.comparison !== comparison)) return 'list_bad';
  if (maxListAge !== undefined) {
    if (lists.length === 0) return 'list_missing';
    const oldest = new Date(now.getTime() - 1000 * maxListAge);
    if (lists.some(({ signedAt, next }) => signedAt < oldest || now >= next)) return 'list_stale';
  }
  return lists.some(isRevoked) ? 'revoked' : undefined;
}

/** What to do about it. */
export const LIST_HINTS: Readonly<Record<ListBreach, string>> = {
  list_bad: 'The list of revoked keys was changed: fetch it again.',
  list_rollback: 'The list of revoked keys is older than one before: fetch it again.',
  list_missing: 'There is no list of revoked keys: fetch it.',
  list_stale: 'The list of revoked keys is too old: fetch it again.',
  revoked: 'It was revoked: ask the seller.',
};
