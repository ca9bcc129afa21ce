import { randomBytes } from 'node:crypto';
import type { Comparison } from '../../core/dedupe/compared-text.js';
import { KeywrightError } from '../../core/errors.js';
import { FEWEST_BITS } from '../../core/format/capacity.js';
import { type Shard, shardRange } from '../../core/generate/shard.js';
import { lockRecord, openRecord, type RecordName } from './locked-record.js';
import type { LedgerKeys } from './model/key-texts.js';
import type {
  Batch,
  BatchRecord,
  Claim,
  Holder,
  KeySet,
  Ledger,
  LedgerStatus,
  Reservation,
} from './model/ledger.js';
import { damagedLedger, ledgerClosed, otherComparison, voidedBatch } from './model/ledger-error.js';
import type { Prepared } from './model/prepared.js';
import { refuseUnfitRemark } from './model/remark.js';
import { BATCH_ID, type KeyTags, type LedgerStore, type LockedBatch, setOf } from './model/store.js';
import type { TakenBack, VoidedShard } from './model/voiding.js';
import type { DerivedKeys } from './root-key.js';
import { TagMaker } from './tags/tag-maker.js';
import { weakFormat } from './weak-keys.js';

/** Locked records that are opened at a time. */
const TOGETHER = 100;

/** A store and the keys that give its tags their meaning: together, a ledger. */
export class KeyedLedger implements Ledger {
  readonly comparison: Comparison;
  readonly name: string;
  readonly files: readonly string[];
  readonly movedTo: string | null;
  readonly #store: LedgerStore;
  readonly #recordKey: Uint8Array;
  readonly #tagMaker: TagMaker;
  /** Whether keys were ever created here, as far as we know: it never becomes untrue. */
  #created = false;
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<unknown> | undefined;

  /** `files` are what the ledger stands in. */
  constructor(store: LedgerStore, keys: DerivedKeys, files: readonly string[] = []) {
    this.files = files;
    this.comparison = store.header.comparison;
    this.name = store.name;
    this.movedTo = store.header.marks.movedTo;
    this.#store = store;
    this.#recordKey = keys.records;
    this.#tagMaker = new TagMaker(keys.tags, this.comparison);
  }

  async claim(batch: Batch): Promise<Claim> {
    this.#refuseClosed();
    this.#refuse(batch);
    const shard = shardName(batch.shard);
    const { id, kind, count, mask, by, comment = null, now: at, adoptedAt = null, goesOn = false } = batch;
    const parameters =
      adoptedAt === null ? this.#tagMaker.tagOf('parameters', batch.parameters) : new Uint8Array(0);
    const token = randomBytes(16).toString('hex');
    const found = await this.#inTurn(() =>
      this.#store.claim(
        { id, shard, kind, count, mask, parameters, adoptedAt, by, comment, at, token },
        goesOn && adoptedAt !== null,
      ),
    );
    if (found.voided !== null) throw voidedBatch(id, shard, found.voided);
    const { attempt, drawn, state, doneAt } = found;
    return {
      id,
      shard,
      kind,
      attempt,
      drawn,
      token,
      state,
      at: found.at,
      doneAt,
      prepared: this.#opened(found),
    };
  }

  async reserve(claim: Claim, chunk: number, keys: LedgerKeys): Promise<Reservation> {
    this.#refuseClosed();
    const given = claim.kind !== 'generate';
    // Made at once, while the database is busy with the last chunk.
    const tags = this.#tagMaker.tagsOf(setOf(claim.kind), keys, given && this.#store.header.bornBare);
    if (tags.weakest < FEWEST_BITS) throw weakFormat(tags.weakest, 'a key');
    const created = given ? undefined : this.#createdTags(keys);
    return this.#inTurn(async () => {
      const name = { attempt: given ? 0 : claim.drawn, number: chunk };
      const known = this.#created ? created?.() : undefined;
      let places = await this.#store.reserve(claim, name, tags, known);
      if (places === undefined) {
        this.#created = true;
        places = await this.#store.reserve(claim, name, tags, created?.());
      }
      const taken = takenKeys(tags, places ?? new Uint32Array(0));
      this.#tagMaker.giveBack(tags);
      return { taken };
    });
  }

  async prepare(claim: Claim, prepared: Prepared): Promise<void> {
    const locked = lockRecord(this.#recordKey, this.#recordName(claim), prepared);
    await this.#inTurn(() => this.#store.prepare(claim, locked));
  }

  async done(claim: Claim, now: Date): Promise<void> {
    await this.#inTurn(() => this.#store.done(claim, now));
  }

  async setVoid(
    id: string,
    shard: string | undefined,
    taken: TakenBack | null,
    now: Date,
  ): Promise<readonly VoidedShard[]> {
    this.#refuseClosed();
    if (taken !== null) {
      refuseUnfitRemark('reason', taken.reason);
      refuseUnfitRemark('by', taken.by);
    }
    const token = randomBytes(16).toString('hex');
    return this.#inTurn(() => this.#store.setVoid(id, shard, taken, now, token));
  }

  async find(set: KeySet, keys: LedgerKeys): Promise<readonly (Holder | null)[]> {
    this.#refuseClosed();
    const tags = this.#tagMaker.tagsOf(set, keys);
    return this.#inTurn(async () => {
      const { order, repeated, repeats } = tags;
      const holders = await this.#store.holders(tags);
      const found = new Array<Holder | null>(keys.count).fill(null);
      for (const [place, index] of order.entries()) found[index] = holders[place] ?? null;
      for (const [at, index] of repeated.entries()) found[index] = holders[repeats[at] ?? 0] ?? null;
      return found;
    });
  }

  async preparedOf(id: string, shard: string): Promise<Prepared | null> {
    const batch = await this.#inTurn(() => this.#store.lockedBatch(id, shard));
    return batch === undefined ? null : this.#opened(batch);
  }

  batches(): Promise<readonly BatchRecord[]> {
    return this.#inTurn(() => this.#store.batches());
  }

  async status(): Promise<LedgerStatus> {
    const { engine, version, header } = this.#store;
    const counts = await this.#inTurn(() => this.#store.counts());
    const { id, comparison, createdAt, marks } = header;
    const secret = header.root.wrapping === 'bare' ? 'none' : 'outside';
    const fewestBits = header.bornBare ? FEWEST_BITS : 0;
    return { engine, version, id, comparison, secret, fewestBits, createdAt, ...counts, marks };
  }

  async verify(): Promise<readonly string[]> {
    return [...(await this.#inTurn(() => this.#store.verify())), ...(await this.verifyRecords())];
  }

  acceptFailover(): Promise<boolean> {
    return this.#inTurn(() => this.#store.acceptFailover());
  }

  async close(): Promise<void> {
    this.#closing ??= this.#inTurn(() => this.#store.close());
    await this.#closing;
  }

  /** The part of `verify` that reads what batches published. */
  async verifyRecords(): Promise<readonly string[]> {
    const faults: string[] = [];
    for (let after = 0; ; after += TOGETHER) {
      const batches = await this.#inTurn(() => this.#store.lockedBatches(after, TOGETHER));
      for (const batch of batches) {
        const name = `batch ${batch.id} (${batch.shard})`;
        const isThere = batch.locked !== null;
        if (isThere === (batch.state === 'reserving'))
          faults.push(
            `${name}: it is ${batch.state}, and what it published is ${isThere ? '' : 'not '}recorded`,
          );
        else if (isThere && this.#read(batch) === undefined)
          faults.push(`${name}: the record of what it published was changed`);
      }
      if (batches.length < TOGETHER) return faults;
    }
  }

  /** What was prepared of a batch; null before. */
  #opened(batch: LockedBatch): Prepared | null {
    if (batch.locked === null) return null;
    const prepared = this.#read(batch);
    if (prepared !== undefined) return prepared;
    const problem = `holds a record of batch ${batch.id} (${batch.shard}) that was changed: restore it from a backup`;
    throw damagedLedger(this.name, problem);
  }

  #read(batch: LockedBatch): Prepared | undefined {
    const { locked } = batch;
    return locked === null ? undefined : openRecord(this.#recordKey, this.#recordName(batch), locked);
  }

  #recordName({ id, shard, drawn }: Pick<LockedBatch, 'id' | 'shard' | 'drawn'>): RecordName {
    return { ledger: this.#store.header.id, id, shard, attempt: drawn };
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw ledgerClosed();
  }

  /** Effects come in the order of the calls, and no transaction meets another one of the same connection. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseClosed();
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** The tags of keys among those created, for when they are needed. */
  #createdTags(keys: LedgerKeys): () => KeyTags {
    // A `generate` keeps its keys as they are until it is answered.
    if (!this.#created) return () => this.#tagMaker.tagsOf('created', keys);
    const tags = this.#tagMaker.tagsOf('created', keys);
    return () => tags;
  }

  #refuse(batch: Batch): void {
    if (!BATCH_ID.test(batch.id)) {
      const message =
        'a batch id is 1 to 128 printable ASCII characters without blanks and /: choose another';
      throw new KeywrightError('invalid_option', message, { option: 'batchId' });
    }
    refuseUnfitRemark('by', batch.by);
    if (batch.comment !== undefined) refuseUnfitRemark('comment', batch.comment);
    if (batch.comparison !== this.comparison) throw otherComparison(this.comparison);
    if (!this.#store.header.bornBare || batch.entropyBits === null) return;
    if (batch.entropyBits < FEWEST_BITS) throw weakFormat(batch.entropyBits, 'the format');
  }
}

/** `2/8`; a batch without shards is `1/1`. */
export function shardName(shard: Shard = { index: 1, of: 1 }): string {
  shardRange(1n, shard);
  return `${shard.index}/${shard.of}`;
}

function takenKeys({ order, repeated }: KeyTags, places: Uint32Array): Uint32Array {
  const taken = new Uint32Array(places.length + repeated.length);
  for (let at = 0; at < places.length; at++) taken[at] = order[places[at] ?? 0] ?? 0;
  taken.set(repeated, places.length);
  return taken.sort();
}
