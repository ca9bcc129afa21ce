import type { CopyConflict } from './copy-plan.js';

/** A batch that was being issued when it was copied: its run has no claim in the copy. */
export interface VoidClaim {
  readonly id: string;
  readonly shard: string;
  readonly by: string;
}

/** What a copy came to. */
export interface CopyReport {
  /** The id that both ledgers have. */
  readonly id: string;
  /** Whether it was only looked at what it would do. */
  readonly dryRun: boolean;
  /** Batches where the copy comes from. */
  readonly batches: number;
  /** Of these: new there; brought up to date there; the rest was the same before. */
  readonly added: number;
  readonly updated: number;
  /** Keys where the copy comes from. */
  readonly keys: number;
  /** Of these, those that the other ledger did not hold. */
  readonly copied: number;
  /** Why nothing was copied; with `keepBoth`, keys that two batches have now. */
  readonly conflicts: readonly CopyConflict[];
  /** Whether nothing was copied because of them. */
  readonly refused: boolean;
  /** Batches under way: whoever issues them goes on in the ledger that was copied, or begins again in the copy. */
  readonly voidClaims: readonly VoidClaim[];
  /** Whether the ledger that was copied issues nothing more, and says where to. */
  readonly moved: boolean;
}
