import { encodeUtf8Into } from './utf8.js';

/** Bytes of a piece that arrays are cut from. */
const PIECE = 16_384;
let piece: Uint8Array<ArrayBuffer> | undefined;
let used = 0;

/**
 * An array of `length` zeros, if short one cut from a larger piece: an engine takes hundreds of nanoseconds for a
 * typed array of its own and as many to collect it, and signing in bulk needs three of them a signature.
 */
export function takeBytes(length: number): Uint8Array<ArrayBuffer> {
  if (length > PIECE / 8) return new Uint8Array(length);
  if (piece === undefined || used + length > PIECE) {
    piece = new Uint8Array(PIECE);
    used = 0;
  }
  used += length;
  return piece.subarray(used - length, used);
}

/** The UTF-8 bytes of `text`, in an array of {@link takeBytes}. A lone surrogate becomes U+FFFD: refuse those before. */
export function takeUtf8(text: string): Uint8Array {
  const bytes = takeBytes(text.length * 3);
  const { length } = bytes;
  const written = encodeUtf8Into(text, bytes);
  // What was not needed goes back.
  if (length <= PIECE / 8) used -= length - written;
  return bytes.subarray(0, written);
}
