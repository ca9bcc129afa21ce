import type { KeyHash } from '../dedupe/key-hash.js';
import type { KeyFormat } from '../format/key-format.js';
import { ROWS } from './key-filler.js';
import type { SlotPair } from './symbol-stream.js';

/** Rows that are hashed in one turn of the loop, as in `SymbolStream`. */
const TOGETHER = 8;

/** What tells keys apart as well as a `FingerprintSet` can. */
const ENOUGH = 2n ** 60n;

/**
 * The hashes of candidates, made while they are drawn. A tabulation hash is the exclusive or of one word for
 * each character, so a pair of slots adds one word for each of its choices, which a table holds.
 */
export class DrawnHash {
  /** The halves of each row's hash: high at 2i, low at 2i + 1. */
  readonly fingerprints = new Uint32Array(2 * ROWS);
  /** For each pair that counts and each of its choices, both halves. */
  readonly #words: readonly Uint32Array[];
  /** What the literals hash to, for each row. */
  readonly #literals = new Uint32Array(2 * ROWS);

  /**
   * `offsets`: the compared characters of the format, at most 64, which need no change of case. All that is not
   * literal among them is drawn in `pairs`. `alone`: only keys of this format are compared, so that the first pairs
   * do, of 60 bits together.
   */
  constructor(
    hash: KeyHash,
    format: KeyFormat,
    offsets: Uint8Array,
    pairs: readonly SlotPair[],
    alone: boolean,
  ) {
    offsets.forEach((offset, place) => {
      const position = format.positions[offset];
      if (position?.kind === 'literal')
        hash.toggle(this.#literals, 0, place, position.character.charCodeAt(0));
    });
    for (let row = 1; row < ROWS; row++) this.#literals.copyWithin(2 * row, 0, 2);
    const places = new Map(Array.from(offsets, (offset, place) => [offset, place]));
    this.#words = (alone ? enough(pairs) : pairs).map((pair) => pairWords(hash, pair, places));
  }

  /** Hashes the rows that `choices` filled: for each pair in order, the number of the choice in each row. */
  hashRows(choices: Uint16Array): void {
    const { fingerprints } = this;
    fingerprints.set(this.#literals);
    for (const [pair, words] of this.#words.entries()) addWords(words, choices, pair * ROWS, fingerprints);
  }
}

function addWords(words: Uint32Array, choices: Uint16Array, first: number, fingerprints: Uint32Array): void {
  for (let row = 0; row < ROWS; row += TOGETHER) {
    const drawn = first + row;
    addWord(words, choices[drawn] ?? 0, fingerprints, row);
    addWord(words, choices[drawn + 1] ?? 0, fingerprints, row + 1);
    addWord(words, choices[drawn + 2] ?? 0, fingerprints, row + 2);
    addWord(words, choices[drawn + 3] ?? 0, fingerprints, row + 3);
    addWord(words, choices[drawn + 4] ?? 0, fingerprints, row + 4);
    addWord(words, choices[drawn + 5] ?? 0, fingerprints, row + 5);
    addWord(words, choices[drawn + 6] ?? 0, fingerprints, row + 6);
    addWord(words, choices[drawn + 7] ?? 0, fingerprints, row + 7);
  }
}

function addWord(words: Uint32Array, choice: number, fingerprints: Uint32Array, row: number): void {
  const word = 2 * choice;
  const at = 2 * row;
  fingerprints[at] = (fingerprints[at] ?? 0) ^ (words[word] ?? 0);
  fingerprints[at + 1] = (fingerprints[at + 1] ?? 0) ^ (words[word + 1] ?? 0);
}

/** As many of the pairs, in order, as have 2^60 choices together. */
function enough(pairs: readonly SlotPair[]): readonly SlotPair[] {
  let choices = 1n;
  return pairs.filter((pair) => {
    const needed = choices < ENOUGH;
    choices *= BigInt(pair.choices);
    return needed;
  });
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
