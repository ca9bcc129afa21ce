/** That a batch was taken back: nothing of it should be used. Its keys stay spent. */
export interface Voiding {
  readonly at: Date;
  /** At most 500 characters, none of them a control character. */
  readonly reason: string;
  /** Who took it back, as `user@host`. */
  readonly by: string;
}

/** A shard of a batch that is to be void, or no longer. */
export interface VoidedShard {
  /** As `2/8`; `1/1` for a batch without shards. */
  readonly shard: string;
  /** Keys that the batch issued, or was given. */
  readonly count: number;
  /** False where it was so before. */
  readonly changed: boolean;
  /** Null where it is not void now. */
  readonly voided: Voiding | null;
}
