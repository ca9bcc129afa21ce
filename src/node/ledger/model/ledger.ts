import type { Comparison } from '../../../core/dedupe/compared-text.js';
import type { Shard } from '../../../core/generate/shard.js';
import type { LedgerKeys } from './key-texts.js';
import type { LedgerMarks } from './marks.js';
import type { Prepared } from './prepared.js';
import type { TakenBack, VoidedShard, Voiding } from './voiding.js';

/**
 * What a ledger keeps apart: keys that were *issued* (`generate`, imports) and keys that were *created* on a
 * license server (`bulk-create`). A generated key is fresh against both, an imported one against those issued, a
 * created one against those created: so generate, then bulk-create, on one ledger creates them all, once.
 */
export type KeySet = 'issued' | 'created';

/** What made a batch. `generate` draws its keys; the other two are given theirs. */
export type BatchKind = 'generate' | 'import' | 'bulk-create';

/** `reserving`: keys are being spent; `prepared`: all files are durable under temporary names; `done`: published. */
export type BatchState = 'reserving' | 'prepared' | 'done';

/** What a batch is, for {@link Ledger.claim}. */
export interface Batch {
  /** Chosen by whoever issues: 1 to 128 printable ASCII characters without blanks and `/`. */
  readonly id: string;
  /** With the id, what tells batches apart; absent is 1/1. */
  readonly shard?: Shard | undefined;
  readonly kind: BatchKind;
  /** Keys wanted, or given. */
  readonly count: number;
  readonly comparison: Comparison;
  /** The format's mask; null where keys of any format were given. */
  readonly mask: string | null;
  /** The format's entropy; null where keys of any format were given. */
  readonly entropyBits: number | null;
  /**
   * Everything that makes this command the same command (format, count, reject list, a hash of the given keys …)
   * as one text. Of it only a tag is kept.
   */
  readonly parameters: string;
  /** When it came from its files: those parameters are taken that the first claim after it has, with the same count and mask. */
  readonly adoptedAt?: Date | undefined;
  /** With that: the keys that the batch took so far, where it is `reserving`, are among those of its files. Its attempt goes on. */
  readonly goesOn?: boolean | undefined;
  /** Who issues, as `user@host`: at most 500 characters, none of them a control character. */
  readonly by: string;
  /** Why, or where to read on, as the URL of a CI run. The same limits. */
  readonly comment?: string | undefined;
  readonly now: Date;
}

/** The right to write to a batch, until another run claims it. */
export interface Claim {
  readonly id: string;
  /** As `2/8`; `1/1` for a batch without shards. */
  readonly shard: string;
  readonly kind: BatchKind;
  /** From 1 on: how many runs have claimed this batch. */
  readonly attempt: number;
  /** The attempt that drew the keys, or draws them: later ones only publish. */
  readonly drawn: number;
  /** Random; every write is checked against it. */
  readonly token: string;
  /** The state the batch was found in. */
  readonly state: BatchState;
  /** When the batch was first claimed. */
  readonly at: Date;
  /** When it was done; null before. */
  readonly doneAt: Date | null;
  /** What was prepared; null in the state `reserving`. */
  readonly prepared: Prepared | null;
}

/** What {@link Ledger.reserve} answers. */
export interface Reservation {
  /** The indexes of the keys that may not be used, ascending: all others are this chunk's alone, for ever. */
  readonly taken: Uint32Array;
}

/** Which batch holds a key. */
export interface Holder {
  readonly id: string;
  readonly shard: string;
  readonly kind: BatchKind;
  readonly state: BatchState;
  /** When the batch was first claimed. */
  readonly at: Date;
  /** Who ran the attempt that drew its keys, or was given them last, and their comment. */
  readonly by: string;
  readonly comment: string | null;
  /** Null unless the batch was taken back. */
  readonly voided: Voiding | null;
  /** The attempt that took the key; 0 for a batch that was given its keys. */
  readonly attempt: number;
  /** Whether that is the batch's last attempt. A key of an earlier one was spent by a crash and issued to nobody. */
  readonly current: boolean;
  /** Further batches that hold it: ledgers were made one that had both issued it. None of these has others in turn. */
  readonly also: readonly Holder[];
}

/** Every batch that holds a key, of what {@link Ledger.find} says of it. */
export function allHolders(holder: Holder | null): readonly Holder[] {
  return holder === null ? [] : [holder, ...holder.also];
}

/** A batch as the ledger remembers it. */
export interface BatchRecord {
  readonly id: string;
  readonly shard: string;
  readonly kind: BatchKind;
  readonly state: BatchState;
  readonly mask: string | null;
  /** Keys wanted, or given. */
  readonly count: number;
  /** Keys recorded by the last attempt. */
  readonly recorded: number;
  /** Keys spent by earlier attempts and issued to nobody. */
  readonly wasted: number;
  readonly attempt: number;
  /** Who ran the attempt that drew its keys, or was given them last, and their comment. */
  readonly by: string;
  readonly comment: string | null;
  readonly at: Date;
  /** When the last attempt began. */
  readonly claimedAt: Date;
  readonly doneAt: Date | null;
  /** Null unless the batch was taken back. */
  readonly voided: Voiding | null;
}

/** A ledger in figures. */
export interface LedgerStatus {
  /** `memory`, `sqlite`, `postgres`. */
  readonly engine: string;
  /** What tells this ledger from every other: a random UUID. */
  readonly id: string;
  /** The version of its schema. */
  readonly version: number;
  readonly comparison: Comparison;
  /** `outside`: it opens only with a secret; `none`: whoever has it can test guesses. */
  readonly secret: 'none' | 'outside';
  /** Formats and keys of fewer bits are refused: 80 where the ledger was made without a secret, else 0. */
  readonly fewestBits: number;
  readonly createdAt: Date;
  /** Keys in each set, those that crashes wasted included. */
  readonly keys: Readonly<Record<KeySet, number>>;
  readonly batches: Readonly<Record<BatchState, number>>;
  /** Batches, among those that are done, that were taken back. */
  readonly voided: number;
  /** What stood over it when it was opened. It issues nothing once it was moved, and before a copy or a restore is at its end. */
  readonly marks: LedgerMarks;
}

/**
 * What was issued, durably, shared by whoever issues. It holds no keys, only a *tag* of each: AES-256-CMAC of
 * `set ‖ 0x00 ‖ compared text`, 16 bytes.
 *
 * A method *returns* what the ledger knows, also when that is no good news (`taken`, `null`, a state). It *throws*
 * when the answer cannot be had or the question should not have been asked. Whatever resolved is durable. After
 * a throw of `unreachable_ledger` the write may have happened or not: the same call with the same claim, or
 * the same batch claimed again, finds out; no implementation may count a key twice for it.
 *
 * Calls may overlap. Their effects come in the order of the calls.
 */
export interface Ledger {
  readonly comparison: Comparison;
  /** How messages call it: never with a password. */
  readonly name: string;
  /** Its database, what is written beside that, its secret's file: no output may be one of them. */
  readonly files: readonly string[];
  /** Where it went on, when it was opened: what came after that is not in here. */
  readonly movedTo: string | null;

  /**
   * Claims a batch: from now on every earlier claim of it is void. A new batch is recorded as `reserving`; one
   * that is `reserving` or `prepared` is taken over, its attempt counted up; one that is `done` stays as it is.
   * The claim tells the state that was found, and it is for the caller to go on from there: `reserving`: reserve
   * new keys, from chunk 0 on; `prepared`: publish those files, then {@link done}; `done`: look whether they are there.
   *
   * @throws {KeywrightError} `batch_mismatch`: this id and shard stand for other parameters, or another kind.
   * `lost_claim`: another run claimed it in the same moment. `weak_format`: the ledger was made without a
   * secret, and the format has under 80 bits. `invalid_option`: the id, or a comparison that is not the ledger's.
   * `voided_batch`: it was taken back. `damaged_ledger`: what is stored of it makes no sense. `unreachable_ledger`.
   * `unconfirmed_failover`, `other_server`: of a PostgreSQL whose standby was promoted, here and in all that write.
   */
  claim(batch: Batch): Promise<Claim>;

  /**
   * Takes keys for the batch, at once or not at all. `chunk` counts from 0. A key is fresh when after this its
   * record carries this very chunk: the second of two equal keys is taken, and so is one that an earlier chunk of
   * the same batch holds. The same chunk with the same keys again gives the same answer, at once or, for a batch
   * that was given its keys, in a later attempt; of a `generate`, what an earlier attempt took stays spent.
   *
   * The bytes of given keys may be reused as soon as the call has returned its promise; those of a `generate` stay as they are
   * until it settles. With two calls under way the tags of one are computed while a server writes the other; more cost memory.
   *
   * @throws {KeywrightError} `lost_claim`: the batch was claimed anew, or is no longer `reserving`; nothing was
   * taken. `invalid_option`: more than `MOST_KEYS` keys. `not_a_key`, its position being the index, from 1.
   * `weak_format`: a given key of under 80 bits, and the ledger was made without a secret. `unreachable_ledger`.
   */
  reserve(claim: Claim, chunk: number, keys: LedgerKeys): Promise<Reservation>;

  /**
   * Records that everything to be published is durable, and what it is; also when that is nothing. From here
   * on no more keys can be reserved. The same call again changes nothing.
   *
   * @throws {KeywrightError} `lost_claim`; `unreachable_ledger`.
   */
  prepare(claim: Claim, prepared: Prepared): Promise<void>;

  /**
   * Records that the batch is published. The same call again changes nothing.
   *
   * @throws {KeywrightError} `lost_claim`: claimed anew, or not prepared. `unreachable_ledger`.
   */
  done(claim: Claim, now: Date): Promise<void>;

  /**
   * Takes back a batch that is done, all shards unless one is named (as `2/8`), or, with null, undoes that: of all
   * of them or of none. Keys stay spent. Returns each shard, and whether it was changed: one that was so before is not.
   * Of ledgers that are copied into each other, the one that was told last holds.
   *
   * @throws {KeywrightError} `unknown_batch`: there is none of that id, or no such shard. `unfinished_batch`: a shard
   * is not done. `invalid_option`: the reason, or who. `unreachable_ledger`.
   */
  setVoid(
    id: string,
    shard: string | undefined,
    taken: TakenBack | null,
    now: Date,
  ): Promise<readonly VoidedShard[]>;

  /**
   * Says for each key which batch holds it in `set`; null for none. Writes nothing.
   *
   * @throws {KeywrightError} `invalid_option`: more than `MOST_KEYS` keys. `not_a_key`; `unreachable_ledger`.
   */
  find(set: KeySet, keys: LedgerKeys): Promise<readonly (Holder | null)[]>;

  /**
   * What was prepared of a batch; null where nothing is, or there is no such batch. Claims nothing.
   *
   * @throws {KeywrightError} `damaged_ledger`: its record does not open; `unreachable_ledger`.
   */
  preparedOf(id: string, shard: string): Promise<Prepared | null>;

  /** All batches, oldest first. @throws {KeywrightError} `unreachable_ledger`. */
  batches(): Promise<readonly BatchRecord[]>;

  /** @throws {KeywrightError} `unreachable_ledger`. */
  status(): Promise<LedgerStatus>;

  /**
   * Reads everything and says what does not fit together, a line a fault; an empty list is a sound ledger.
   *
   * @throws {KeywrightError} `unreachable_ledger`.
   */
  verify(): Promise<readonly string[]>;

  /**
   * Says that nothing is missing, though a standby which commits did not wait for serves the ledger now: it issues again from
   * now on. Returns whether that had to be said.
   *
   * @throws {KeywrightError} `other_server`; `unreachable_ledger`.
   */
  acceptFailover(): Promise<boolean>;

  /**
   * Lets go of files and connections. Calls under way are waited for; later ones throw `invalid_option`, but
   * for this one, which changes nothing then.
   */
  close(): Promise<void>;
}
