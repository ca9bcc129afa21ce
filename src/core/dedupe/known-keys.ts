import { encodeAscii } from '../encoding/utf8.js';
import { KeywrightError } from '../errors.js';
import { canonicalizeAscii } from '../format/canonical.js';
import { type RandomSource, systemRandom } from '../random/random-source.js';
import { comparedKey, isAsciiKey } from './compared-text.js';
import { FingerprintSet } from './fingerprint-set.js';
import { KeyHash } from './key-hash.js';
import type { KeySpans, LineHash } from './key-spans.js';

/** How {@link KnownKeys} compares and how many it should make room for. */
export interface KnownKeysOptions {
  /** Compare texts as they are, not their canonical forms. */
  readonly exact?: boolean | undefined;
  /** How many keys will come, a whole number from 0 on; more may. Default 0. */
  readonly expected?: number | undefined;
  /** Where the hash takes its secret from. Default `systemRandom()`. */
  readonly random?: RandomSource | undefined;
  /** Called with the compared bytes of each key that was new, `bytes[0, length)`. */
  readonly onNew?: ((bytes: Uint8Array, length: number) => void) | undefined;
  /** Keep them where other threads can read them: needs `SharedArrayBuffer`. Default false. */
  readonly shared?: boolean | undefined;
  /** Keys of another thread, which are held to be known as well; `exact` and `random` are theirs. */
  readonly others?: SharedKeys | undefined;
}

/** {@link KnownKeys} on their way to another thread. Whoever holds them must not pass on the hash's words. */
export interface SharedKeys {
  readonly exact: boolean;
  readonly hash: Int32Array;
  readonly fingerprints: readonly Uint32Array[];
}

/** How many keys of a list are looked up together. */
const TOGETHER = 64;

/**
 * The keys that a batch is held against, as fingerprints of what is compared: canonical form v1, or with
 * `exact` the text itself. One set takes lists and fresh keys alike.
 *
 * @example
 * const known = new KnownKeys();
 * known.add('abcd-efgh'); // true
 * known.add('ABCD EFGH'); // false: another spelling of the same key
 */
export class KnownKeys {
  readonly exact: boolean;
  /** Makes the fingerprints of this set. */
  readonly hash: KeyHash;
  readonly #set: FingerprintSet;
  readonly #onNew: ((bytes: Uint8Array, length: number) => void) | undefined;
  readonly #fingerprints = new Uint32Array(2 * TOGETHER);
  /** Which key of a list each of them is of. */
  readonly #indexes = new Uint32Array(TOGETHER);
  #scratch = new Uint8Array(256);

  /** @throws {KeywrightError} `invalid_option` when `expected` is no whole number from 0 on. */
  constructor(options: KnownKeysOptions = {}) {
    const expected = options.expected ?? 0;
    if (!Number.isSafeInteger(expected) || expected < 0) {
      throw new KeywrightError('invalid_option', 'expected must be a whole number from 0 on', {
        option: 'expected',
      });
    }
    const { others } = options;
    this.exact = others?.exact ?? options.exact ?? false;
    this.hash = new KeyHash(others?.hash ?? options.random ?? systemRandom());
    this.#set = new FingerprintSet(expected, others?.fingerprints, options.shared);
    this.#onNew = options.onNew;
  }

  /** These keys for other threads, made with `shared`: from then on none may be added here. */
  share(): SharedKeys {
    return { exact: this.exact, hash: this.hash.words, fingerprints: this.#set.tables };
  }

  /** What hashes lines for {@link addSpans}; undefined where texts are compared as they are. */
  get lineHash(): LineHash | undefined {
    return this.exact ? undefined : this.hash;
  }

  /** How many different keys were added. */
  get size(): number {
    return this.#set.size;
  }

  /**
   * Adds a key; false when another spelling of it was there already, and for a blank text, which is none.
   *
   * @throws {KeywrightError} `not_a_key` when nothing of it is compared, when that is not printable ASCII, or when the
   *   text cannot be normalised: see `canonicalForm`.
   */
  add(key: string): boolean {
    const { text, problem } = comparedKey(key, this.exact ? 'exact' : 1);
    if (problem !== undefined) {
      if (/^\s*$/.test(key)) return false;
      throw new KeywrightError('not_a_key', `the key ${problem}: correct or remove it`, {});
    }
    const bytes = encodeAscii(text);
    return this.#addBytes(bytes, bytes.length);
  }

  /**
   * Adds keys as a reader hands them over; returns how many were new. Where they have hashes these are of {@link lineHash}.
   *
   * @throws {KeywrightError} `not_a_key`, its position being the index of the key among these, from 1.
   */
  addSpans(keys: KeySpans): number {
    const before = this.#set.size;
    const hashes = this.#onNew === undefined ? keys.hashes : undefined;
    if (hashes === undefined) this.#addSpansBetween(keys, 0, keys.count);
    else this.#addHashed(keys, hashes);
    return this.#set.size - before;
  }

  /**
   * Adds one key of those that a reader hands over; as {@link add}, but for the time it takes, which is less after
   * {@link prefetchSpans}.
   */
  addSpan(keys: KeySpans, index: number): boolean {
    const { hashes } = keys;
    if (hashes !== undefined && hasHash(hashes, index)) return this.#addFound(keys, index, hashes, index);
    const before = this.#set.size;
    this.#addSpansTogether(keys, index, index + 1);
    return this.#set.size > before;
  }

  /** Reads ahead where some keys with hashes belong, which {@link addSpan} adds then. */
  prefetchSpans({ hashes }: KeySpans, from: number, to: number): void {
    if (hashes !== undefined) this.#set.prefetch(hashes.subarray(2 * from, 2 * to), to - from);
  }

  /** See `FingerprintSet.prefetch`. */
  prefetch(fingerprints: Uint32Array, count: number): number {
    return this.#set.prefetch(fingerprints, count);
  }

  /** See `FingerprintSet.addFresh`. */
  addFresh(fingerprints: Uint32Array, fresh: Uint8Array, wanted: number): number {
    return this.#set.addFresh(fingerprints, fresh, wanted);
  }

  #addBytes(bytes: Uint8Array, length: number): boolean {
    const fingerprint = new Uint32Array(2);
    this.hash.hash(bytes, 0, length, fingerprint, 0);
    const added = this.#set.add(fingerprint[0] ?? 0, fingerprint[1] ?? 0);
    if (added) this.#onNew?.(bytes, length);
    return added;
  }

  /** Those with a hash together, and those without, for in nearly all lists there are few of one kind. */
  #addHashed(keys: KeySpans, hashes: Uint32Array): void {
    for (let from = 0, to = 0; from < keys.count; from = to) {
      const isHashed = hasHash(hashes, from);
      while (to < keys.count && hasHash(hashes, to) === isHashed) to++;
      if (isHashed) this.#set.addAll(hashes, from, to);
      else this.#addSpansBetween(keys, from, to);
    }
  }

  #addSpansBetween(keys: KeySpans, from: number, to: number): void {
    for (let first = from; first < to; first += TOGETHER)
      this.#addSpansTogether(keys, first, Math.min(first + TOGETHER, to));
  }

  /** All are hashed, then prefetched, then added: so the cache misses overlap. */
  #addSpansTogether(keys: KeySpans, first: number, end: number): void {
    const { bytes, spans } = keys;
    const { hash, exact } = this;
    const [fingerprints, indexes] = [this.#fingerprints, this.#indexes];
    let count = 0;
    for (let index = first; index < end; index++) {
      indexes[count] = index;
      const from = spans[2 * index] ?? 0;
      const to = spans[2 * index + 1] ?? 0;
      // Nearly all keys are hashed without their form being written down.
      if (!exact && hash.hashCanonical(bytes, from, to, fingerprints, 2 * count)) {
        count++;
        continue;
      }
      const length = this.#compared(keys.bytes, from, to);
      if (length <= 0) this.#addUnusual(keys.bytes.subarray(from, to), index);
      else this.hash.hash(this.#scratch, 0, length, fingerprints, 2 * count++);
    }
    this.#set.prefetch(fingerprints, count);
    for (let at = 0; at < count; at++) this.#addFound(keys, indexes[at] ?? 0, fingerprints, at);
  }

  /** Adds the key at `index`, whose fingerprint is the one at `at`. */
  #addFound(keys: KeySpans, index: number, fingerprints: Uint32Array, at: number): boolean {
    const isNew = this.#set.add(fingerprints[2 * at] ?? 0, fingerprints[2 * at + 1] ?? 0);
    if (isNew && this.#onNew !== undefined) {
      const length = this.#compared(keys.bytes, keys.spans[2 * index] ?? 0, keys.spans[2 * index + 1] ?? 0);
      this.#onNew(this.#scratch, length);
    }
    return isNew;
  }

  /** Writes what is compared to the scratch and returns its length, or 0 or less where {@link add} must judge. */
  #compared(bytes: Uint8Array, from: number, to: number): number {
    if (this.#scratch.length < to - from) this.#scratch = new Uint8Array(2 * (to - from));
    if (!this.exact) return canonicalizeAscii(bytes, from, to, this.#scratch);
    if (!isAsciiKey(bytes, from, to)) return -1;
    this.#scratch.set(bytes.subarray(from, to));
    return to - from;
  }

  /** Rare enough to take the way through strings. */
  #addUnusual(bytes: Uint8Array, index: number): void {
    try {
      this.add(new TextDecoder().decode(bytes));
    } catch (error) {
      if (!(error instanceof KeywrightError)) throw error;
      throw new KeywrightError('not_a_key', error.message, { position: index + 1 }, { cause: error });
    }
  }
}

function hasHash(hashes: Uint32Array, index: number): boolean {
  return hashes[2 * index] !== 0 || hashes[2 * index + 1] !== 0;
}

declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}
