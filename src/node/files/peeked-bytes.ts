/** Bytes whose beginning can be looked at before they are read. */
export class PeekedBytes {
  readonly #rest: AsyncGenerator<Uint8Array, void, undefined>;
  #head: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncGenerator<Uint8Array, void, undefined>) {
    this.#rest = chunks;
  }

  /** At least the first `length` bytes, or all there are. */
  async head(length: number): Promise<Uint8Array> {
    while (this.#head.length < length) {
      const next = await this.#rest.next();
      if (next.done === true) break;
      this.#head = Buffer.concat([this.#head, next.value]);
    }
    return this.#head;
  }

  /** All bytes but the first `skip`, which must have been looked at. */
  async *chunks(skip = 0): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#head.length > skip) yield this.#head.subarray(skip);
    yield* this.#rest;
  }
}
