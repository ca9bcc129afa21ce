import type { TempSpace } from './temp-space.js';

const FEWEST = 1 << 12;

/** Bytes that are appended and read back; what `memory` does not hold goes to a temporary file. */
export class SpillFile {
  readonly #space: TempSpace;
  readonly #memory: number;
  #buffer: Uint8Array;
  #view: DataView;
  #filled = 0;
  #fd: number | undefined;
  #written = 0;

  constructor(space: TempSpace, memory: number) {
    this.#space = space;
    this.#memory = Math.max(FEWEST, memory);
    this.#buffer = new Uint8Array(FEWEST);
    this.#view = new DataView(this.#buffer.buffer);
  }

  /** How many bytes were appended. */
  get length(): number {
    return this.#written + this.#filled;
  }

  append(bytes: Uint8Array, from = 0, to = bytes.length): void {
    if (to - from > this.#buffer.length - this.#filled) this.#makeRoom(to - from);
    if (to - from > 64) this.#buffer.set(bytes.subarray(from, to), this.#filled);
    // A call costs more than a short loop.
    else
      for (let at = from, end = this.#filled - from; at < to; at++) this.#buffer[end + at] = bytes[at] ?? 0;
    this.#filled += to - from;
  }

  /** Appends a whole number below 2^32, in four bytes, the first the least. */
  appendWord(word: number): void {
    if (this.#buffer.length - this.#filled < 4) this.#makeRoom(4);
    this.#view.setUint32(this.#filled, word, true);
    this.#filled += 4;
  }

  appendDouble(value: number): void {
    if (this.#buffer.length - this.#filled < 8) this.#makeRoom(8);
    this.#view.setFloat64(this.#filled, value, true);
    this.#filled += 8;
  }

  /** Reads up to `bytes.length` bytes from `position`; less only at the end. */
  read(bytes: Uint8Array, position: number): number {
    let got = 0;
    if (position < this.#written && this.#fd !== undefined) {
      const length = Math.min(bytes.length, this.#written - position);
      got = this.#space.read(this.#fd, bytes.subarray(0, length), position);
    }
    const from = position + got - this.#written;
    const rest = this.#buffer.subarray(from, Math.min(this.#filled, from + bytes.length - got));
    bytes.set(rest, got);
    return got + rest.length;
  }

  /** Gives memory back; what was appended can still be read. */
  settle(): void {
    if (this.#fd === undefined) return;
    this.#write(this.#buffer.subarray(0, this.#filled));
    this.#allocate(0);
  }

  /** Lets go of everything. */
  close(): void {
    if (this.#fd !== undefined) this.#space.close(this.#fd);
    this.#fd = undefined;
    this.#written = 0;
    this.#filled = 0;
    this.#allocate(0);
  }

  #makeRoom(length: number): void {
    const wanted = this.#filled + length;
    if (wanted <= this.#memory) {
      const kept = this.#buffer.subarray(0, this.#filled);
      this.#allocate(Math.min(this.#memory, 2 * wanted));
      this.#buffer.set(kept);
      return;
    }
    this.#write(this.#buffer.subarray(0, this.#filled));
    if (this.#buffer.length < Math.max(length, this.#memory)) this.#allocate(Math.max(length, this.#memory));
  }

  #write(bytes: Uint8Array): void {
    this.#fd ??= this.#space.open();
    this.#space.write(this.#fd, bytes, this.#written);
    this.#written += bytes.length;
    this.#filled = 0;
  }

  #allocate(length: number): void {
    this.#buffer = new Uint8Array(length);
    this.#view = new DataView(this.#buffer.buffer);
  }
}
