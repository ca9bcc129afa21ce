import type { ByteSink } from '../../files/byte-sink.js';
import type { OutputShape } from '../../rows/output-shape.js';
import { RowOutput } from '../../rows/row-writer.js';
import type { HashedRows } from '../scan/scanned-list.js';

const LF = 0x0a;

/** Writes the rows that stay. Where keys alone are written, the stretches between those that go are moved together. */
export class KeptRows {
  readonly #sink: ByteSink;
  readonly #shape: OutputShape;
  readonly #rows: RowOutput;
  #room = new Uint8Array();

  constructor(sink: ByteSink, shape: OutputShape) {
    this.#sink = sink;
    this.#shape = shape;
    this.#rows = new RowOutput(sink, shape);
  }

  /**
   * Row `i` of a batch stays when `kept[i]` is not 0. The batch is used up.
   *
   * @throws {KeywrightError} as `RowOutput.write`.
   */
  async write(batch: HashedRows, kept: Uint8Array): Promise<void> {
    const { keys } = batch;
    this.#shape.admit(keys.layout);
    if (this.#shape.style !== 'text') return await this.#rows.write(keys, kept);
    await this.#sink.write(batch.isDense ? this.#closedUp(batch, kept) : this.#gathered(batch, kept));
  }

  /** Writes what stands behind the last row. */
  async end(): Promise<void> {
    if (this.#shape.style !== 'text') await this.#rows.end();
  }

  #gathered({ keys }: HashedRows, kept: Uint8Array): Uint8Array {
    const { bytes, spans, count } = keys;
    if (this.#room.length < bytes.length + count) this.#room = new Uint8Array(bytes.length + 2 * count);
    let end = 0;
    for (let index = 0; index < count; index++) {
      if (kept[index] === 0) continue;
      const [from, to] = [spans[2 * index] ?? 0, spans[2 * index + 1] ?? 0];
      for (let at = from; at < to; at++) this.#room[end++] = bytes[at] ?? 0;
      this.#room[end++] = LF;
    }
    return this.#room.subarray(0, end);
  }

  /** Lines that stand close together are moved over those that go: stretch by stretch, and none before the first. */
  #closedUp({ keys }: HashedRows, kept: Uint8Array): Uint8Array {
    const { bytes, spans, count } = keys;
    const begin = spans[0] ?? 0;
    const length = (spans[2 * count - 1] ?? 0) + 1;
    let [from, end] = [begin, begin];
    for (let index = kept.indexOf(0); index >= 0 && index < count; index = kept.indexOf(0, index + 1)) {
      const to = spans[2 * index] ?? 0;
      if (end < from && from < to) bytes.copyWithin(end, from, to);
      end += to - from;
      from = (spans[2 * index + 1] ?? 0) + 1;
    }
    if (end < from) bytes.copyWithin(end, from, length);
    end += length - from;
    return bytes.subarray(begin, end);
  }
}
