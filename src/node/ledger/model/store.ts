import type { Comparison } from '../../../core/dedupe/compared-text.js';
import type { BatchKind, BatchRecord, BatchState, Holder, KeySet, LedgerStatus } from './ledger.js';
import type { LedgerMarks } from './marks.js';
import type { TakenBack, VoidedShard, VoidState } from './voiding.js';

/** What a ledger knows of keys: 16 bytes each, different from each other and sorted. */
export interface KeyTags {
  /** `count` times 16 bytes. */
  readonly bytes: Uint8Array;
  readonly count: number;
  /** For each, the index of the key that it stands for: the first, of equal ones. */
  readonly order: Uint32Array;
  /** Indexes of keys that repeat an earlier one. */
  readonly repeated: Uint32Array;
  /** For each of those, where its tag stands. */
  readonly repeats: Uint32Array;
  /** Bits that the most guessable of the keys has at most; only where it was asked for, else Infinity. */
  readonly weakest: number;
}

/** What a ledger says about itself when it is made. */
export interface LedgerHeader {
  /** A random UUID, which tells it from every other ledger. */
  readonly id: string;
  readonly comparison: Comparison;
  /** Whether it was made without a secret: whoever has a copy of those days has the root, whatever was done since. */
  readonly bornBare: boolean;
  readonly root: StoredRoot;
  readonly createdAt: Date;
  /** As they were when it was opened. */
  readonly marks: LedgerMarks;
}

/** The root of a ledger's keys as it stands in there: the one row that another secret would replace. */
export interface StoredRoot {
  /** `bare`: 32 bytes; `secret`: nonce, 32 encrypted bytes and the tag of AES-256-GCM. */
  readonly wrapping: 'bare' | 'secret';
  readonly bytes: Uint8Array;
}

/** A batch to be recorded or found. */
export interface ClaimedBatch {
  readonly id: string;
  readonly shard: string;
  readonly kind: BatchKind;
  readonly count: number;
  readonly mask: string | null;
  /** A tag; empty where they are not known, for the batch came from its files. */
  readonly parameters: Uint8Array;
  readonly adoptedAt: Date | null;
  readonly by: string;
  readonly comment: string | null;
  readonly at: Date;
  /** The claim that is to hold from now on. */
  readonly token: string;
}

/** The same batch as it was found, its attempt counted up unless it is done. */
export interface FoundBatch extends ClaimedBatch, VoidState {
  readonly state: BatchState;
  readonly attempt: number;
  /** The attempt that reserved, or reserves, the keys: later ones may only have published them. */
  readonly drawn: number;
  readonly claimedAt: Date;
  readonly doneAt: Date | null;
  readonly locked: Uint8Array | null;
}

/** Whether a claim is of the same command as the batch that was found. */
export function isSameCommand(found: ClaimedBatch, batch: ClaimedBatch): boolean {
  if (found.kind !== batch.kind) return false;
  if (found.parameters.length > 0 && batch.parameters.length > 0)
    return Buffer.from(found.parameters).equals(batch.parameters);
  return found.count === batch.count && found.mask === batch.mask;
}

/** What a claim makes of a batch that is not done: who draws its keys, or is given them again, is who issued it. */
export function takenOver(found: FoundBatch, batch: ClaimedBatch, goesOn: boolean): FoundBatch {
  const { by, comment, at, token } = batch;
  const adoptedAt = found.adoptedAt ?? batch.adoptedAt;
  if (goesOn && found.state === 'reserving')
    return { ...found, token, claimedAt: at, adoptedAt, by, comment };
  const attempt = found.attempt + 1;
  const claimed = { ...found, token, attempt, claimedAt: at, adoptedAt };
  return found.state === 'reserving' ? { ...claimed, drawn: attempt, by, comment } : claimed;
}

/** A claim as writes carry it. */
export interface HeldClaim {
  readonly id: string;
  readonly shard: string;
  readonly kind: BatchKind;
  readonly attempt: number;
  readonly token: string;
}

/** What a batch keeps locked. */
export interface LockedBatch {
  readonly id: string;
  readonly shard: string;
  readonly state: BatchState;
  /** The attempt that drew the keys. */
  readonly drawn: number;
  readonly locked: Uint8Array | null;
}

/** A chunk of a batch. */
export interface ChunkName {
  /** The attempt that drew its keys; 0 where the keys were given, so that every attempt has the same chunks. */
  readonly attempt: number;
  readonly number: number;
}

/** The figures of a store, without what its header and its engine say. */
export type StoreCounts = Pick<LedgerStatus, 'keys' | 'batches' | 'voided'>;

/**
 * The durable half of a ledger: batches and tags, of which it understands neither root nor keys.
 * Each method is one transaction that may be repeated: after "committed, but the reply was lost" the same call
 * gives the answer that was lost.
 */
export interface LedgerStore {
  readonly engine: string;
  /** How messages call it. */
  readonly name: string;
  readonly version: number;
  readonly header: LedgerHeader;

  /** As `Ledger.claim`; `goesOn` as `Batch.goesOn`. @throws {KeywrightError} `batch_mismatch`, `lost_claim`, `unreachable_ledger`. */
  claim(batch: ClaimedBatch, goesOn: boolean): Promise<FoundBatch>;

  /**
   * Records a chunk; returns the places, ascending, of the tags that are not fresh. Those that `created`
   * says (by its own `order`) another batch holds already are not recorded. Returns undefined, with nothing
   * recorded, when `created` is needed and missing.
   *
   * @throws {KeywrightError} `lost_claim`, `unreachable_ledger`.
   */
  reserve(
    claim: HeldClaim,
    chunk: ChunkName,
    issued: KeyTags,
    created: KeyTags | undefined,
  ): Promise<Uint32Array | undefined>;

  /** @throws {KeywrightError} `lost_claim`, `unreachable_ledger`. */
  prepare(claim: HeldClaim, locked: Uint8Array): Promise<void>;

  /** @throws {KeywrightError} `lost_claim`, `unreachable_ledger`. */
  done(claim: HeldClaim, at: Date): Promise<void>;

  /**
   * As `Ledger.setVoid`; `token`, which is new, tells whether it was this very call that changed a shard.
   *
   * @throws {KeywrightError} `unknown_batch`, `unfinished_batch`, `unreachable_ledger`.
   */
  setVoid(
    id: string,
    shard: string | undefined,
    taken: TakenBack | null,
    now: Date,
    token: string,
  ): Promise<readonly VoidedShard[]>;

  /** Who holds each tag, in their order. @throws {KeywrightError} `unreachable_ledger`. */
  holders(tags: KeyTags): Promise<readonly (Holder | null)[]>;

  /** @throws {KeywrightError} `unreachable_ledger`. */
  batches(): Promise<readonly BatchRecord[]>;

  /** @throws {KeywrightError} `unreachable_ledger`. */
  counts(): Promise<StoreCounts>;

  /**
   * Puts another root in the place of one, and makes that unreadable as far as the engine can. Returns whether the other
   * is there now: false where it was neither.
   *
   * @throws {KeywrightError} `unreachable_ledger`.
   */
  replaceRoot(from: StoredRoot, to: StoredRoot, at: Date): Promise<boolean>;

  /** What batches keep locked, in the order of their claims, from the one after `after` others; at most `most`. */
  lockedBatches(after: number, most: number): Promise<readonly LockedBatch[]>;

  /** What one batch keeps locked; undefined for none. */
  lockedBatch(id: string, shard: string): Promise<LockedBatch | undefined>;

  /** As `Ledger.acceptFailover`. @throws {KeywrightError} `other_server`, `unreachable_ledger`. */
  acceptFailover(): Promise<boolean>;

  /** Faults, a line each. @throws {KeywrightError} `unreachable_ledger`. */
  verify(): Promise<readonly string[]>;

  close(): Promise<void>;
}

/** What a batch may be called. */
export const BATCH_ID = /^[!-.0-~]{1,128}$/;

/** The set that a batch's keys go to. */
export function setOf(kind: BatchKind): KeySet {
  return kind === 'bulk-create' ? 'created' : 'issued';
}
