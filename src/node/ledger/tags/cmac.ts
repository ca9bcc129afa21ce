import { type Cipher, createCipheriv } from 'node:crypto';

/** The bytes of a tag: AES-CMAC as it comes, nothing cut. */
export const TAG_BYTES = 16;

/** A block of AES, in bytes and in words. */
const BLOCK = 16;
const WORDS = 4;

/** Messages of one pass: enough for a call of node:crypto not to count, few enough to stay in the processor's cache. */
const TOGETHER = 4096;
/** And so many words of them, however long they are. */
const MOST_WORDS = 1 << 18;

/**
 * AES-256-CMAC (NIST SP 800-38B, RFC 4493) of many messages under one key. All messages take their first block in one
 * call of `aes-256-ecb`, then their second, and so on: for 400,000 keys a call each would cost ten times as much.
 * What was added is in `out` after {@link finish}.
 */
export class Cmac {
  readonly #cipher: Cipher;
  /** What the last block is combined with: K1 where the message fills it, K2 where it was padded. */
  readonly #filled: Uint32Array;
  readonly #padded: Uint32Array;
  /** The messages as whole blocks, one after the other, the last of each ready for its pass. */
  #blocks = new Uint32Array(2 * TOGETHER * WORDS);
  #bytes = new Uint8Array(this.#blocks.buffer);
  /** Where each message begins in `#blocks`, and the one that comes next. */
  readonly #starts = new Uint32Array(TOGETHER + 1);
  /** The word of `out` where each tag goes. */
  readonly #places = new Uint32Array(TOGETHER);
  /** The messages that have blocks left, and the block of each that is encrypted next. */
  readonly #left = new Uint32Array(TOGETHER);
  readonly #pass = new Uint32Array(TOGETHER * WORDS);
  readonly #passBytes = new Uint8Array(this.#pass.buffer);
  #held = 0;

  /** `key` has 32 bytes; 16 for AES-128, whose examples RFC 4493 shows. */
  constructor(key: Uint8Array, block: 'aes-256-ecb' | 'aes-128-ecb' = 'aes-256-ecb') {
    // It chains nothing, so one cipher serves all calls.
    this.#cipher = createCipheriv(block, key, null).setAutoPadding(false);
    const zero = this.#cipher.update(new Uint8Array(BLOCK));
    const first = doubled(zero);
    this.#filled = wordsOf(first);
    this.#padded = wordsOf(doubled(first));
  }

  /** Adds `message[0, length)`; its tag goes to `out[at, at + 16)`, now or later. `out` and `at` are multiples of four. */
  add(message: Uint8Array, length: number, out: Uint8Array, at: number): void {
    if (this.#held === TOGETHER || (this.#starts[this.#held] ?? 0) > MOST_WORDS) this.finish(out);
    const start = this.#starts[this.#held] ?? 0;
    const end = start + WORDS * Math.max(1, Math.ceil(length / BLOCK));
    if (end > this.#blocks.length) this.#grow(end);
    const bytes = this.#bytes;
    let to = 4 * start;
    for (let from = 0; from < length; from++) bytes[to++] = message[from] ?? 0;
    const isFilled = to === 4 * end;
    if (!isFilled) {
      bytes[to++] = 0x80;
      while (to < 4 * end) bytes[to++] = 0;
    }
    const subkey = isFilled ? this.#filled : this.#padded;
    const last = end - WORDS;
    for (let word = 0; word < WORDS; word++) {
      this.#blocks[last + word] = (this.#blocks[last + word] ?? 0) ^ (subkey[word] ?? 0);
    }
    this.#places[this.#held] = at / 4;
    this.#starts[++this.#held] = end;
  }

  /** Computes what is still missing in `out`. */
  finish(out: Uint8Array): void {
    const tags = new Uint32Array(out.buffer, out.byteOffset, out.length >>> 2);
    for (let at = 0; at < this.#held; at++) this.#left[at] = at;
    // Before its first block a message has the state zero.
    let state = this.#pass.fill(0);
    for (let block = 0, left = this.#held; left > 0; block++) {
      this.#combine(block, left, state);
      state = wordsOf(this.#cipher.update(this.#passBytes.subarray(0, left * BLOCK)));
      left = this.#settle(block, left, state, tags);
    }
    this.#held = 0;
  }

  /** The next block of each message, combined with its state. */
  #combine(block: number, left: number, state: Uint32Array): void {
    const [blocks, pass] = [this.#blocks, this.#pass];
    for (let at = 0, to = 0; at < left; at++, to += WORDS) {
      const from = (this.#starts[this.#left[at] ?? 0] ?? 0) + WORDS * block;
      pass[to] = (state[to] ?? 0) ^ (blocks[from] ?? 0);
      pass[to + 1] = (state[to + 1] ?? 0) ^ (blocks[from + 1] ?? 0);
      pass[to + 2] = (state[to + 2] ?? 0) ^ (blocks[from + 2] ?? 0);
      pass[to + 3] = (state[to + 3] ?? 0) ^ (blocks[from + 3] ?? 0);
    }
  }

  /** Writes the tags of messages that end with this block; of the others, whose number it returns, moves the states up. */
  #settle(block: number, left: number, state: Uint32Array, tags: Uint32Array): number {
    let others = 0;
    for (let at = 0, from = 0; at < left; at++, from += WORDS) {
      const message = this.#left[at] ?? 0;
      const next = (this.#starts[message] ?? 0) + WORDS * (block + 1);
      const isLast = next === this.#starts[message + 1];
      const [target, to] = isLast ? [tags, this.#places[message] ?? 0] : [state, others * WORDS];
      target[to] = state[from] ?? 0;
      target[to + 1] = state[from + 1] ?? 0;
      target[to + 2] = state[from + 2] ?? 0;
      target[to + 3] = state[from + 3] ?? 0;
      if (!isLast) this.#left[others++] = message;
    }
    return others;
  }

  #grow(words: number): void {
    const longer = new Uint32Array(2 * words);
    longer.set(this.#blocks);
    this.#blocks = longer;
    this.#bytes = new Uint8Array(longer.buffer);
  }
}

/** RFC 4493 section 2.3: multiplied by x in GF(2¹²⁸). */
function doubled(block: Uint8Array): Uint8Array {
  const carried = (block[0] ?? 0) >>> 7;
  return Uint8Array.from(block, (byte, at) => {
    const low = at === BLOCK - 1 ? carried * 0x87 : (block[at + 1] ?? 0) >>> 7;
    return ((byte << 1) & 0xff) ^ low;
  });
}

/** Bytes as words, in the order of this machine: they are only combined and moved. */
function wordsOf(bytes: Uint8Array): Uint32Array<ArrayBuffer> {
  const aligned = Uint8Array.from(bytes);
  return new Uint32Array(aligned.buffer);
}
