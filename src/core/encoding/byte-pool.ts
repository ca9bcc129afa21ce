import { encodeUtf8, encodeUtf8Into } from './utf8.js';

/** Bytes of a piece that arrays are cut from, and of the longest such array. */
const PIECE = 16_384;
const LONGEST = 2048;

let piece: Uint8Array<ArrayBuffer> | undefined;
let used = 0;

/**
 * An array for `length` bytes, a short one cut from a larger piece: an engine takes hundreds of nanoseconds for a
 * typed array of its own and as many to collect it, and signing in bulk needs three of them a signature.
 */
export function takeBytes(length: number): Uint8Array<ArrayBuffer> {
  if (length > LONGEST) return new Uint8Array(length);
  if (piece === undefined || used + length > PIECE) {
    piece = new Uint8Array(PIECE);
    used = 0;
  }
  used += length;
  return piece.subarray(used - length, used);
}

/** The UTF-8 bytes of `text`, as `encodeUtf8` makes them, in an array of {@link takeBytes}. */
export function takeUtf8(text: string): Uint8Array {
  const most = text.length * 3;
  if (most > LONGEST) return encodeUtf8(text);
  const bytes = takeBytes(most);
  const written = encodeUtf8Into(text, bytes);
  used -= most - written; // what was not needed goes back
  return bytes.subarray(0, written);
}
