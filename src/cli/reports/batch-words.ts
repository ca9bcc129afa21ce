import type { Voiding } from '../../node/ledger/model/voiding.js';

/** Who took a batch back, when and why; nothing where nobody did. */
export function voidingWords(voided: Voiding | null): string {
  return voided === null ? '' : `, voided ${voided.at.toISOString()} by ${voided.by}: ${voided.reason}`;
}

/** The same for programs. */
export function voidingJson(voided: Voiding | null): object | null {
  return voided && { at: voided.at.toISOString(), by: voided.by, reason: voided.reason };
}
