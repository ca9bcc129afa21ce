import { isValidDate } from '../encoding/utc-time.js';
import type { ListPolicy } from '../revocations/list-policy.js';
import { isOpened } from '../revocations/revocations.js';
import type { Keyring } from '../sign/keyring.js';
import { checkMembers, misuse, RULES } from '../sign/policy.js';

/** What a sealed key must satisfy besides standing in a sealed batch. */
export interface SealPolicy extends ListPolicy {
  /** Whose seals are accepted: beginnings of origins, up to a slash, as `acme.example`, or whole ones. At least one. */
  readonly origins: readonly string[];
  /** The product that asks; null: unchecked. */
  readonly product: string | null;
  /** The current time: the clock is never read. Null: unchecked, so an expired key is accepted as well. */
  readonly now: Date | null;
  /** Why it cannot be earlier than some time (see `addEvidence`). Whatever cannot be read counts as absent. */
  readonly evidence?: unknown;
  /** Seals that the app brings along, as texts: one of the same batch stands in for the proof's own, when keys were changed. */
  readonly seals?: readonly string[];
}

const isTexts = (value: unknown) =>
  Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '');

/**
 * The policy as it is now, its own members each read once.
 *
 * @throws {KeywrightError} `invalid_option`
 */
export function checkSealPolicy(policy: SealPolicy, keyring: Keyring): SealPolicy {
  const own = checkMembers(policy, keyring, {
    origins: (value) => isTexts(value) && Object(value).length > 0,
    product: (value) => value === null || RULES.product(value),
    now: (value) => value === null || isValidDate(value),
    evidence: () => true,
    seals: isTexts,
    revocations: (lists) => Array.isArray(lists) && lists.every(isOpened),
    maxListAge: RULES.maxAge,
  });
  for (const name of ['origins', 'product', 'now']) {
    if (!(name in own)) throw misuse(name, 'is missing: give it; product and now may be null');
  }
  const { revocations = [], maxListAge, product, now } = own;
  if ((product === null || now === null) && (revocations.length > 0 || maxListAge !== undefined)) {
    throw misuse('revocations', 'are of a product, and judged by the time: give product and now');
  }
  if (revocations.some((list) => list.ok && list.product !== product)) {
    throw misuse('revocations', 'are of another product: open those of this one');
  }
  return own;
}
