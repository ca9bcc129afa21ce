/** That a batch was taken back: nothing of it should be used. Its keys stay spent. */
export interface Voiding {
  readonly at: Date;
  /** At most 500 characters, none of them a control character. */
  readonly reason: string;
  /** Who took it back, as `user@host`. */
  readonly by: string;
}

/** Why a batch is taken back, and by whom. */
export type TakenBack = Pick<Voiding, 'reason' | 'by'>;

/** Whether a batch is void, and since when it is, or is not: of two ledgers, the later word holds. */
export interface VoidState {
  readonly voided: Voiding | null;
  /** Null where nobody ever said so; later than all that its ledger had heard of before. */
  readonly voidSaidAt: Date | null;
}

/** What becomes of it when somebody says otherwise: later than what was said before, whatever the clocks say. */
export function saidNow({ voidSaidAt: last }: VoidState, taken: TakenBack | null, now: Date): VoidState {
  const voidSaidAt = last === null ? now : new Date(Math.max(now.getTime(), last.getTime() + 1));
  return { voided: taken && { at: now, reason: taken.reason, by: taken.by }, voidSaidAt };
}

/** Of two ledgers that hold one batch: what the later one says. Of one moment, that it is void. */
export function laterSaid(one: VoidState, other: VoidState): VoidState {
  const [a, b] = [one.voidSaidAt?.getTime() ?? -1, other.voidSaidAt?.getTime() ?? -1];
  if (a !== b) return a > b ? one : other;
  return other.voided === null || one.voided !== null ? one : other;
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
