import { KeywrightError } from '../errors.js';
import { SEPARATORS } from '../format/alphabet.js';
import { canonicalForm } from '../format/canonical.js';
import type { KeyFormat } from '../format/key-format.js';
import { lookAlikesOf } from '../format/look-alikes.js';
import { symbolsOf } from '../format/position.js';

/**
 * Finds keys that contain one of several fragments, whatever their case and grouping, also spelled with look-alikes, as
 * 5EX. One pass over the key, however many fragments there are (Aho and Corasick, 1975).
 */
export class FragmentFilter {
  /** For each ASCII byte its column in {@link #next}; 0 for bytes that no fragment holds. */
  readonly #columns = new Uint8Array(128);
  readonly #width: number;
  readonly #next: Uint32Array;
  readonly #final: Uint8Array;

  /** @throws {KeywrightError} `invalid_option` when there is no fragment or one is not printable ASCII. */
  constructor(fragments: Iterable<string>) {
    const words = [...fragments].map(canonicalForm).filter((word) => word !== '');
    if (words.length === 0 || words.some((word) => /[^\x21-\x7e]/.test(word))) {
      throw new KeywrightError(
        'invalid_option',
        'a reject list holds one fragment a line, in printable ASCII: correct it',
        {
          option: 'reject',
        },
      );
    }
    this.#width = this.#assignColumns(words) + 1;
    const states = words.reduce((sum, word) => sum + word.length, 1);
    this.#next = new Uint32Array(states * this.#width);
    this.#final = new Uint8Array(states);
    this.#addWords(words);
    this.#link();
  }

  /** Whether the key of which `offsets` behind `start` are the ungrouped characters contains a fragment. */
  matches(bytes: Uint8Array, start: number, offsets: Uint8Array): boolean {
    let state = 0;
    for (let index = 0; index < offsets.length; index++) {
      const column = this.#columns[bytes[start + (offsets[index] ?? 0)] ?? 0] ?? 0;
      state = this.#next[state * this.#width + column] ?? 0;
      if (this.#final[state] === 1) return true;
    }
    return false;
  }

  /**
   * The share of a format's keys that contain no fragment: the chances of all states, carried from character to
   * character. Check characters and time digits count as if they were drawn.
   */
  acceptedShare({ positions }: KeyFormat): number {
    let chances = new Float64Array(this.#final.length);
    chances[0] = 1;
    for (const position of positions) {
      if (position.kind === 'literal' && SEPARATORS.includes(position.character)) continue;
      const weights = this.#weightsOf(symbolsOf(position));
      const next = new Float64Array(chances.length);
      for (const [state, chance] of chances.entries()) {
        if (chance === 0) continue;
        for (const [column, weight] of weights) {
          const to = this.#next[state * this.#width + column] ?? 0;
          if (this.#final[to] === 0) next[to] = (next[to] ?? 0) + chance * weight;
        }
      }
      chances = next;
    }
    return Math.min(
      1,
      chances.reduce((sum, chance) => sum + chance, 0),
    );
  }

  /** How likely each column is among some symbols. */
  #weightsOf(symbols: string): ReadonlyMap<number, number> {
    const weights = new Map<number, number>();
    for (const symbol of symbols) {
      const column = this.#columns[symbol.charCodeAt(0)] ?? 0;
      weights.set(column, (weights.get(column) ?? 0) + 1 / symbols.length);
    }
    return weights;
  }

  #assignColumns(words: readonly string[]): number {
    let columns = 0;
    for (const character of new Set(words.join(''))) {
      if (this.#columns[character.charCodeAt(0)] !== 0) continue;
      columns++;
      for (const alike of lookAlikesOf(character) || character) {
        this.#columns[alike.charCodeAt(0)] = columns;
        this.#columns[alike.toLowerCase().charCodeAt(0)] = columns;
      }
    }
    return columns;
  }

  #addWords(words: readonly string[]): void {
    let states = 1;
    for (const word of words) {
      let state = 0;
      for (const character of word) {
        const edge = state * this.#width + (this.#columns[character.charCodeAt(0)] ?? 0);
        if (this.#next[edge] === 0) this.#next[edge] = states++;
        state = this.#next[edge] ?? 0;
      }
      this.#final[state] = 1;
    }
  }

  /** Breadth first: where the trie has no edge, go on as the longest suffix would. */
  #link(): void {
    const suffixes = new Uint32Array(this.#final.length);
    const queue: number[] = [0];
    for (const state of queue) {
      const suffix = suffixes[state] ?? 0;
      if (this.#final[suffix] === 1) this.#final[state] = 1;
      for (let column = 1; column < this.#width; column++) {
        const edge = state * this.#width + column;
        const onward = state === 0 ? 0 : (this.#next[suffix * this.#width + column] ?? 0);
        const child = this.#next[edge] ?? 0;
        if (child === 0) this.#next[edge] = onward;
        else {
          suffixes[child] = onward;
          queue.push(child);
        }
      }
    }
  }
}
