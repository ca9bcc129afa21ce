import { compressSha256, sha256Start } from '../sign/sha256.js';

const BLOCK = 64;

/**
 * SHA-256 of many short messages, one after another in the same memory: what a batch needs, as a million keys are two
 * million hashes. Write a message to `message`, then `hash` it.
 */
export class HashLane {
  readonly #words = new Int32Array(BLOCK);
  #message = new Uint8Array(4 * BLOCK);
  #view = new DataView(this.#message.buffer);

  /** Where the next message of up to `length` bytes is written, from its beginning. Its bytes stay from hash to hash. */
  message(length: number): Uint8Array {
    const needed = Math.ceil((length + 9) / BLOCK) * BLOCK;
    if (needed > this.#message.length) {
      const larger = new Uint8Array(2 * needed);
      larger.set(this.#message);
      this.#message = larger;
      this.#view = new DataView(larger.buffer);
    }
    return this.#message;
  }

  /** Hashes the first `length` bytes of the message, and writes the 32 bytes of the hash to `out` at `at`. */
  hash(length: number, out: DataView, at: number): void {
    const end = Math.ceil((length + 9) / BLOCK) * BLOCK;
    this.#message.fill(0, length, end);
    this.#message[length] = 0x80;
    this.#view.setUint32(end - 8, Math.floor(length / 2 ** 29));
    this.#view.setUint32(end - 4, length * 8);
    const state = sha256Start();
    for (let start = 0; start < end; start += BLOCK) {
      for (let word = 0; word < 16; word++) this.#words[word] = this.#view.getInt32(start + 4 * word);
      compressSha256(state, this.#words);
    }
    for (let word = 0; word < 8; word++) out.setInt32(at + 4 * word, state[word] ?? 0);
  }
}
