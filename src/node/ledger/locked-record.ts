import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const NONCE = 12;
const TAG = 16;

/**
 * Seals a text with AES-256-GCM under a key of its own, derived from the ledger's secret (HKDF, RFC 5869). What
 * a batch published is locked, because the hash of a file of one key would tell a guessed key from a wrong one.
 */
export function seal(secret: Uint8Array, text: string): Uint8Array {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(secret), nonce);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** What {@link seal} locked. Throws what node:crypto throws when it was changed or locked under another secret. */
export function openLocked(secret: Uint8Array, locked: Uint8Array): string {
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(secret), locked.subarray(0, NONCE), {
    authTagLength: TAG,
  });
  decipher.setAuthTag(locked.subarray(-TAG));
  const text = decipher.update(locked.subarray(NONCE, -TAG));
  return Buffer.concat([text, decipher.final()]).toString('utf8');
}

function sealingKey(secret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'keywright ledger v1, locked files', 32));
}
