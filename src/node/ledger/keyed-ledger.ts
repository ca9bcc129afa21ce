import { randomBytes } from 'node:crypto';
import type { Comparison } from '../../core/dedupe/compared-text.js';
import { KeywrightError } from '../../core/errors.js';
import { type Shard, shardRange } from '../../core/generate/shard.js';
import { openSealed, seal } from './locked-record.js';
import {
  type Batch,
  type BatchRecord,
  type Claim,
  type Holder,
  type KeySet,
  type Ledger,
  type LedgerKeys,
  type LedgerStatus,
  MOST_KEYS,
  type Prepared,
  type Reservation,
} from './model/ledger.js';
import { ledgerClosed, otherComparison } from './model/ledger-error.js';
import { type Fingerprints, type LedgerStore, setOf } from './model/store.js';
import { FingerprintThread, type KeysAndFingerprints } from './tags/fingerprint-thread.js';
import { Fingerprinter } from './tags/fingerprints.js';
import { FEWEST_BITS, weakFormat } from './weak-keys.js';

/** From here on a thread of its own is worth its while. */
const MANY_KEYS = 20_000;

/** A store and the secret that gives its fingerprints their meaning: together, a ledger. */
export class KeyedLedger implements Ledger {
  readonly comparison: Comparison;
  readonly #store: LedgerStore;
  readonly #secret: Uint8Array;
  readonly #fingerprinter: Fingerprinter;
  readonly #thread: FingerprintThread;
  /** Whether keys were ever created here, as far as we know: it never becomes untrue. */
  #created = false;
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<unknown> | undefined;
  #spare: Uint8Array = new Uint8Array(0);

  /** The secret is the one that `header.check` was made with. */
  constructor(store: LedgerStore, secret: Uint8Array) {
    this.comparison = store.header.comparison;
    this.#store = store;
    this.#secret = secret;
    this.#fingerprinter = new Fingerprinter(secret, this.comparison);
    this.#thread = new FingerprintThread(secret, this.comparison);
  }

  async claim(batch: Batch): Promise<Claim> {
    this.#refuseClosed();
    this.#refuse(batch);
    const shard = shardName(batch.shard);
    const { id, kind, count, mask, by, now: at } = batch;
    const parameters = this.#fingerprinter.seal('parameters', batch.parameters);
    const token = randomBytes(16).toString('hex');
    const found = await this.#inTurn(() =>
      this.#store.claim({ id, shard, kind, count, mask, parameters, by, at, token }),
    );
    const prepared = found.sealed === null ? null : readPrepared(openSealed(this.#secret, found.sealed));
    const { attempt, state, doneAt } = found;
    return { id, shard, kind, attempt, token, state, at: found.at, doneAt, prepared };
  }

  async reserve(claim: Claim, chunk: number, keys: LedgerKeys): Promise<Reservation> {
    this.#refuseClosed();
    const given = claim.kind !== 'generate';
    const rated = given && this.#store.header.secret !== null;
    // What follows an await must not look at the keys again: their bytes may be reused.
    const kept = this.#copyOf(keys);
    const own = this.#fingerprint(setOf(claim.kind), kept, rated);
    const other = !given && this.#created ? this.#after(own, 'created') : undefined;
    other?.catch(() => undefined);
    return this.#inTurn(async () => {
      const { fingerprints } = await own;
      if (fingerprints.weakest < FEWEST_BITS) throw weakFormat(fingerprints.weakest, 'a key');
      const name = { attempt: given ? 0 : claim.attempt, number: chunk };
      let places = await this.#store.reserve(claim, name, fingerprints, (await other)?.fingerprints);
      if (places === undefined) {
        this.#created = true;
        const created = await this.#after(own, 'created');
        places = await this.#store.reserve(claim, name, fingerprints, created.fingerprints);
      }
      // The buffer of a full chunk is worth keeping: left to the collector, they pile up.
      this.#spare = (await own).keys.bytes;
      return { taken: takenKeys(fingerprints, places ?? new Uint32Array(0)) };
    });
  }

  async prepare(claim: Claim, prepared: Prepared): Promise<void> {
    const sealed = seal(this.#secret, JSON.stringify(prepared));
    await this.#inTurn(() => this.#store.prepare(claim, sealed));
  }

  async done(claim: Claim, now: Date): Promise<void> {
    await this.#inTurn(() => this.#store.done(claim, now));
  }

  async find(set: KeySet, keys: LedgerKeys): Promise<readonly (Holder | null)[]> {
    this.#refuseClosed();
    const made = this.#fingerprint(set, this.#copyOf(keys));
    return this.#inTurn(async () => {
      const { fingerprints } = await made;
      const { order, repeated, repeats } = fingerprints;
      const holders = await this.#store.holders(fingerprints);
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
    this.#closing ??= this.#inTurn(() => Promise.all([this.#store.close(), this.#thread.close()]));
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

  #copyOf(keys: LedgerKeys): LedgerKeys {
    const { count } = keys;
    const length = 'stride' in keys ? count * keys.stride : (keys.spans[2 * count - 1] ?? 0);
    const bytes = this.#spare.length >= length ? this.#spare : new Uint8Array(length);
    this.#spare = new Uint8Array(0);
    bytes.set(keys.bytes.subarray(0, length));
    return 'stride' in keys ? { ...keys, bytes } : { bytes, spans: keys.spans.slice(0, 2 * count), count };
  }

  #fingerprint(set: KeySet, keys: LedgerKeys, rated = false): Promise<KeysAndFingerprints> {
    const many = keys.count >= MANY_KEYS && keys.count <= MOST_KEYS && FingerprintThread.available;
    const made = many
      ? this.#thread.fingerprint(set, keys, rated)
      : new Promise<KeysAndFingerprints>((resolve) => {
          resolve({ keys, fingerprints: this.#fingerprinter.fingerprint(set, keys, rated) });
        });
    // It is awaited in its turn, and until then a failure must not look unheard.
    made.catch(() => undefined);
    return made;
  }

  /** The keys are with the first until it is done. */
  async #after(first: Promise<KeysAndFingerprints>, set: KeySet): Promise<KeysAndFingerprints> {
    const { keys } = await first;
    return this.#fingerprint(set, keys);
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

function takenKeys({ order, repeated }: Fingerprints, places: Uint32Array): Uint32Array {
  const taken = new Uint32Array(places.length + repeated.length);
  for (let at = 0; at < places.length; at++) taken[at] = order[places[at] ?? 0] ?? 0;
  taken.set(repeated, places.length);
  return taken.sort();
}

function readPrepared(text: string): Prepared {
  const { files, report }: Prepared = JSON.parse(text);
  return { files, report };
}
