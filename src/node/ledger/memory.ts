import { randomBytes } from 'node:crypto';
import type { Comparison } from '../../core/dedupe/compared-text.js';
import { KeyedLedger } from './keyed-ledger.js';
import { MemoryStore } from './memory/memory-store.js';
import type { Ledger } from './model/ledger.js';
import { newLedger } from './root-key.js';

/** How {@link memoryLedger} compares. */
export interface MemoryLedgerOptions {
  readonly comparison?: Comparison | undefined;
  readonly now?: Date | undefined;
}

/**
 * A ledger that ends with the process: for tests, and for whoever wants batches kept apart within one run. It
 * keeps the whole contract but for durability. Its secret is random and stays outside. It has no name, so nothing opens
 * or copies it.
 *
 * @example
 * const ledger = memoryLedger();
 * (await ledger.status()).keys.issued; // 0
 */
export function memoryLedger({ comparison = 1, now = new Date(0) }: MemoryLedgerOptions = {}): Ledger {
  const { header, keys } = newLedger(randomBytes(32), { comparison, createdAt: now });
  return new KeyedLedger(new MemoryStore(header), keys);
}
