import type { CsvDelimiter } from './csv.js';

const QUOTE = 0x22;

/**
 * Finds the cells of CSV rows that lie on one line, and the one with the key, without making strings. What
 * it cannot read as `csvRows` does, it leaves to that: text behind a closing quote, a quote that is not closed on
 * its line, a doubled quote in a key.
 */
export class CsvLine {
  /** How many cells the row has, as far as {@link read} says it was read. */
  cells = 0;
  /** Whether all cells are empty. */
  empty = true;
  /** The text of the key's cell, without its quotes: it begins here, … */
  keyFrom = 0;
  /** … and ends here. */
  keyTo = 0;
  readonly #delimiter: number;

  constructor(delimiter: CsvDelimiter) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** Reads the row `bytes[from, to)`, whose cell `keyAt` is the key; false when it is left to `csvRows`. */
  read(bytes: Uint8Array, from: number, to: number, keyAt: number): boolean {
    const delimiter = this.#delimiter;
    let cells = 0;
    let content = 0;
    for (let at = from; at <= to; at++) {
      let [start, end] = [at, at];
      if (at < to && bytes[at] === QUOTE) {
        at = closingQuote(bytes, at + 1, to);
        [start, end] = [start + 1, at];
        at++;
        if (at > to || (at < to && bytes[at] !== delimiter)) return false;
        if (cells === keyAt && holds(bytes, QUOTE, start, end)) return false;
      } else {
        while (at < to && bytes[at] !== delimiter) at++;
        end = at;
      }
      content += end - start;
      if (cells === keyAt) [this.keyFrom, this.keyTo] = [start, end];
      cells++;
    }
    this.cells = cells;
    this.empty = content === 0;
    return true;
  }
}

/** The first quote of `bytes[from, to)` that is not doubled; `to` when there is none. */
function closingQuote(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    if (bytes[at] !== QUOTE) continue;
    if (at + 1 === to || bytes[at + 1] !== QUOTE) return at;
    at++;
  }
  return to;
}

/** Whether `byte` is among `bytes[from, to)`. */
export function holds(bytes: Uint8Array, byte: number, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === byte) return true;
  return false;
}
