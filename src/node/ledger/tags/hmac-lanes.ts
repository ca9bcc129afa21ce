import { CODE_BYTES, HmacSha256 } from './hmac-sha256.js';
import { LANES, type Sha256Lanes, sha256Lanes } from './sha256-lanes.js';

/** Sixteen words of each lane. */
const BLOCK = 16 * 4 * LANES;
/** Addresses. A digest is the first half of the block that the outer hash reads. */
const [MESSAGE, DIGEST, INNER, OUTER, RESULT] = [0, BLOCK, 2 * BLOCK, 3 * BLOCK, 4 * BLOCK];

/** What fits into one block behind that of the key: 64 bytes but the bit that ends it and its length. */
const SHORT = 55;

/**
 * Codes as those of {@link HmacSha256}, of many messages: short ones are computed four at a time, in a quarter of
 * the time. What was added is in `out` after {@link finish}.
 */
export class HmacLanes {
  readonly #single: HmacSha256;
  readonly #lanes: Sha256Lanes | undefined;
  readonly #places = new Array<number>(LANES).fill(0);
  #held = 0;

  /** `key` is at most 64 bytes. */
  constructor(key: Uint8Array, lanes = sha256Lanes()) {
    this.#single = new HmacSha256(key);
    this.#lanes = lanes;
    if (lanes !== undefined) this.#prepare(lanes.words);
  }

  /** Adds `message[0, length)`; its code goes to `out[at, at + 16)`, now or later. */
  add(message: Uint8Array, length: number, out: Uint8Array, at: number): void {
    if (this.#lanes === undefined || length > SHORT) {
      this.#single.mac(message, length, out, at);
      return;
    }
    fillLane(this.#lanes.words, this.#held, message, length);
    this.#places[this.#held++] = at;
    if (this.#held === LANES) this.finish(out);
  }

  /** Computes what is still missing in `out`. */
  finish(out: Uint8Array): void {
    if (this.#lanes === undefined || this.#held === 0) return;
    const { words, compress } = this.#lanes;
    compress(INNER, MESSAGE, DIGEST);
    compress(OUTER, DIGEST, RESULT);
    for (let lane = 0; lane < this.#held; lane++) {
      const at = this.#places[lane] ?? 0;
      for (let index = 0; index < CODE_BYTES; index += 4) {
        const word = words[RESULT / 4 + index + lane] ?? 0;
        out[at + index] = word >>> 24;
        out[at + index + 1] = word >>> 16;
        out[at + index + 2] = word >>> 8;
        out[at + index + 3] = word;
      }
    }
    this.#held = 0;
  }

  #prepare(words: Int32Array): void {
    const { inner, outer } = this.#single;
    for (let lane = 0; lane < LANES; lane++) {
      for (let index = 0; index < 8; index++) {
        words[INNER / 4 + index * LANES + lane] = inner[index] ?? 0;
        words[OUTER / 4 + index * LANES + lane] = outer[index] ?? 0;
      }
      words[DIGEST / 4 + 8 * LANES + lane] = 0x80000000;
      words[DIGEST / 4 + 15 * LANES + lane] = (64 + 32) * 8;
    }
  }
}

/** One block: the message, the bit that ends it, and the length of key and message in bits. */
function fillLane(words: Int32Array, lane: number, message: Uint8Array, length: number): void {
  const first = MESSAGE / 4 + lane;
  const whole = length >>> 2;
  for (let index = 0; index < whole; index++) {
    const from = 4 * index;
    words[first + index * LANES] =
      ((message[from] ?? 0) << 24) |
      ((message[from + 1] ?? 0) << 16) |
      ((message[from + 2] ?? 0) << 8) |
      (message[from + 3] ?? 0);
  }
  let last = 0x80 << (24 - 8 * (length & 3));
  for (let index = 0; index < (length & 3); index++) {
    last |= (message[4 * whole + index] ?? 0) << (24 - 8 * index);
  }
  words[first + whole * LANES] = last;
  for (let index = whole + 1; index < 15; index++) words[first + index * LANES] = 0;
  words[first + 15 * LANES] = (64 + length) * 8;
}
