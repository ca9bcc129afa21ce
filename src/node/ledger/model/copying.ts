import type { LedgerMarks } from './marks.js';
import type { ChunkName, FoundBatch, LedgerHeader, LedgerStore } from './store.js';

/** A batch with all that is stored of it. */
export interface StoredBatch extends FoundBatch {
  readonly number: number;
  /** A copy that is under way, or was cut off, brings it: nobody sees it. Its state is not known yet. */
  readonly arriving: boolean;
}

/** A chunk with all that is stored of it. */
export interface StoredChunk extends ChunkName {
  readonly id: number;
  /** The number of its batch. */
  readonly batch: number;
  readonly recorded: number;
  /** What its tags came to when they were recorded; null for one from before that was kept. */
  readonly checksum: string | null;
  readonly arriving: boolean;
}

/** Tags in ascending order, and the chunk that each carries. */
export interface TagSpan {
  /** `count` times 16 bytes. */
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly chunks: readonly number[];
}

/** A tag that another chunk carries, and a further chunk that holds it. */
export interface DoubleTag {
  readonly tag: Uint8Array;
  readonly chunk: number;
}

/** A ledger as it was at one moment. */
export interface LedgerSnapshot {
  readonly header: LedgerHeader;
  readonly marks: LedgerMarks;
  readonly batches: readonly StoredBatch[];
  readonly chunks: readonly StoredChunk[];
  readonly doubles: readonly DoubleTag[];
  /** All tags in ascending order, in spans. */
  tags(): AsyncGenerator<TagSpan>;
}

/** A chunk that is to be there. */
export interface ArrivingChunk extends ChunkName {
  /** The number of its batch where a copy comes from. */
  readonly batch: number;
  /** Its id there. */
  readonly id: number;
}

/** A batch here that a copy finds, and what it does to its claim: another token voids it. */
export interface FoundHere {
  readonly number: number;
  readonly was: { readonly attempt: number; readonly token: string };
  readonly attempt: number;
  readonly token: string;
}

/** What the first transaction of a copy writes. */
export interface Arrival {
  /** For a ledger without batches: what it becomes. */
  readonly header: LedgerHeader | undefined;
  /** Batches that are new here. */
  readonly batches: readonly StoredBatch[];
  /** Batches here that are to have more or other chunks, by their numbers where the copy comes from. */
  readonly found: ReadonlyMap<number, FoundHere>;
  readonly chunks: readonly ArrivingChunk[];
  /** Chunks here that are counted to another attempt from now on. */
  readonly renamed: ReadonlyMap<number, ChunkName>;
  readonly restoring: boolean;
  readonly at: Date;
}

/** What stands where, by the numbers where a copy comes from. */
export interface Arrived {
  readonly batches: ReadonlyMap<number, number>;
  readonly chunks: ReadonlyMap<number, number>;
}

/** A batch as the last transaction of a copy leaves it. */
export interface RevealedBatch {
  /** Its number here. */
  readonly number: number;
  readonly row: Omit<StoredBatch, 'number' | 'arriving'>;
  /** The token that it had when the copy was planned; undefined for one that arrives. */
  readonly was: string | undefined;
}

/** How many tags a chunk has, and what they come to. */
export interface ExpectedTags {
  readonly count: number;
  readonly checksum: string;
}

/** What the last transaction of a copy writes. */
export interface Reveal {
  readonly batches: readonly RevealedBatch[];
  /** Arriving chunks here, and what the tags of each come to, those included that it holds as a further one. */
  readonly expected: ReadonlyMap<number, ExpectedTags>;
}

/** Tags of a span that carry other chunks: their places, and those chunks. */
export interface PlacesTaken {
  readonly places: readonly number[];
  readonly chunks: readonly number[];
}

/** A store that a copy is made from or into. */
export interface CopiedStore extends LedgerStore {
  /** What tells it from every other, by whatever name it was reached. */
  whereabouts(): Promise<string>;

  /** What the database itself finds broken, a line each. */
  integrity(): Promise<readonly string[]>;

  /** Reads within one transaction, which may be repeated from its beginning. */
  snapshot<T>(work: (snapshot: LedgerSnapshot) => Promise<T>): Promise<T>;

  /**
   * Begins a copy: until its end nothing is claimed. What was begun before is gone on with.
   *
   * @throws {KeywrightError} `lost_claim`: a batch was claimed since the copy was planned; `unreachable_ledger`: the ledger was
   * to become the copy, and has batches by now.
   */
  begin(arrival: Arrival): Promise<Arrived>;

  /**
   * Records tags that arrive, and further holders of tags. Returns the places of the tags that carry another chunk than they
   * arrive with, and which: those keep it.
   *
   * @throws {KeywrightError} `unreachable_ledger`: the copy was dropped, or ended.
   */
  place(span: TagSpan, doubles: readonly DoubleTag[]): Promise<PlacesTaken>;

  /**
   * Ends a copy: all is there to be seen, at once.
   *
   * @throws {KeywrightError} `lost_claim`: a batch was claimed since the copy was planned; `damaged_ledger`: the tags of a chunk are not all there.
   */
  reveal(reveal: Reveal): Promise<void>;

  /**
   * Takes back a copy that was begun: nothing of it is left, and whoever writes it is told. With `before` the ledger is again
   * what it was before that. Returns whether there was one.
   */
  dropArrival(before?: LedgerHeader): Promise<boolean>;

  /** Says that the ledger went on elsewhere, unless anything was written since `seen`. Returns whether it is said. */
  markMoved(seen: LedgerSnapshot, to: string, at: Date): Promise<boolean>;

  /** Says that what was issued since a backup is here. Returns whether that had to be said. */
  confirmRestored(): Promise<boolean>;
}
