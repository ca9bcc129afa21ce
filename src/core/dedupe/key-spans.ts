/**
 * The unit in which readers hand keys over: bytes and where each key lies in them, no object or string
 * per key. Key `i` is the UTF-8 text `bytes[spans[2i], spans[2i+1])`, never empty, without surrounding
 * blanks, and stands on line `firstLine + lines[i]`; lines count from 1, and for JSON it is the number of
 * the element.
 *
 * The arrays may be longer than `count` demands, and the producer may reuse all of them as soon as it is
 * asked for the next batch: copy what must outlive the turn.
 */
export interface KeySpans {
  readonly bytes: Uint8Array;
  readonly spans: Uint32Array;
  readonly lines: Uint32Array;
  readonly firstLine: number;
  readonly count: number;
  /** Two words a key, its hash, where the reader was given a {@link LineHash}; both 0 where it has none yet. */
  readonly hashes?: Uint32Array | undefined;
}

/** Hashes lines while it looks for their ends. */
export interface LineHash {
  /**
   * Writes the hash of the canonical form v1 of the text from `start` to the first byte that is no ASCII letter or
   * digit, hyphen, full stop or underscore to `out[at]` and `out[at + 1]`, and returns where that byte stands. There
   * must be one. Returns `start` for a text that it cannot hash.
   */
  hashLine(bytes: Uint8Array, start: number, out: Uint32Array, at: number): number;
  /** How many letters and digits the last one had. */
  readonly symbols: number;
}

/** Of each byte: the letter or digit that it is in canonical form v1, 1 for what parts their groups, 0 for all others. */
export const LINE_SYMBOLS: Uint8Array = /* @__PURE__ */ lineSymbols();

function lineSymbols(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9]/.test(character)) return character.toUpperCase().charCodeAt(0);
    return /[-_.]/.test(character) ? 1 : 0;
  });
}
