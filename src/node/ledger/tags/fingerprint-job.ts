import type { Comparison } from '../../../core/dedupe/compared-text.js';
import type { KeySet, LedgerKeys } from '../model/ledger.js';
import type { Fingerprints } from '../model/store.js';

/** What the thread is made with. */
export interface FingerprintWorkerData {
  readonly secret: Uint8Array;
  readonly comparison: Comparison;
}

/** Keys on their way to the thread. */
export interface FingerprintJob {
  readonly id: number;
  readonly set: KeySet;
  readonly keys: LedgerKeys;
  readonly rated: boolean;
}

/** What comes back, beside the keys: fingerprints, or which key is none. */
export type FingerprintAnswer = { readonly id: number; readonly keys: LedgerKeys } & (
  | { readonly fingerprints: Fingerprints }
  | { readonly message: string; readonly position: number }
);

/** The buffers that move with keys. */
export function buffersOf(keys: LedgerKeys): ArrayBuffer[] {
  const arrays = 'stride' in keys ? [keys.bytes] : [keys.bytes, keys.spans];
  return arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
}
