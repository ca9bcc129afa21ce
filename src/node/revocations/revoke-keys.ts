import type { RevokedKeys } from './revoked-keys.js';

/** How many of each. */
export class KeysAndOrigins {
  keys = 0;
  origins = 0;

  /** Both. */
  get all(): number {
    return this.keys + this.origins;
  }

  add(id: string, given: RevokedKeys): void {
    if (given.isOrigin(id)) this.origins++;
    else this.keys++;
  }
}

/** What became of the keys that {@link revokeKeys} was given. */
export interface RevokedCounts {
  readonly added: KeysAndOrigins;
  /** Those that were on the list before. */
  readonly known: KeysAndOrigins;
}

/** Adds keys to a list. One that is on it keeps its reason unless there is a new one. */
export function revokeKeys(ids: Map<string, string>, keys: RevokedKeys, reason?: string): RevokedCounts {
  const [added, known] = [new KeysAndOrigins(), new KeysAndOrigins()];
  for (const id of keys.ids) {
    const before = ids.get(id);
    (before === undefined ? added : known).add(id, keys);
    ids.set(id, reason ?? before ?? '');
  }
  return { added, known };
}

/** What became of the keys that {@link restoreKeys} was given. */
export interface RestoredCounts {
  readonly removed: KeysAndOrigins;
  readonly unknown: KeysAndOrigins;
  /** Where those stand that were not on the list, as `keys.txt:12`. */
  readonly places: readonly string[];
}

/** Takes keys off a list. */
export function restoreKeys(ids: Map<string, string>, keys: RevokedKeys): RestoredCounts {
  const [removed, unknown] = [new KeysAndOrigins(), new KeysAndOrigins()];
  const places: string[] = [];
  for (const id of keys.ids) {
    const isListed = ids.delete(id);
    (isListed ? removed : unknown).add(id, keys);
    if (!isListed) places.push(keys.placeOf(id));
  }
  return { removed, unknown, places };
}
