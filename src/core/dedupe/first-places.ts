/** {@link FirstPlaces.put} of a fingerprint that was not there. */
export const NEW = -1;

/** The places of some keys: of key `i`, `base + words[stride * i]`. */
export interface Places {
  readonly base: number;
  readonly words: Uint32Array;
  readonly stride: number;
}

/**
 * A table from 64-bit fingerprints to the place where each was first met, a whole number below 2^32: about
 * 10.7 bytes a member when the expected number is known, and no limit near that of JavaScript's `Map`.
 *
 * Of a fingerprint the high half chooses the slot and the low half is kept there, so two different ones count
 * as equal only when they meet in one run of slots with equal low halves. Whoever must know compares the keys.
 */
export class FirstPlaces {
  readonly #tables: Table[];
  /** How many members it may have. */
  readonly most: number;
  #size = 0;
  #seen = 0;

  /** `expected` sizes the first table; it grows beyond it by further tables. Its user keeps to `most`. */
  constructor(expected: number, most = Number.POSITIVE_INFINITY) {
    this.#tables = [new Table(Math.min(expected, most))];
    this.most = most;
  }

  /** Bytes that `members` take. */
  static bytesFor(members: number): number {
    return 8 * Math.ceil(members / MOST_FILLED);
  }

  /** How many fingerprints were put. */
  get size(): number {
    return this.#size;
  }

  /**
   * Puts the fingerprints `from` to `to`, a few dozen, but those whose `skip` is 0; those that were there are
   * skipped from now on, too, and written to `met`, each as its index and the place of the first. Returns how many.
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
  ): number {
    // A result, or the compiler would drop the reads.
    for (const table of this.#tables) this.#seen ^= table.prefetch(fingerprints, from, to);
    const [first] = this.#tables;
    if (this.#tables.length === 1 && first?.hasRoom(to - from) === true) {
      const found = first.putAll(fingerprints, from, to, places, skip, met);
      this.#size = first.count;
      return found;
    }
    let found = 0;
    for (let index = from; index < to; index++) {
      if (skip[index] === 0) continue;
      const place = places.base + (places.words[places.stride * index] ?? 0);
      const there = this.put(fingerprints[2 * index] ?? 0, fingerprints[2 * index + 1] ?? 0, place);
      if (there === NEW) continue;
      skip[index] = 0;
      met[2 * found] = index;
      met[2 * found++ + 1] = there;
    }
    return found;
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
      table = new Table(Math.min(this.#size / 4, this.most - this.#size));
      this.#tables.push(table);
    }
    const found = table.put(high, tag, place);
    if (found === NEW) this.#size++;
    return found;
  }
}

const MOST_FILLED = 0.75;
const FEWEST_MEMBERS = 3072;
/** What one typed array holds on every platform, with room to spare: 716 MB. Further members, further tables. */
const MOST_MEMBERS = 2 ** 26;

/** Open addressing with linear probing; a slot is a tag, 0 when empty, and beside it, in the same cache line, the place. */
class Table {
  readonly #words: Uint32Array;
  readonly #slots: number;
  readonly #scale: number;
  readonly #room: number;
  #count = 0;

  constructor(members: number) {
    this.#room = Math.ceil(Math.min(Math.max(FEWEST_MEMBERS, members), MOST_MEMBERS));
    this.#slots = Math.ceil(this.#room / MOST_FILLED);
    this.#words = new Uint32Array(2 * this.#slots);
    this.#scale = this.#slots / 2 ** 32;
  }

  get count(): number {
    return this.#count;
  }

  hasRoom(count: number): boolean {
    return this.#count + count <= this.#room;
  }

  prefetch(fingerprints: Uint32Array, from: number, to: number): number {
    const words = this.#words;
    const scale = this.#scale;
    let seen = 0;
    for (let index = from; index < to; index++) {
      seen ^= words[2 * Math.floor((fingerprints[2 * index] ?? 0) * scale)] ?? 0;
    }
    return seen;
  }

  /** See `FirstPlaces.putAll`; there must be room. One loop, for it is most of the work. */
  putAll(
    fingerprints: Uint32Array,
    from: number,
    to: number,
    { base, words: offsets, stride }: Places,
    skip: Uint8Array,
    met: Uint32Array,
  ): number {
    const words = this.#words;
    const scale = +this.#scale;
    const end = words.length;
    let found = 0;
    let added = 0;
    for (let index = from; index < to; index++) {
      if (skip[index] === 0) continue;
      const low = fingerprints[2 * index + 1] ?? 0;
      const tag = low === 0 ? 1 : low;
      let at = 2 * Math.floor((fingerprints[2 * index] ?? 0) * scale);
      let held = words[at] ?? 0;
      while (held !== 0 && held !== tag) {
        at = at + 2 === end ? 0 : at + 2;
        held = words[at] ?? 0;
      }
      if (held === 0) {
        words[at] = tag;
        words[at + 1] = base + (offsets[stride * index] ?? 0);
        added++;
      } else {
        skip[index] = 0;
        met[2 * found] = index;
        met[2 * found++ + 1] = words[at + 1] ?? 0;
      }
    }
    this.#count += added;
    return found;
  }

  put(high: number, tag: number, place: number): number {
    const words = this.#words;
    const end = words.length;
    let at = 2 * Math.floor(high * this.#scale);
    for (;;) {
      const held = words[at] ?? 0;
      if (held === tag) return words[at + 1] ?? 0;
      if (held === 0) break;
      at = at + 2 === end ? 0 : at + 2;
    }
    words[at] = tag;
    words[at + 1] = place;
    this.#count++;
    return NEW;
  }

  /** The place of `tag`, or {@link NEW}. */
  get(high: number, tag: number): number {
    const words = this.#words;
    let at = 2 * Math.floor(high * this.#scale);
    for (;;) {
      const held = words[at] ?? 0;
      if (held === tag) return words[at + 1] ?? 0;
      if (held === 0) return NEW;
      at = at + 2 === words.length ? 0 : at + 2;
    }
  }
}
