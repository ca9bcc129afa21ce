import type { RevokedKeys } from './revoked-keys.js';

/** What became of the keys that {@link revokeKeys} was given. */
export interface RevokedCounts {
  readonly added: number;
  /** Those that were on the list before. */
  readonly known: number;
}

/** Adds keys to a list. One that is on it keeps its reason unless there is a new one. */
export function revokeKeys(ids: Map<string, string>, keys: RevokedKeys, reason?: string): RevokedCounts {
  let [added, known] = [0, 0];
  for (const id of keys.ids) {
    const before = ids.get(id);
    if (before === undefined) added++;
    else known++;
    ids.set(id, reason ?? before ?? '');
  }
  return { added, known };
}

/** What became of the keys that {@link restoreKeys} was given. */
export interface RestoredCounts {
  readonly removed: number;
  /** Where those stand that were not on the list, as `keys.txt:12`. */
  readonly unknown: readonly string[];
}

/** Takes keys off a list. */
export function restoreKeys(ids: Map<string, string>, keys: RevokedKeys): RestoredCounts {
  const unknown: string[] = [];
  let removed = 0;
  for (const id of keys.ids) {
    if (ids.delete(id)) removed++;
    else unknown.push(keys.placeOf(id));
  }
  return { removed, unknown };
}
