/** What a key signs: answers about one product, or all others. The envelope's `private_key_used`. */
export type KeyringRole = 'product' | 'global';

/** Whether `value` is the name of a role. */
export function isRole(value: unknown): value is KeyringRole {
  return value === 'product' || value === 'global';
}
