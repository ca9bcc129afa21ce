import type { KeyringRole } from './role.js';

/** The line of text that is an envelope; nothing is looked at. */
export function writeEnvelope(text: string, base64: string, role: KeyringRole, signature: string): string {
  return `{"response":${text},"response_base64":"${base64}","private_key_used":"${role}","signature":"${signature}"}`;
}
