/** The most keys of one chunk, and of one question. */
export const MOST_KEYS = 2_000_000;

/** The keys of a chunk of those that are given: the same cuts whenever they come again. */
export const CHUNK_KEYS = 400_000;

/** A chunk of new keys grows to this part of a ledger. */
const PART = 15;

/**
 * The keys of a chunk of new ones, for a ledger that holds `held`. A chunk writes nearly every page of a large file, however
 * few its keys are: so the larger the ledger, the fewer chunks. More than {@link MOST_KEYS} would take too much memory.
 */
export function chunkKeys(held: number): number {
  const steps = Math.max(1, Math.floor(held / PART / CHUNK_KEYS));
  return Math.min(MOST_KEYS, steps * CHUNK_KEYS);
}
