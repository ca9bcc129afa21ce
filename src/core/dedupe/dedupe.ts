import { KeywrightError } from '../errors.js';
import { type RandomSource, systemRandom } from '../random/random-source.js';
import { FirstPlaces } from './first-places.js';
import { KeyComparer, sameStretch } from './key-comparer.js';
import { NEW } from './places-table.js';

/** How {@link dedupe} compares, and whom it tells. */
export interface DedupeOptions {
  /** Keys that are known already: what equals one of them is dropped. */
  readonly against?: Iterable<string> | undefined;
  /** Compare texts as they are, not their canonical forms. */
  readonly exact?: boolean | undefined;
  /** Called for each key that is dropped, in their order. */
  readonly onDuplicate?: ((duplicate: Duplicate) => void) | undefined;
  /** Where the hash takes its secret from. Default `systemRandom()`. */
  readonly random?: RandomSource | undefined;
}

/** A key that {@link dedupe} dropped. */
export interface Duplicate {
  readonly key: string;
  /** Its place among the keys, from 0. */
  readonly index: number;
  /** Whether the first occurrence is a key of `against`, and `firstIndex` its place there. */
  readonly known: boolean;
  readonly firstIndex: number;
  /** Whether it is spelled differently there. */
  readonly differs: boolean;
}

/** What {@link dedupe} returns when all keys are through. */
export interface DedupeTally {
  readonly read: number;
  readonly kept: number;
  readonly duplicates: number;
}

/**
 * The keys that are met for the first time, in their order, as they are spelled there. Exact: equality of the
 * keys decides, the hash only says which to compare. As many as memory holds: about 30 bytes a key and its text.
 *
 * @throws {KeywrightError} `not_a_key` for a text with half a surrogate pair.
 *
 * @example
 * [...dedupe(['ABCD-EFGH', 'abcdefgh', 'IJKL-MNOP'])]; // ['ABCD-EFGH', 'IJKL-MNOP']
 */
export function* dedupe(
  keys: Iterable<string>,
  options: DedupeOptions = {},
): Generator<string, DedupeTally, void> {
  const seen = new SeenKeys(
    new KeyComparer(options.exact === true ? 'exact' : 'fold', options.random ?? systemRandom()),
  );
  let known = 0;
  for (const key of options.against ?? []) seen.add(key, known++);
  let read = 0;
  let kept = 0;
  for (const key of keys) {
    const index = read++;
    const first = seen.add(key, known + index);
    if (first === undefined) {
      kept++;
      yield key;
    } else {
      const isKnown = first.number < known;
      const firstIndex = isKnown ? first.number : first.number - known;
      options.onDuplicate?.({ key, index, known: isKnown, firstIndex, differs: first.differs });
    }
  }
  return { read, kept, duplicates: read - kept };
}

interface Seen {
  readonly number: number;
  readonly differs: boolean;
}

/** Keys in blocks of so many. */
const BLOCK = 1 << 16;

/** Different keys, each with a number. */
class SeenKeys {
  readonly #comparer: KeyComparer;
  readonly #table = new FirstPlaces(0);
  readonly #blocks: Block[] = [];
  /** Keys whose fingerprint another key has: about one in 10⁹. */
  readonly #others: { readonly bytes: Uint8Array; readonly number: number }[] = [];
  readonly #hash = new Uint32Array(2);
  readonly #encoder = new TextEncoder();
  #count = 0;

  constructor(comparer: KeyComparer) {
    this.#comparer = comparer;
  }

  /** What was seen before of the key; else undefined, and it is seen now. */
  add(key: string, number: number): Seen | undefined {
    const bytes = this.#encoder.encode(key);
    if (bytes.length > key.length && /\p{Cs}/u.test(key)) {
      throw new KeywrightError('not_a_key', 'the key holds half a surrogate pair: mend its encoding', {});
    }
    this.#comparer.hashKey(bytes, 0, bytes.length, this.#hash, 0);
    const place = this.#table.put(this.#hash[0] ?? 0, this.#hash[1] ?? 0, this.#count);
    if (place === NEW) {
      if (this.#count % BLOCK === 0) this.#blocks.push(new Block());
      this.#blocks.at(-1)?.append(bytes, number);
      this.#count++;
      return undefined;
    }
    return this.#firstOf(place, bytes) ?? this.#otherThan(bytes, number);
  }

  #firstOf(place: number, bytes: Uint8Array): Seen | undefined {
    const block = this.#blocks[Math.floor(place / BLOCK)];
    return block?.compare(place % BLOCK, bytes, this.#comparer);
  }

  #otherThan(bytes: Uint8Array, number: number): Seen | undefined {
    for (const other of this.#others) {
      const seen = compare(this.#comparer, other.bytes, 0, other.bytes.length, bytes, other.number);
      if (seen !== undefined) return seen;
    }
    this.#others.push({ bytes, number });
    return undefined;
  }
}

/** The texts of some keys, one behind the other, and their numbers. */
class Block {
  readonly #ends = new Uint32Array(BLOCK);
  readonly #numbers = new Float64Array(BLOCK);
  #bytes = new Uint8Array(1 << 10);
  #count = 0;

  append(bytes: Uint8Array, number: number): void {
    const start = this.#startOf(this.#count);
    const end = start + bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, start);
    this.#ends[this.#count] = end;
    this.#numbers[this.#count++] = number;
  }

  compare(index: number, bytes: Uint8Array, comparer: KeyComparer): Seen | undefined {
    const [start, end] = [this.#startOf(index), this.#ends[index] ?? 0];
    return compare(comparer, this.#bytes, start, end, bytes, this.#numbers[index] ?? 0);
  }

  #startOf(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
  }
}

function compare(
  comparer: KeyComparer,
  first: Uint8Array,
  start: number,
  end: number,
  bytes: Uint8Array,
  number: number,
): Seen | undefined {
  if (sameStretch(first, start, end, bytes, 0, bytes.length)) return { number, differs: false };
  if (!comparer.sameKey(first, start, end, bytes, 0, bytes.length)) return undefined;
  return { number, differs: true };
}

declare class TextEncoder {
  encode(text: string): Uint8Array;
}
