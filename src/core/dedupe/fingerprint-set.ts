/**
 * A set of 64-bit fingerprints in typed arrays, of any size: about 5.4 bytes a member when the expected
 * number is known, and no limit near that of JavaScript's `Set` (16.7 million).
 *
 * Of a fingerprint the high half chooses the slot and the low half is kept there, so two different ones count
 * as equal only when they meet in one run of slots with equal low halves: about once in 10⁹ additions. A
 * generator then throws away one candidate more than it had to; it never issues a key twice.
 */
export class FingerprintSet {
  readonly #tables: Table[];
  #size = 0;

  /** `expected` sizes the first table; the set grows beyond it by further tables. */
  constructor(expected: number) {
    this.#tables = [new Table(expected)];
  }

  /** How many fingerprints were added. */
  get size(): number {
    return this.#size;
  }

  /**
   * Brings the slots of `count` fingerprints (pairs of halves) into the processor's cache. Additions wait for
   * memory one after the other, for each branches on what it finds; these reads do not, and so overlap.
   */
  prefetch(fingerprints: Uint32Array, count: number): number {
    // A result, or the compiler would drop the reads.
    return this.#tables.reduce((seen, table) => seen ^ table.prefetch(fingerprints, count), 0);
  }

  /** Adds a fingerprint, given as two unsigned 32-bit halves; false when it was there already. */
  add(high: number, low: number): boolean {
    const tag = low === 0 ? 1 : low;
    const last = this.#tables.length - 1;
    for (let index = 0; index < last; index++) {
      if (this.#tables[index]?.has(high, tag) === true) return false;
    }
    let table = this.#tables[last];
    if (table === undefined || table.full) {
      if (table?.has(high, tag) === true) return false;
      table = new Table(this.#size);
      this.#tables.push(table);
    }
    const added = table.add(high, tag);
    if (added) this.#size++;
    return added;
  }
}

const MOST_FILLED = 0.75;
const FEWEST_MEMBERS = 3072;
/** What one typed array holds on every platform, with room to spare: 716 MB. Further members, further tables. */
const MOST_MEMBERS = 2 ** 27;

/** Open addressing with linear probing; 0 is an empty slot. */
class Table {
  readonly #tags: Uint32Array;
  readonly #scale: number;
  #room: number;

  constructor(members: number) {
    this.#room = Math.min(Math.max(FEWEST_MEMBERS, members), MOST_MEMBERS);
    this.#tags = new Uint32Array(Math.ceil(this.#room / MOST_FILLED));
    this.#scale = this.#tags.length / 2 ** 32;
  }

  get full(): boolean {
    return this.#room === 0;
  }

  prefetch(fingerprints: Uint32Array, count: number): number {
    const tags = this.#tags;
    let seen = 0;
    for (let index = 0; index < count; index++) {
      seen ^= tags[Math.floor((fingerprints[2 * index] ?? 0) * this.#scale)] ?? 0;
    }
    return seen;
  }

  has(high: number, tag: number): boolean {
    return this.#tags[this.#find(high, tag)] === tag;
  }

  add(high: number, tag: number): boolean {
    const slot = this.#find(high, tag);
    if (this.#tags[slot] === tag) return false;
    this.#tags[slot] = tag;
    this.#room--;
    return true;
  }

  /** The slot that holds `tag`, or the empty one where it belongs. */
  #find(high: number, tag: number): number {
    const tags = this.#tags;
    let slot = Math.floor(high * this.#scale);
    for (;;) {
      const held = tags[slot] ?? 0;
      if (held === 0 || held === tag) return slot;
      slot = slot + 1 === tags.length ? 0 : slot + 1;
    }
  }
}
