import type { UnsignedLicense } from './license-texts.js';

/** Payloads of licenses, ready to be signed, one behind the other in UTF-8: bytes cross to a thread faster than texts. */
export interface LicenseBlock {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each of them ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
}

/** A block, and whose licenses it has. */
export interface KeyedBlock extends LicenseBlock {
  readonly keys: readonly string[];
}

/** More bytes go to a thread as they come, or memory would grow with long licenses. */
const BLOCK_BYTES = 2 ** 20;
const ROOM = 1 << 16;

/** Puts licenses together to blocks of `most` of them. */
export class BlockWriter {
  readonly #most: number;
  #bytes = Buffer.allocUnsafeSlow(ROOM);
  #end = 0;
  #ends: number[] = [];
  #keys: string[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** Adds a license; the answer is the block that it completes, if it does. */
  add({ key, text }: UnsignedLicense): KeyedBlock | undefined {
    // A character is three bytes at most.
    this.#reserve(3 * text.length);
    this.#end += this.#bytes.write(text, this.#end);
    this.#ends.push(this.#end);
    this.#keys.push(key);
    return this.#keys.length < this.#most && this.#end < BLOCK_BYTES ? undefined : this.#taken();
  }

  /** The block of the licenses that are left, if there are any. */
  end(): KeyedBlock | undefined {
    return this.#keys.length === 0 ? undefined : this.#taken();
  }

  #taken(): KeyedBlock {
    const bytes = new Uint8Array(this.#bytes.buffer, 0, this.#end);
    const block = { bytes, ends: Uint32Array.from(this.#ends), keys: this.#keys };
    // The next ones will be as long.
    this.#bytes = Buffer.allocUnsafeSlow(this.#end + ROOM);
    [this.#end, this.#ends, this.#keys] = [0, [], []];
    return block;
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.#end + length);
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}
