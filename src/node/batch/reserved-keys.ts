import { KeywrightError } from '../../core/errors.js';
import type { KeyBlock } from '../../core/generate/key-block.js';
import { type BatchTally, BLOCK_ROWS } from '../../core/generate/key-draw.js';
import { CHUNK_KEYS, chunkKeys } from '../ledger/model/chunk-size.js';
import type { Claim, Ledger, Reservation } from '../ledger/model/ledger.js';
import type { KeySource } from './key-source.js';

/** Where reserved keys are drawn. */
export interface Drawing {
  /** How many keys are wanted. */
  readonly count: number;
  /** Bytes from one key of a block to the next. */
  readonly stride: number;
  /** How many keys the ledger held before. */
  readonly held: number;
  /** The most keys that are drawn at once. */
  readonly most: number;
  draw(count: number): KeySource;
}

/** After so many rejected keys in a row, or so many chunks of nothing else, there is no hope of another one. */
const PATIENCE = 1_000_000;
const CHUNKS_IN_VAIN = 1000;

interface Sent {
  readonly keys: KeyBlock;
  readonly reservation: Promise<Reservation>;
}

/**
 * Keys that a ledger has reserved for a batch, in blocks: drawn in chunks, of which those that the ledger holds are
 * left out and as many drawn anew, until there are enough. Two chunks are under way: one is being written while the
 * other is drawn and tagged; but of large ones one, for the memory's sake.
 *
 * @throws {KeywrightError} while drawing: as `Ledger.reserve`; `exhausted`, as `generateBlocks`, or when the ledger holds
 * a million of the drawn keys in a row. What was reserved until then stays spent.
 */
export class ReservedKeys {
  readonly #ledger: Ledger;
  readonly #claim: Claim;
  readonly #drawing: Drawing;
  readonly #buffers: Uint8Array[] = [];
  #missing: number;
  #chunks = 0;
  #drawn: BatchTally = { count: 0, duplicatesRejected: 0, fragmentsRejected: 0 };
  #taken = 0;
  #inVain = 0;
  #chunksInVain = 0;

  constructor(ledger: Ledger, claim: Claim, drawing: Drawing) {
    this.#ledger = ledger;
    this.#claim = claim;
    this.#drawing = drawing;
    this.#missing = drawing.count;
  }

  /** The blocks; the bytes of one are valid until the next one is asked for. */
  async *blocks(): AsyncGenerator<KeyBlock, BatchTally, void> {
    const { count } = this.#drawing;
    while (this.#missing > 0) {
      const sent: Sent[] = [];
      for await (const keys of this.#chunksOf(this.#missing)) {
        sent.push(this.#send(keys));
        while (sent.length >= atOnce(keys.count)) yield* this.#next(sent);
      }
      while (sent.length > 0) yield* this.#next(sent);
    }
    const { duplicatesRejected, fragmentsRejected } = this.#drawn;
    return { count, duplicatesRejected: duplicatesRejected + this.#taken, fragmentsRejected };
  }

  #send(keys: KeyBlock): Sent {
    const reservation = this.#ledger.reserve(this.#claim, this.#chunks++, keys);
    // It is awaited in its turn, and until then a failure must not look unheard.
    reservation.catch(() => undefined);
    return { keys, reservation };
  }

  async *#next(sent: Sent[]): AsyncGenerator<KeyBlock, void, void> {
    const first = sent.shift();
    if (first !== undefined) yield* this.#fresh(first);
  }

  async *#fresh({ keys, reservation }: Sent): AsyncGenerator<KeyBlock, void, void> {
    const { taken } = await reservation;
    const fresh = without(keys, taken);
    this.#taken += taken.length;
    this.#missing -= fresh.count;
    this.#judge(fresh.count, keys.count);
    const { length, stride } = keys;
    for (let start = 0; start < fresh.count; start += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, fresh.count - start);
      yield { bytes: fresh.bytes.subarray(start * stride, (start + count) * stride), count, length, stride };
    }
  }

  #judge(fresh: number, drawn: number): void {
    this.#inVain = fresh > 0 ? 0 : this.#inVain + drawn;
    this.#chunksInVain = fresh > 0 ? 0 : this.#chunksInVain + 1;
    if (this.#inVain < PATIENCE && this.#chunksInVain < CHUNKS_IN_VAIN) return;
    const produced = this.#drawing.count - this.#missing;
    throw new KeywrightError(
      'exhausted',
      `the ledger holds each of ${this.#inVain} keys drawn in a row after ${produced} keys: take a larger format`,
      { produced, rejected: this.#inVain },
    );
  }

  /** Keys in chunks, whose buffers take turns: one is reused when the one after it was asked for. */
  async *#chunksOf(wanted: number): AsyncGenerator<KeyBlock, void, void> {
    const { stride, count, held: before } = this.#drawing;
    const roomNow = () => Math.min(chunkKeys(before + count - this.#missing), wanted);
    let room = roomNow();
    let [bytes, held, length] = [this.#buffer(room), 0, stride - 1];
    for await (const block of this.#blocksOf(wanted)) {
      length = block.length;
      for (let start = 0; start < block.count; ) {
        const end = Math.min(start + room - held, block.count);
        bytes.set(block.bytes.subarray(start * stride, end * stride), held * stride);
        [held, start] = [held + end - start, end];
        if (held < room) continue;
        yield { bytes, count: held, length, stride };
        room = roomNow();
        [bytes, held] = [this.#buffer(room), 0];
      }
    }
    if (held > 0) yield { bytes, count: held, length, stride };
  }

  async *#blocksOf(wanted: number): AsyncGenerator<KeyBlock, void, void> {
    for (let left = wanted; left > 0; left -= this.#drawing.most) {
      const { duplicatesRejected, fragmentsRejected } = yield* this.#drawing.draw(
        Math.min(this.#drawing.most, left),
      );
      const before = this.#drawn;
      this.#drawn = {
        count: 0,
        duplicatesRejected: before.duplicatesRejected + duplicatesRejected,
        fragmentsRejected: before.fragmentsRejected + fragmentsRejected,
      };
    }
  }

  #buffer(room: number): Uint8Array {
    const size = room * this.#drawing.stride;
    let oldest: Uint8Array | undefined;
    while (this.#buffers.length >= atOnce(room)) oldest = this.#buffers.shift();
    const buffer = oldest !== undefined && oldest.length >= size ? oldest : new Uint8Array(size);
    this.#buffers.push(buffer);
    return buffer;
  }
}

/** How many chunks of that size there are at once: while one is written, the next is drawn and tagged, or of large ones not. */
function atOnce(keys: number): number {
  return keys > CHUNK_KEYS ? 1 : 2;
}

/** The keys but those of some indexes, which ascend; moved together where they lie. */
function without(keys: KeyBlock, taken: Uint32Array): KeyBlock {
  const { bytes, count, stride } = keys;
  let held = taken[0] ?? count;
  for (const [at, index] of taken.entries()) {
    const [start, end] = [index + 1, taken[at + 1] ?? count];
    bytes.copyWithin(held * stride, start * stride, end * stride);
    held += end - start;
  }
  return { ...keys, count: held };
}
