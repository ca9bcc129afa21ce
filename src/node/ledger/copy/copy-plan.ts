import { randomBytes } from 'node:crypto';
import type {
  ArrivingChunk,
  FoundHere,
  LedgerSnapshot,
  RevealedBatch,
  StoredBatch,
  StoredChunk,
} from '../model/copying.js';
import { type ChunkName, isSameCommand } from '../model/store.js';
import { laterSaid } from '../model/voiding.js';
import { FreePlaces, type JoinedBatch, rankOf } from './free-places.js';
import type { Overlaps } from './overlap.js';

/** What two ledgers say that cannot both be. */
export interface CopyConflict {
  /** `parameters`: two batches of one id; `published`: one batch, published twice; `keys`: keys of two batches. */
  readonly problem: 'parameters' | 'published' | 'keys';
  readonly id: string;
  readonly shard: string;
  /** The other batch, where the keys of two are the same, and how many. */
  readonly other?: { readonly id: string; readonly shard: string } | undefined;
  readonly keys?: number | undefined;
}

/** A batch as it will stand, by its number where the copy comes from. */
export type PlannedBatch = Pick<RevealedBatch, 'row' | 'was'>;

/** What a copy does. */
export interface CopyPlan {
  readonly conflicts: readonly CopyConflict[];
  /** Batches that are new there. */
  readonly arriving: readonly StoredBatch[];
  readonly found: ReadonlyMap<number, FoundHere>;
  readonly renamed: ReadonlyMap<number, ChunkName>;
  readonly chunks: readonly ArrivingChunk[];
  readonly batches: ReadonlyMap<number, PlannedBatch>;
  /** Chunks, where the copy comes from, whose keys were issued. */
  readonly issued: ReadonlySet<number>;
}

/** Compares what was published; null for nothing. */
export type PublishedText = (batch: StoredBatch) => string | null;

/** Which batches are the same on both sides: their numbers. */
export function sameBatches(from: LedgerSnapshot, to: LedgerSnapshot): ReadonlyMap<number, number> {
  const numbers = new Map(to.batches.map((batch) => [nameOf(batch), batch.number]));
  const same = new Map<number, number>();
  for (const batch of from.batches) {
    const number = numbers.get(nameOf(batch));
    if (number !== undefined) same.set(batch.number, number);
  }
  return same;
}

/** Plans a copy. Nothing of it is done where it has conflicts; those of keys alone may be taken along. */
export function planCopy(
  from: LedgerSnapshot,
  to: LedgerSnapshot,
  overlaps: Overlaps,
  published: PublishedText,
): CopyPlan {
  const plan = new Planning(from, to, overlaps, published);
  for (const batch of from.batches) plan.add(batch);
  return plan.finish();
}

class Planning {
  readonly #overlaps: Overlaps;
  readonly #published: PublishedText;
  readonly #conflicts: CopyConflict[] = [];
  readonly #arriving: StoredBatch[] = [];
  readonly #found = new Map<number, FoundHere>();
  readonly #renamed = new Map<number, ChunkName>();
  readonly #chunks: ArrivingChunk[] = [];
  readonly #batches = new Map<number, PlannedBatch>();
  readonly #issued = new Set<number>();
  readonly #doubles = new Map<string, CopyConflict & { readonly keys: number }>();
  readonly #known: ReadonlyMap<string, StoredBatch>;
  readonly #ours: ReadonlyMap<number, readonly StoredChunk[]>;
  readonly #theirs: ReadonlyMap<number, readonly StoredChunk[]>;
  readonly #holders: ReadonlyMap<number, { readonly chunk: StoredChunk; readonly batch: StoredBatch }>;

  constructor(from: LedgerSnapshot, to: LedgerSnapshot, overlaps: Overlaps, published: PublishedText) {
    this.#overlaps = overlaps;
    this.#published = published;
    this.#known = new Map(to.batches.map((batch) => [nameOf(batch), batch]));
    this.#ours = byBatch(from.chunks);
    this.#theirs = byBatch(to.chunks);
    const batches = new Map(to.batches.map((batch) => [batch.number, batch]));
    this.#holders = new Map(
      to.chunks.flatMap((chunk) => {
        const batch = batches.get(chunk.batch);
        return batch === undefined ? [] : [[chunk.id, { chunk, batch }] as const];
      }),
    );
  }

  add(from: StoredBatch): void {
    const chunks = this.#ours.get(from.number) ?? [];
    for (const chunk of chunks) if (isIssued(from, chunk)) this.#issued.add(chunk.id);
    const to = this.#known.get(nameOf(from));
    if (to !== undefined && !isSameBatch(from, to)) {
      this.#conflicts.push({ problem: 'parameters', id: from.id, shard: from.shard });
      return;
    }
    for (const chunk of chunks) this.#noteDoubles(from, to, chunk);
    if (to === undefined || to.arriving) {
      this.#arriving.push(from);
      this.#chunks.push(...chunks);
      this.#batches.set(from.number, { row: { ...from, token: newToken() }, was: undefined });
    } else {
      this.#join({ from, to, chunks, held: this.#theirs.get(to.number) ?? [] });
    }
  }

  finish(): CopyPlan {
    return {
      conflicts: [...this.#conflicts, ...this.#doubles.values()],
      arriving: this.#arriving,
      found: this.#found,
      renamed: this.#renamed,
      chunks: this.#chunks,
      batches: this.#batches,
      issued: this.#issued,
    };
  }

  /** One batch, on both sides: the later state wins. */
  #join(pair: JoinedBatch): void {
    const { from, to, chunks } = pair;
    const [ours, theirs] = [this.#published(from), this.#published(to)];
    if (ours !== null && theirs !== null && ours !== theirs) {
      this.#conflicts.push({ problem: 'published', id: from.id, shard: from.shard });
      return;
    }
    const wins = rankOf(from) > rankOf(to);
    const free = new FreePlaces(pair, wins);
    const renamed = wins ? this.#makeRoom(pair, free) : 0;
    let added = 0;
    for (const chunk of chunks) {
      if (this.#missing(chunk, to) === 0) continue;
      const { attempt, number } = this.#begun(chunk, to) ?? free.placeOf(chunk);
      this.#chunks.push({ id: chunk.id, batch: chunk.batch, attempt, number });
      added++;
    }
    const row = joinedRow(pair, wins, free.attempt);
    if (added + renamed === 0 && row === undefined) return;
    const was = { attempt: to.attempt, token: to.token };
    const token = wins ? newToken() : to.token;
    this.#found.set(from.number, { number: to.number, was, attempt: free.attempt, token });
    if (row !== undefined) this.#batches.set(from.number, { row, was: token });
  }

  /** What holds keys of the attempt that won is counted to it, and nothing else: copies from before did not know. */
  #makeRoom({ from, chunks, held }: JoinedBatch, free: FreePlaces): number {
    const won = new Set(
      chunks.flatMap(({ id, attempt }) =>
        attempt === from.drawn ? [...(this.#overlaps.get(id)?.keys() ?? [])] : [],
      ),
    );
    const moving = held.filter(
      ({ id, attempt }) => attempt !== 0 && won.has(id) !== (attempt === from.drawn),
    );
    for (const there of moving) free.leave(there);
    for (const { id, attempt, number } of moving) {
      const to = won.has(id) ? from.drawn : free.attemptFor(`there ${attempt}`);
      this.#renamed.set(id, free.take({ attempt: to, number }));
    }
    return moving.length;
  }

  /** How many keys of a chunk the batch there does not hold yet, those aside that others hold and that were issued to nobody. */
  #missing(chunk: StoredChunk, to: StoredBatch): number {
    let held = 0;
    for (const [id, count] of this.#overlaps.get(chunk.id) ?? []) {
      const isOwn = this.#holders.get(id)?.batch.number === to.number;
      if (isOwn ? !this.#isArriving(id) : !this.#issued.has(chunk.id)) held += count;
    }
    return chunk.recorded - held;
  }

  /** Where a copy that was cut off had put it. */
  #begun(chunk: StoredChunk, to: StoredBatch): ChunkName | undefined {
    const holders = [...(this.#overlaps.get(chunk.id)?.keys() ?? [])].map((id) => this.#holders.get(id));
    const begun = holders.find(
      (holder) => holder?.chunk.arriving === true && holder.batch.number === to.number,
    );
    return begun && (this.#renamed.get(begun.chunk.id) ?? begun.chunk);
  }

  #isArriving(chunk: number): boolean {
    return this.#holders.get(chunk)?.chunk.arriving === true;
  }

  /** Keys that were issued here and, by another batch, there. */
  #noteDoubles(from: StoredBatch, to: StoredBatch | undefined, chunk: StoredChunk): void {
    if (!this.#issued.has(chunk.id)) return;
    for (const [id, keys] of this.#overlaps.get(chunk.id) ?? []) {
      const holder = this.#holders.get(id);
      if (holder === undefined || holder.batch.number === to?.number) continue;
      if (!holder.batch.arriving && !isIssued(holder.batch, holder.chunk)) continue;
      const name = `${nameOf(from)} ${nameOf(holder.batch)}`;
      const known = this.#doubles.get(name)?.keys ?? 0;
      const other = { id: holder.batch.id, shard: holder.batch.shard };
      this.#doubles.set(name, { problem: 'keys', id: from.id, shard: from.shard, other, keys: known + keys });
    }
  }
}

/** What becomes of the batch there; undefined where it stays as it is. */
function joinedRow(
  { from, to }: JoinedBatch,
  wins: boolean,
  attempt: number,
): PlannedBatch['row'] | undefined {
  const later = laterSaid(to, from);
  if (!wins && later === to) return undefined;
  const { voided, voidSaidAt } = later;
  return { ...(wins ? from : to), voided, voidSaidAt, attempt, token: newToken() };
}

function isIssued({ state, drawn }: StoredBatch, { attempt }: StoredChunk): boolean {
  return state !== 'reserving' && (attempt === 0 || attempt === drawn);
}

/** What a claim would take for one, and of which nothing else differs. */
function isSameBatch(from: StoredBatch, to: StoredBatch): boolean {
  return isSameCommand(from, to) && from.count === to.count && from.mask === to.mask;
}

function byBatch(chunks: readonly StoredChunk[]): ReadonlyMap<number, readonly StoredChunk[]> {
  const found = new Map<number, StoredChunk[]>();
  for (const chunk of chunks) {
    const known = found.get(chunk.batch);
    if (known === undefined) found.set(chunk.batch, [chunk]);
    else known.push(chunk);
  }
  return found;
}

function nameOf({ id, shard }: { readonly id: string; readonly shard: string }): string {
  return `${id} ${shard}`;
}

function newToken(): string {
  return randomBytes(16).toString('hex');
}
