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
}
