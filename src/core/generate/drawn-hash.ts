import type { KeyHash } from '../dedupe/key-hash.js';
import type { KeyFormat } from '../format/key-format.js';
import { ROWS } from './key-filler.js';
import type { SlotPair } from './symbol-stream.js';

/** Rows that are hashed in one turn of the loop, as in `SymbolStream`. */
const TOGETHER = 8;

/** Pairs with so many choices together tell keys apart as well as their whole hash does in a `FingerprintSet`. */
const ENOUGH = 2n ** 60n;

/**
 * Hashes candidates while they are drawn. `KeyHash` is the exclusive or of one random word for each place and
 * character. So the two slots of a pair can be looked up together: a table holds, for each choice of the pair, the
 * exclusive or of its two words.
 *
 * Keys of `99-99`, to which the dash adds nothing, have two pairs of 100 choices. For the key 12-34 the filler drew the
 * choices 12 and 34, and
 *
 *     hash = word(0, '1') ^ word(1, '2') ^ word(2, '3') ^ word(3, '4')    // KeyHash, character by character
 *          = table0[12] ^ table1[34]                                      // here, choice by choice
 */
export class DrawnHash {
  /** The hash of row i: its high half at 2i, its low half at 2i + 1. */
  readonly fingerprints = new Uint32Array(2 * ROWS);
  /** The table of each pair: both halves of the word of choice c at 2c and 2c + 1. */
  readonly #words: readonly Uint32Array[];
  /** The exclusive or of the literals' words, once for each row. */
  readonly #literals = new Uint32Array(2 * ROWS);

  /**
   * `offsets` are those of the compared characters, at most 64, and none needs a change of case. Each is a literal, or
   * a slot of one of the `pairs`. With `alone` the keys meet only keys of this draw: then the first pairs with 2^60
   * choices together are hashed, and the others left out.
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

  /** Hashes 64 rows. `choices` are those of `KeyFiller.choices`. */
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

/** The first pairs, up to the one with which they have 2^60 choices together. */
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
