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

  /** At least so many bytes that `lines` lines end in them, `most` bytes, or a line of `longest`; or all there are. */
  async headLines(
    lines: number,
    longest: number,
    most: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly isWhole: boolean }> {
    let [counted, at, start] = [0, 0, 0];
    for (;;) {
      for (; at < this.#head.length; at++) {
        if (this.#head[at] !== 0x0a && this.#head[at] !== 0x0d) continue;
        counted++;
        start = at + 1;
      }
      if (counted >= lines || at - start > longest || at >= most)
        return { bytes: this.#head, isWhole: false };
      const next = await this.#rest.next();
      if (next.done === true) return { bytes: this.#head, isWhole: true };
      this.#head = Buffer.concat([this.#head, next.value]);
    }
  }

  /** All bytes but the first `skip`, which must have been looked at. */
  async *chunks(skip = 0): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#head.length > skip) yield this.#head.subarray(skip);
    yield* this.#rest;
  }
}
