import type { Comparison } from '../../../core/dedupe/compared-text.js';
import { KeywrightError } from '../../../core/errors.js';
import { canonicalForm, canonicalizeAscii } from '../../../core/format/canonical.js';
import { type KeySet, type LedgerKeys, MOST_KEYS } from '../model/ledger.js';
import type { Fingerprints } from '../model/store.js';
import { HmacLanes } from './hmac-lanes.js';
import { CODE_BYTES } from './hmac-sha256.js';
import { SortScratch, sortCodes } from './sorted-tags.js';

/** Makes fingerprints: `HMAC-SHA-256(secret, set ‖ 0x00 ‖ compared form)`, cut to 16 bytes. */
export class Fingerprinter {
  readonly #mac: HmacLanes;
  readonly #comparison: Comparison;
  #message = new Uint8Array(256);
  /** Kept from chunk to chunk. */
  #codes = new Uint8Array(0);
  readonly #scratch = new SortScratch();

  constructor(secret: Uint8Array, comparison: Comparison) {
    this.#mac = new HmacLanes(secret);
    this.#comparison = comparison;
  }

  /**
   * The fingerprints of `keys`, which are only read. With `rated`, how guessable they are as well.
   *
   * @throws {KeywrightError} `not_a_key`, its position being the index, from 1; `invalid_option`: too many.
   */
  fingerprint(set: KeySet, keys: LedgerKeys, rated = false): Fingerprints {
    const { count } = keys;
    if (count > MOST_KEYS) {
      throw new KeywrightError('invalid_option', `a chunk holds ${MOST_KEYS} keys at most: cut it`, {
        option: 'keys',
      });
    }
    if (this.#codes.length < count * CODE_BYTES) this.#codes = new Uint8Array(count * CODE_BYTES);
    const codes = this.#codes;
    const label = Buffer.from(`${set}\0`);
    this.#message.set(label);
    let weakest = Number.POSITIVE_INFINITY;
    try {
      for (let index = 0; index < count; index++) {
        const [start, end] = placeOf(keys, index);
        const length = this.#compose(label.length, keys.bytes, start, end, index);
        if (rated) weakest = Math.min(weakest, mostBits(this.#message, label.length, length));
        this.#mac.add(this.#message, length, codes, index * CODE_BYTES);
      }
    } finally {
      // Also after a fault: nothing waits for the next chunk.
      this.#mac.finish(codes);
    }
    return { ...sortCodes(codes, count, this.#scratch), weakest };
  }

  /** The code of a short text of ours, told apart from those of keys by its label. */
  seal(label: 'check' | 'parameters', text: string): Uint8Array {
    const code = new Uint8Array(CODE_BYTES);
    const message = Buffer.from(`${label}\0${text}`);
    this.#mac.add(message, message.length, code, 0);
    this.#mac.finish(code);
    return code;
  }

  /** Writes the compared form behind the label; returns the length of both. */
  #compose(label: number, bytes: Uint8Array, start: number, end: number, index: number): number {
    if (this.#message.length < label + end - start) {
      const longer = new Uint8Array(2 * (label + end - start));
      longer.set(this.#message.subarray(0, label));
      this.#message = longer;
    }
    const out = this.#message.subarray(label);
    if (this.#comparison === 1) {
      const length = canonicalizeAscii(bytes, start, end, out);
      if (length > 0) return label + length;
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
    // A key of nothing but separators is compared as it is.
    const compared = this.#comparison === 1 ? canonicalForm(text) || text : text;
    const stranger = /[^\x20-\x7e]/u.exec(compared)?.[0]?.codePointAt(0);
    if (compared === '' || stranger !== undefined) throw notAKey(stranger, index);
    // The canonical form of what is no ASCII can be longer than its text.
    if (compared.length > out.length) {
      const longer = new Uint8Array(2 * (label + compared.length));
      longer.set(this.#message.subarray(0, label));
      this.#message = longer;
    }
    Buffer.from(this.#message.buffer).write(compared, label, 'latin1');
    return label + compared.length;
  }
}

function placeOf(keys: LedgerKeys, index: number): readonly [start: number, end: number] {
  if ('stride' in keys) return [index * keys.stride, index * keys.stride + keys.length];
  return [keys.spans[2 * index] ?? 0, keys.spans[2 * index + 1] ?? 0];
}

/** What the text's length and its kinds of characters allow at most; A to F alone are taken for hex. */
export function mostBits(bytes: Uint8Array, start: number, end: number): number {
  let [digits, hex, upper, rest] = [0, 0, 0, 0];
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) digits = 10;
    else if (byte >= 0x41 && byte <= 0x46) hex = 16;
    else if (byte >= 0x41 && byte <= 0x5a) upper = 26;
    else rest |= byte >= 0x61 && byte <= 0x7a ? 26 : 32;
  }
  const symbols = upper === 0 ? Math.max(digits, hex) : upper + digits;
  return (end - start) * Math.log2(symbols + rest);
}

/** A `not_a_key` error for the key of that index. */
export function notAKey(stranger: number | undefined, index: number): KeywrightError<'not_a_key'> {
  const what =
    stranger === undefined
      ? 'nothing'
      : `U+${stranger.toString(16).toUpperCase().padStart(4, '0')}, which is no character of license keys`;
  return new KeywrightError('not_a_key', `key ${index + 1} holds ${what}: correct or remove it`, {
    position: index + 1,
  });
}
