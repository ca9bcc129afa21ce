import { bytesFor, NEW, type Places, PlacesTable } from './places-table.js';

/**
 * A table from 64-bit fingerprints to the place where each was first met, a whole number below 2^32: about
 * 10.7 bytes a member when the expected number is known, and no limit near that of JavaScript's `Map`.
 *
 * Of a fingerprint the high half chooses the slot and the low half is kept there, so two different ones count
 * as equal only when they meet in one run of slots with equal low halves. Whoever must know compares the keys.
 */
export class FirstPlaces {
  readonly #tables: PlacesTable[];
  /** How many members it may have. */
  readonly most: number;
  #size = 0;
  #seen = 0;

  /** `expected` sizes the first table; it grows beyond it by further tables. Its user keeps to `most`. */
  constructor(expected: number, most: number = Number.POSITIVE_INFINITY) {
    this.most = most;
    this.#tables = [new PlacesTable(Math.min(expected, most))];
  }

  /** Bytes that `members` take. */
  static bytesFor(members: number): number {
    return bytesFor(members);
  }

  /** How many fingerprints were put. */
  get size(): number {
    return this.#size;
  }

  /**
   * Puts the fingerprints `from` to `to`, a few dozen, but those whose `skip` is 0; those that were there are
   * skipped from now on, too, and written to `met` behind the `found` that it holds, each as its index and the
   * place of the first. Returns how many it holds then.
   *
   * Their slots are brought into the processor's cache first: additions wait for memory one after the other, for
   * each branches on what it finds; mere reads do not, and so overlap.
   */
  putAll(
    fingerprints: Uint32Array,
    from: number,
    to: number,
    places: Places,
    skip: Uint8Array,
    met: Uint32Array,
    found = 0,
  ): number {
    // A result, or the compiler would drop the reads.
    for (const table of this.#tables) this.#seen ^= table.prefetch(fingerprints, from, to);
    const [first] = this.#tables;
    if (this.#tables.length === 1 && first?.hasRoom(to - from) === true) {
      const held = first.putAll(fingerprints, from, to, places, skip, met, found);
      this.#size = first.count;
      return held;
    }
    let held = found;
    for (let index = from; index < to; index++) {
      if (skip[index] === 0) continue;
      const place = places.base + (places.words[places.stride * index] ?? 0);
      const there = this.put(fingerprints[2 * index] ?? 0, fingerprints[2 * index + 1] ?? 0, place);
      if (there === NEW) continue;
      skip[index] = 0;
      met[2 * held] = index;
      met[2 * held++ + 1] = there;
    }
    return held;
  }

  /** The place of the first fingerprint that was equal, or {@link NEW}, and then `place` is kept for it. */
  put(high: number, low: number, place: number): number {
    const tag = low === 0 ? 1 : low;
    const last = this.#tables.length - 1;
    for (let index = 0; index < last; index++) {
      const found = this.#tables[index]?.get(high, tag) ?? NEW;
      if (found !== NEW) return found;
    }
    let table = this.#tables[last];
    if (table === undefined || !table.hasRoom(1)) {
      const found = table?.get(high, tag) ?? NEW;
      if (found !== NEW) return found;
      table = new PlacesTable(Math.min(this.#size / 4, this.most - this.#size));
      this.#tables.push(table);
    }
    const found = table.put(high, tag, place);
    if (found === NEW) this.#size++;
    return found;
  }
}
