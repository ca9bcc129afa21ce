import { type Comparison, comparedKey } from '../../../core/dedupe/compared-text.js';
import { KeywrightError } from '../../../core/errors.js';
import { canonicalizeAscii } from '../../../core/format/canonical.js';
import { MOST_KEYS } from '../model/chunk-size.js';
import type { LedgerKeys } from '../model/key-texts.js';
import type { KeySet } from '../model/ledger.js';
import type { KeyTags } from '../model/store.js';
import { Cmac, TAG_BYTES } from './cmac.js';
import { SortScratch, sortTags } from './sorted-tags.js';

/** Makes tags: AES-256-CMAC of `set ‖ 0x00 ‖ compared text`. */
export class TagMaker {
  readonly #mac: Cmac;
  readonly #comparison: Comparison;
  /** The set's label and, behind it, the compared text. */
  #message = new Uint8Array(256);
  #text = this.#message;
  /** Kept from chunk to chunk. */
  #tags = new Uint8Array(0);
  readonly #scratch = new SortScratch();

  /** `key` has 32 bytes. */
  constructor(key: Uint8Array, comparison: Comparison) {
    this.#mac = new Cmac(key);
    this.#comparison = comparison;
  }

  /**
   * The tags of `keys`, which are only read. With `rated`, how guessable they are as well.
   *
   * @throws {KeywrightError} `not_a_key`, its position being the index, from 1; `invalid_option`: too many.
   */
  tagsOf(set: KeySet, keys: LedgerKeys, rated = false): KeyTags {
    const { count } = keys;
    if (count > MOST_KEYS) {
      throw new KeywrightError('invalid_option', `a chunk holds ${MOST_KEYS} keys at most: cut it`, {
        option: 'keys',
      });
    }
    if (this.#tags.length < count * TAG_BYTES) this.#tags = new Uint8Array(count * TAG_BYTES);
    const tags = this.#tags;
    const label = Buffer.from(`${set}\0`);
    this.#makeRoom(label, this.#message.length);
    let weakest = Number.POSITIVE_INFINITY;
    try {
      for (let index = 0; index < count; index++) {
        const [start, end] = placeOf(keys, index);
        const length = this.#compose(label, keys.bytes, start, end, index);
        if (rated) weakest = Math.min(weakest, mostBits(this.#message, label.length, length));
        this.#mac.add(this.#message, length, tags, index * TAG_BYTES);
      }
    } finally {
      // Also after a fault: nothing waits for the next chunk.
      this.#mac.finish(tags);
    }
    return { ...sortTags(tags, count, this.#scratch), weakest };
  }

  /** Takes back tags that nobody reads any more: later ones may lie where they lay. */
  giveBack(tags: KeyTags): void {
    this.#scratch.giveBack(tags);
  }

  /** The tag of a text of ours, told apart from those of keys by its label. */
  tagOf(label: 'check' | 'parameters', text: string): Uint8Array {
    const tag = new Uint8Array(TAG_BYTES);
    const message = Buffer.from(`${label}\0${text}`);
    this.#mac.add(message, message.length, tag, 0);
    this.#mac.finish(tag);
    return tag;
  }

  /** Writes the compared text behind the label; returns the length of both. */
  #compose(label: Uint8Array, bytes: Uint8Array, start: number, end: number, index: number): number {
    if (this.#text.length < end - start) this.#makeRoom(label, label.length + 2 * (end - start));
    if (this.#comparison === 1) {
      const length = canonicalizeAscii(bytes, start, end, this.#text);
      if (length > 0) return label.length + length;
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
    const { text: compared, problem } = comparedKey(text, this.#comparison);
    if (problem !== undefined) throw notAKey(problem, index);
    // The canonical form of what is no ASCII can be longer than its text.
    if (this.#text.length < compared.length) this.#makeRoom(label, label.length + 2 * compared.length);
    Buffer.from(this.#message.buffer).write(compared, label.length, 'latin1');
    return label.length + compared.length;
  }

  /** Room for a message of `length` bytes that begins with `label`. */
  #makeRoom(label: Uint8Array, length: number): void {
    if (this.#message.length < length) this.#message = new Uint8Array(length);
    this.#message.set(label);
    this.#text = this.#message.subarray(label.length);
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

/** A `not_a_key` error for the key of that index; the problem is that of `comparedKey`. */
export function notAKey(problem: string, index: number): KeywrightError<'not_a_key'> {
  return new KeywrightError('not_a_key', `key ${index + 1} ${problem}: correct or remove it`, {
    position: index + 1,
  });
}
