import { canonicalForm, canonicalizeAscii } from '../format/canonical.js';
import type { RandomSource } from '../random/random-source.js';
import { TextHash } from './text-hash.js';

/**
 * What makes two texts the same key: equal canonical forms v1, or with `exact` equal texts. A text of which the
 * canonical form leaves nothing stands for itself. The hash only nominates; {@link sameKey} decides.
 */
export class KeyComparer {
  readonly exact: boolean;
  readonly hash: TextHash;
  #scratch = new Uint8Array(256);
  #other = new Uint8Array(256);

  constructor(exact: boolean, random: RandomSource) {
    this.exact = exact;
    this.hash = new TextHash(random);
  }

  /**
   * Writes the hash of what is compared of `bytes[start, end)` to `out[at]` and `out[at + 1]`. False for a text
   * that is no license key, though it can be compared: it is empty or holds what is not printable ASCII.
   */
  hashKey(bytes: Uint8Array, start: number, end: number, out: Uint32Array, at: number): boolean {
    if (this.exact) {
      this.hash.hash(bytes, start, end, out, at);
      return isPrintable(bytes, start, end);
    }
    if (this.hash.hashCanonical(bytes, start, end, out, at)) return true;
    const room = this.#reserve(end - start);
    const length = canonicalizeAscii(bytes, start, end, room);
    if (length > 0) this.hash.hash(room, 0, length, out, at);
    else {
      const form = unusualForm(bytes, start, end);
      this.hash.hash(form, 0, form.length, out, at);
      return length < 0 && isPrintable(form, 0, form.length);
    }
    return true;
  }

  /** Whether two texts are spellings of one key. */
  sameKey(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number): boolean {
    if (sameStretch(a, aStart, aEnd, b, bStart, bEnd)) return true;
    if (this.exact) return false;
    this.#reserve(Math.max(aEnd - aStart, bEnd - bStart));
    const aLength = canonicalizeAscii(a, aStart, aEnd, this.#scratch);
    const bLength = canonicalizeAscii(b, bStart, bEnd, this.#other);
    if (aLength > 0 && bLength > 0) return sameStretch(this.#scratch, 0, aLength, this.#other, 0, bLength);
    const [aForm, bForm] = [unusualForm(a, aStart, aEnd), unusualForm(b, bStart, bEnd)];
    return sameStretch(aForm, 0, aForm.length, bForm, 0, bForm.length);
  }

  #reserve(length: number): Uint8Array {
    if (this.#scratch.length < length) {
      this.#scratch = new Uint8Array(2 * length);
      this.#other = new Uint8Array(2 * length);
    }
    return this.#scratch;
  }
}

/** Whether two stretches of bytes are equal. */
export function sameStretch(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false;
  const shift = bStart - aStart;
  for (let index = aStart; index < aEnd; index++) if (a[index] !== b[index + shift]) return false;
  return true;
}

/** The way through strings, for what is rare. */
function unusualForm(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const text = new TextDecoder().decode(bytes.slice(start, end));
  return new TextEncoder().encode(canonicalForm(text) || text);
}

function isPrintable(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const byte = bytes[index] ?? 0;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return end > start;
}

declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}

declare class TextEncoder {
  encode(text: string): Uint8Array;
}
