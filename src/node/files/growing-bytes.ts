/** Bytes that are appended to each other, and taken together. */
export class GrowingBytes {
  #bytes: Buffer;
  /** How many there are. */
  end = 0;

  constructor(room: number) {
    this.#bytes = Buffer.alloc(room);
  }

  /** Returns where the bytes end now, as does {@link appendText}. */
  append(bytes: Uint8Array): number {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.end);
    this.end += bytes.length;
    return this.end;
  }

  appendText(text: string): number {
    this.#reserve(3 * text.length);
    this.end += this.#bytes.write(text, this.end);
    return this.end;
  }

  /** All there are, and the room behind them, until the next one is appended; none are left. */
  taken(): Uint8Array {
    this.end = 0;
    return this.#bytes;
  }

  #reserve(length: number): void {
    if (this.end + length <= this.#bytes.length) return;
    const larger = Buffer.alloc(2 * this.end + length);
    this.#bytes.copy(larger, 0, 0, this.end);
    this.#bytes = larger;
  }
}
