/** What stands over a ledger as a whole. */
export interface LedgerMarks {
  /** Where it went on, and when. */
  readonly movedTo: string | null;
  readonly movedAt: Date | null;
  /** A copy into it is under way, or was cut off. */
  readonly copying: boolean;
  /** It was restored from a backup, and nobody has said yet that what was issued since is in it. */
  readonly restoring: boolean;
}
