import type { StoredBatch, StoredChunk } from '../model/copying.js';
import type { ChunkName } from '../model/store.js';

/** A batch on both sides, its chunks, and what they share. */
export interface JoinedBatch {
  readonly from: StoredBatch;
  readonly to: StoredBatch;
  readonly chunks: readonly StoredChunk[];
  readonly held: readonly StoredChunk[];
}

/** Later states win. */
export function rankOf({ state }: StoredBatch): number {
  return { reserving: 0, prepared: 1, done: 2 }[state];
}

/** Where chunks find a place among those that are there. */
export class FreePlaces {
  /** The last attempt of the batch, from now on. */
  attempt: number;
  readonly #pair: JoinedBatch;
  readonly #wins: boolean;
  readonly #taken: Set<string>;
  readonly #attempts = new Map<string, number>();
  #number: number;

  constructor(pair: JoinedBatch, wins: boolean) {
    const { from, to, chunks, held } = pair;
    const all = [...chunks, ...held];
    this.#pair = pair;
    this.#wins = wins;
    this.attempt = Math.max(from.attempt, to.attempt, ...all.map(({ attempt }) => attempt));
    this.#number = Math.max(0, ...all.map(({ number }) => number));
    this.#taken = new Set(held.map(({ attempt, number }) => `${attempt} ${number}`));
  }

  /** A new attempt for all chunks of that name. */
  attemptFor(name: string): number {
    const known = this.#attempts.get(name) ?? ++this.attempt;
    this.#attempts.set(name, known);
    return known;
  }

  /** A chunk there goes somewhere else. */
  leave({ attempt, number }: StoredChunk): void {
    this.#taken.delete(`${attempt} ${number}`);
  }

  /** A chunk comes there: under another number where that one is taken. */
  take({ attempt, number }: ChunkName): ChunkName {
    const place = { attempt, number: this.#isTaken(attempt, number) ? ++this.#number : number };
    this.#taken.add(`${place.attempt} ${place.number}`);
    return place;
  }

  placeOf({ attempt, number }: StoredChunk): ChunkName {
    const { from, to } = this.#pair;
    const drawn = this.#wins ? from.drawn : to.drawn;
    // Keys that were given are recorded again, by whoever goes on with the batch.
    const isCurrent = attempt === 0 ? this.#wins || rankOf(to) === 0 : this.#wins && attempt === drawn;
    if (!isCurrent && (attempt === 0 || attempt === drawn || this.#isTaken(attempt, number)))
      return { attempt: this.attemptFor(`here ${attempt}`), number };
    return { attempt, number: this.#isTaken(attempt, number) ? ++this.#number : number };
  }

  #isTaken(attempt: number, number: number): boolean {
    return this.#taken.has(`${attempt} ${number}`);
  }
}
