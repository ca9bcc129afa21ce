import { randomBytes } from 'node:crypto';
import type { Comparison } from '../../core/dedupe/compared-text.js';
import { KeywrightError } from '../../core/errors.js';
import { type Shard, shardRange } from '../../core/generate/shard.js';
import { openLocked, seal } from './locked-record.js';
import type {
  Batch,
  BatchRecord,
  Claim,
  Holder,
  KeySet,
  Ledger,
  LedgerKeys,
  LedgerStatus,
  Prepared,
  Reservation,
} from './model/ledger.js';
import { ledgerClosed, otherComparison } from './model/ledger-error.js';
import { type KeyTags, type LedgerStore, setOf } from './model/store.js';
import { TagMaker } from './tags/tag-maker.js';
import { FEWEST_BITS, weakFormat } from './weak-keys.js';

/** A store and the secret that gives its tags their meaning: together, a ledger. */
export class KeyedLedger implements Ledger {
  readonly comparison: Comparison;
  readonly #store: LedgerStore;
  readonly #secret: Uint8Array;
  readonly #tagMaker: TagMaker;
  /** Whether keys were ever created here, as far as we know: it never becomes untrue. */
  #created = false;
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<unknown> | undefined;

  /** The secret is the one that `header.check` was made with. */
  constructor(store: LedgerStore, secret: Uint8Array) {
    this.comparison = store.header.comparison;
    this.#store = store;
    this.#secret = secret;
    this.#tagMaker = new TagMaker(secret, this.comparison);
  }

  async claim(batch: Batch): Promise<Claim> {
    this.#refuseClosed();
    this.#refuse(batch);
    const shard = shardName(batch.shard);
    const { id, kind, count, mask, by, now: at } = batch;
    const parameters = this.#tagMaker.tagOf('parameters', batch.parameters);
    const token = randomBytes(16).toString('hex');
    const found = await this.#inTurn(() =>
      this.#store.claim({ id, shard, kind, count, mask, parameters, by, at, token }),
    );
    const prepared = found.locked === null ? null : readPrepared(openLocked(this.#secret, found.locked));
    const { attempt, state, doneAt } = found;
    return { id, shard, kind, attempt, token, state, at: found.at, doneAt, prepared };
  }

  async reserve(claim: Claim, chunk: number, keys: LedgerKeys): Promise<Reservation> {
    this.#refuseClosed();
    const given = claim.kind !== 'generate';
    // Made at once, while the database is busy with the last chunk.
    const tags = this.#tagMaker.tagsOf(setOf(claim.kind), keys, given && this.#store.header.secret !== null);
    if (tags.weakest < FEWEST_BITS) throw weakFormat(tags.weakest, 'a key');
    const created = given ? undefined : this.#createdTags(keys);
    return this.#inTurn(async () => {
      const name = { attempt: given ? 0 : claim.attempt, number: chunk };
      const known = this.#created ? created?.() : undefined;
      let places = await this.#store.reserve(claim, name, tags, known);
      if (places === undefined) {
        this.#created = true;
        places = await this.#store.reserve(claim, name, tags, created?.());
      }
      return { taken: takenKeys(tags, places ?? new Uint32Array(0)) };
    });
  }

  async prepare(claim: Claim, prepared: Prepared): Promise<void> {
    const locked = seal(this.#secret, JSON.stringify(prepared));
    await this.#inTurn(() => this.#store.prepare(claim, locked));
  }

  async done(claim: Claim, now: Date): Promise<void> {
    await this.#inTurn(() => this.#store.done(claim, now));
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

  batches(): Promise<readonly BatchRecord[]> {
    return this.#inTurn(() => this.#store.batches());
  }

  async status(): Promise<LedgerStatus> {
    const { engine, version, header } = this.#store;
    const counts = await this.#inTurn(() => this.#store.counts());
    const secret = header.secret === null ? 'outside' : 'inside';
    return { engine, version, comparison: this.comparison, secret, createdAt: header.createdAt, ...counts };
  }

  verify(): Promise<readonly string[]> {
    return this.#inTurn(() => this.#store.verify());
  }

  async close(): Promise<void> {
    this.#closing ??= this.#inTurn(() => this.#store.close());
    await this.#closing;
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

  /** The tags of keys among those created, for when they are needed: the bytes of the keys may be others by then. */
  #createdTags(keys: LedgerKeys): () => KeyTags {
    if (this.#created) {
      const tags = this.#tagMaker.tagsOf('created', keys);
      return () => tags;
    }
    const kept = keptKeys(keys);
    return () => this.#tagMaker.tagsOf('created', kept);
  }

  #refuse(batch: Batch): void {
    if (!/^[!-.0-~]{1,128}$/.test(batch.id)) {
      const message =
        'a batch id is 1 to 128 printable ASCII characters without blanks and /: choose another';
      throw new KeywrightError('invalid_option', message, { option: 'batch-id' });
    }
    if (batch.comparison !== this.comparison) throw otherComparison(this.comparison);
    if (this.#store.header.secret === null || batch.entropyBits === null) return;
    if (batch.entropyBits < FEWEST_BITS) throw weakFormat(batch.entropyBits, 'the format');
  }
}

/** `2/8`; a batch without shards is `1/1`. */
export function shardName(shard: Shard = { index: 1, of: 1 }): string {
  shardRange(1n, shard);
  return `${shard.index}/${shard.of}`;
}

function keptKeys(keys: LedgerKeys): LedgerKeys {
  const { count } = keys;
  if ('stride' in keys) return { ...keys, bytes: keys.bytes.slice(0, count * keys.stride) };
  const bytes = keys.bytes.slice(0, keys.spans[2 * count - 1] ?? 0);
  return { bytes, spans: keys.spans.slice(0, 2 * count), count };
}

function takenKeys({ order, repeated }: KeyTags, places: Uint32Array): Uint32Array {
  const taken = new Uint32Array(places.length + repeated.length);
  for (let at = 0; at < places.length; at++) taken[at] = order[places[at] ?? 0] ?? 0;
  taken.set(repeated, places.length);
  return taken.sort();
}

function readPrepared(text: string): Prepared {
  const { files, report }: Prepared = JSON.parse(text);
  return { files, report };
}
