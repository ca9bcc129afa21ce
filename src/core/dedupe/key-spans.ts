/**
 * Keys as a reader hands them over, without an object for each: key i is `bytes[spans[2i], spans[2i + 1])`
 * and stands on line `firstLine + lines[i]`. The producer may reuse the arrays once it is asked for more.
 */
export interface KeySpans {
  readonly bytes: Uint8Array;
  readonly spans: Uint32Array;
  readonly lines: Uint32Array;
  readonly firstLine: number;
  readonly count: number;
}
