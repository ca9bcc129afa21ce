import type { LedgerSnapshot } from '../model/copying.js';
import type { CopyConflict, CopyPlan } from './copy-plan.js';
import type { CopyReport, VoidClaim } from './copy-report.js';
import type { Overlaps } from './overlap.js';

/** What a copy came to, over all rounds: one that moves a ledger looks again, while somebody writes to it. */
export class CopyFigures {
  readonly #added = new Set<string>();
  readonly #updated = new Set<string>();
  readonly #conflicts = new Map<string, CopyConflict>();
  readonly #begun = new Map<string, VoidClaim>();
  #copied = 0;

  /** After another round. */
  after(
    from: LedgerSnapshot,
    overlaps: Overlaps,
    plan: CopyPlan,
  ): Omit<CopyReport, 'dryRun' | 'refused' | 'moved'> {
    const names = new Map(from.batches.map((batch) => [batch.number, `${batch.id} ${batch.shard}`]));
    const nameOf = (number: number) => names.get(number) ?? '';
    for (const { number } of plan.arriving) this.#added.add(nameOf(number));
    for (const number of [...plan.found.keys(), ...plan.batches.keys()])
      if (!this.#added.has(nameOf(number))) this.#updated.add(nameOf(number));
    const keys = keysIn(from);
    this.#copied += keys;
    for (const counts of overlaps.values()) for (const count of counts.values()) this.#copied -= count;
    for (const conflict of plan.conflicts) this.#note(conflict);
    for (const { number, state, id, shard, by } of from.batches) {
      if (state !== 'reserving') this.#begun.delete(nameOf(number));
      else if (plan.batches.has(number)) this.#begun.set(nameOf(number), { id, shard, by });
    }
    return {
      id: from.header.id,
      batches: from.batches.length,
      added: this.#added.size,
      updated: this.#updated.size,
      keys,
      copied: this.#copied,
      conflicts: [...this.#conflicts.values()],
      voidClaims: [...this.#begun.values()],
    };
  }

  /** Keys of two batches that were copied in an earlier round are no conflict any more. */
  #note(conflict: CopyConflict): void {
    const { problem, id, shard, other } = conflict;
    const name = [problem, id, shard, other?.id, other?.shard].join(' ');
    const keys = this.#conflicts.get(name)?.keys;
    this.#conflicts.set(
      name,
      keys === undefined ? conflict : { ...conflict, keys: keys + (conflict.keys ?? 0) },
    );
  }
}

/** Keys that a ledger holds. */
export function keysIn({ chunks }: LedgerSnapshot): number {
  return chunks.reduce((sum, { recorded }) => sum + recorded, 0);
}
