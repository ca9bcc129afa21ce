import type { KeyHash } from '../dedupe/key-hash.js';
import type { KeyFormat } from '../format/key-format.js';
import { ROWS } from './key-filler.js';
import type { SlotPair } from './symbol-stream.js';

/**
 * The hashes of candidates, made while they are drawn. A tabulation hash is the exclusive or of one word for
 * each character, so a pair of slots adds one word for each of its choices, which a table holds.
 */
export class DrawnHash {
  /** The halves of each row's hash: high at 2i, low at 2i + 1. */
  readonly fingerprints = new Uint32Array(2 * ROWS);
  /** For each pair and each of its choices, both halves. */
  readonly #words: Uint32Array;
  readonly #pairs: number;
  readonly #literals = new Uint32Array(2);

  /**
   * `offsets`: the compared characters of the format, at most 64, which need no change of case. All that is not
   * literal among them is drawn in `pairs`.
   */
  constructor(hash: KeyHash, format: KeyFormat, offsets: Uint8Array, pairs: readonly SlotPair[]) {
    offsets.forEach((offset, place) => {
      const position = format.positions[offset];
      if (position?.kind === 'literal')
        hash.toggle(this.#literals, 0, place, position.character.charCodeAt(0));
    });
    const places = new Map(Array.from(offsets, (offset, place) => [offset, place]));
    this.#pairs = pairs.length;
    this.#words = new Uint32Array(2 * pairs.reduce((sum, pair) => sum + pair.choices, 0));
    for (const pair of pairs) this.#words.set(pairWords(hash, pair, places), 2 * pair.firstChoice);
  }

  /** Hashes the rows that `choices` filled: for each pair in order, the number of the choice in each row. */
  hashRows(choices: Uint32Array): void {
    const { fingerprints } = this;
    const words = this.#words;
    const end = this.#pairs * ROWS;
    const [literalHigh = 0, literalLow = 0] = this.#literals;
    for (let row = 0; row < ROWS; row++) {
      let high = literalHigh;
      let low = literalLow;
      for (let drawn = row; drawn < end; drawn += ROWS) {
        const word = (choices[drawn] ?? 0) << 1;
        high ^= words[word] ?? 0;
        low ^= words[word + 1] ?? 0;
      }
      fingerprints[2 * row] = high;
      fingerprints[2 * row + 1] = low;
    }
  }
}

function pairWords(hash: KeyHash, pair: SlotPair, places: ReadonlyMap<number, number>): Uint32Array {
  const words = new Uint32Array(2 * pair.choices);
  pair.symbols.forEach((symbols, choice) => {
    hash.toggle(words, 2 * choice, places.get(pair.first) ?? 0, symbols & 0xff);
    if (pair.second !== pair.first)
      hash.toggle(words, 2 * choice, places.get(pair.second) ?? 0, symbols >>> 8);
  });
  return words;
}
