import type { LedgerKeys } from '../../../src/node/ledger/model/key-texts.js';
import type { Batch, Claim, KeySet, Ledger } from '../../../src/node/ledger/model/ledger.js';
import type { Prepared } from '../../../src/node/ledger/model/prepared.js';
import type { TakenBack } from '../../../src/node/ledger/model/voiding.js';

/** A call on its way to a ledger: `perform` makes it. */
export interface Call {
  readonly name: string;
  /** From 1 on, over all calls of that name. */
  readonly number: number;
}

/** Decides what becomes of a call. */
export type Interruption = <T>(call: Call, perform: () => Promise<T>) => Promise<T>;

/** A ledger whose calls can be held up, lost or failed before and after they are made. */
export class InterruptedLedger implements Ledger {
  readonly comparison;
  readonly name;
  readonly files;
  readonly movedTo;
  readonly #calls = new Map<string, number>();
  readonly #ledger: Ledger;
  readonly #interrupt: Interruption;

  constructor(ledger: Ledger, interrupt: Interruption) {
    this.comparison = ledger.comparison;
    this.name = ledger.name;
    this.files = ledger.files;
    this.movedTo = ledger.movedTo;
    this.#ledger = ledger;
    this.#interrupt = interrupt;
  }

  claim(batch: Batch) {
    return this.#pass('claim', () => this.#ledger.claim(batch));
  }

  reserve(claim: Claim, chunk: number, keys: LedgerKeys) {
    // The bytes may be reused at once, so a call that waits takes a copy along.
    const kept = { ...keys, bytes: keys.bytes.slice() };
    return this.#pass('reserve', () => this.#ledger.reserve(claim, chunk, kept));
  }

  prepare(claim: Claim, prepared: Prepared) {
    return this.#pass('prepare', () => this.#ledger.prepare(claim, prepared));
  }

  done(claim: Claim, now: Date) {
    return this.#pass('done', () => this.#ledger.done(claim, now));
  }

  setVoid(id: string, shard: string | undefined, taken: TakenBack | null, now: Date) {
    return this.#ledger.setVoid(id, shard, taken, now);
  }

  find(set: KeySet, keys: LedgerKeys) {
    return this.#pass('find', () => this.#ledger.find(set, keys));
  }

  preparedOf(id: string, shard: string) {
    return this.#ledger.preparedOf(id, shard);
  }

  batches() {
    return this.#pass('batches', () => this.#ledger.batches());
  }

  status() {
    return this.#ledger.status();
  }

  verify() {
    return this.#ledger.verify();
  }

  acceptFailover() {
    return this.#ledger.acceptFailover();
  }

  close() {
    return this.#ledger.close();
  }

  #pass<T>(name: string, perform: () => Promise<T>): Promise<T> {
    const number = (this.#calls.get(name) ?? 0) + 1;
    this.#calls.set(name, number);
    return this.#interrupt({ name, number }, perform);
  }
}

/** Holds up one call, as `reserve 2`, before it is made or after, as a process that died there, or that is slow. */
export function stopAt(point: string, when: 'before' | 'after') {
  let [reach, release] = [() => {}, () => {}];
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const interrupt: Interruption = async (call, perform) => {
    if (`${call.name} ${call.number}` !== point) return perform();
    if (when === 'before') {
      reach();
      await released;
      return perform();
    }
    const result = await perform();
    reach();
    await released;
    return result;
  };
  return { interrupt, reached, release: () => release() };
}
