import type { JsonObject } from '../../encoding/json-text.js';

/** The licenses that a server holds, as the records it answers with: a database, or {@link memoryLicenses}. */
export interface LicenseStore {
  /** Takes in a license; one that has the same id is replaced. */
  put(id: string, key: string, record: JsonObject): Promise<void>;
  withId(id: string): Promise<JsonObject | undefined>;
  /** Exact: upper and lower case are two keys. */
  withKey(key: string): Promise<JsonObject | undefined>;
  /** All of them, the oldest first. */
  list(): Promise<readonly JsonObject[]>;
}

/**
 * Licenses in memory, none at first.
 *
 * @example
 * const licenses = memoryLicenses();
 * await licenses.put('1', 'AB-CD', { id: '1', key: 'AB-CD' });
 * (await licenses.withKey('AB-CD'))?.id; // '1'
 */
export function memoryLicenses(): LicenseStore {
  const licenses = new Map<string, { readonly key: string; readonly record: JsonObject }>();
  const ids = new Map<string, string>();
  return {
    put: async (id, key, record) => {
      const replaced = licenses.get(id);
      if (replaced !== undefined) ids.delete(replaced.key);
      licenses.set(id, { key, record });
      ids.set(key, id);
    },
    withId: async (id) => licenses.get(id)?.record,
    withKey: async (key) => licenses.get(ids.get(key) ?? '')?.record,
    list: async () => Array.from(licenses.values(), ({ record }) => record),
  };
}
