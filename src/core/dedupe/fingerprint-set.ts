/** How many are brought into the cache together. */
const TOGETHER = 128;

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
  readonly #shared: boolean;
  readonly #fresh = new Uint8Array(TOGETHER).fill(1);
  #size = 0;
  /** A result, or the compiler would drop what is read ahead. */
  #seen = 0;

  /**
   * `expected` sizes the first table; the set grows beyond it by further tables. The members of another set,
   * given as its {@link tables}, are members too, which `size` does not count. `shared`: keep the tables where
   * other threads can read them.
   */
  constructor(expected: number, others: readonly Uint32Array[] = [], shared = false) {
    this.#shared = shared;
    this.#tables = [...others.map((tags) => new Table(tags, 0)), Table.of(expected, shared)];
  }

  /** What holds the members, for another set: this one must not be added to from then on. */
  get tables(): readonly Uint32Array[] {
    return this.#tables.map((table) => table.tags);
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
      table = Table.of(this.#size, this.#shared);
      this.#tables.push(table);
    }
    const added = table.add(high, tag);
    if (added) this.#size++;
    return added;
  }

  /** Adds those of `fingerprints` (pairs of halves) from index `from` to `to`, some at a time, so that the cache misses overlap. */
  addAll(fingerprints: Uint32Array, from: number, to: number): void {
    for (let first = from; first < to; first += TOGETHER) {
      const count = Math.min(TOGETHER, to - first);
      const some = fingerprints.subarray(2 * first, 2 * (first + count));
      this.#seen ^= this.prefetch(some, count);
      const fresh = count === TOGETHER ? this.#fresh : this.#fresh.subarray(0, count);
      if (this.addFresh(some, fresh, count) > 0) this.#fresh.fill(1);
    }
  }

  /**
   * Adds those of `fingerprints` (pairs of halves) whose `fresh` is 1, in order, until `wanted` were new; the
   * `fresh` of those that were there becomes 0. Returns how many these were.
   */
  addFresh(fingerprints: Uint32Array, fresh: Uint8Array, wanted: number): number {
    const [table, another] = this.#tables;
    if (table !== undefined && another === undefined && table.room >= fresh.length) {
      const before = table.room;
      const known = table.addFresh(fingerprints, fresh, wanted);
      this.#size += before - table.room;
      return known;
    }
    let known = 0;
    for (let row = 0, left = wanted; row < fresh.length && left > 0; row++) {
      if (fresh[row] === 0) continue;
      if (this.add(fingerprints[2 * row] ?? 0, fingerprints[2 * row + 1] ?? 0)) left--;
      else {
        fresh[row] = 0;
        known++;
      }
    }
    return known;
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

  /** `room`: how many members may be added. */
  constructor(tags: Uint32Array, room: number) {
    this.#tags = tags;
    this.#scale = tags.length / 2 ** 32;
    this.#room = room;
  }

  /** An empty table for so many members, or as many as one can hold. */
  static of(members: number, shared: boolean): Table {
    const room = Math.min(Math.max(FEWEST_MEMBERS, members), MOST_MEMBERS);
    const bytes = 4 * Math.ceil(room / MOST_FILLED);
    return new Table(new Uint32Array(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes)), room);
  }

  get tags(): Uint32Array {
    return this.#tags;
  }

  get full(): boolean {
    return this.#room === 0;
  }

  get room(): number {
    return this.#room;
  }

  prefetch(fingerprints: Uint32Array, count: number): number {
    const tags = this.#tags;
    const scale = this.#scale;
    const end = 2 * count;
    let seen = 0;
    let at = 0;
    // Four reads a turn: the fewer instructions lie between two reads, the more of them overlap.
    for (; at + 8 <= end; at += 8) {
      const first = tags[Math.floor((fingerprints[at] ?? 0) * scale)] ?? 0;
      const second = tags[Math.floor((fingerprints[at + 2] ?? 0) * scale)] ?? 0;
      const third = tags[Math.floor((fingerprints[at + 4] ?? 0) * scale)] ?? 0;
      const fourth = tags[Math.floor((fingerprints[at + 6] ?? 0) * scale)] ?? 0;
      seen ^= first ^ second ^ third ^ fourth;
    }
    for (; at < end; at += 2) seen ^= tags[Math.floor((fingerprints[at] ?? 0) * scale)] ?? 0;
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

  /** As `FingerprintSet.addFresh`, while there is room for all: everything in reach of one loop. */
  addFresh(fingerprints: Uint32Array, fresh: Uint8Array, wanted: number): number {
    const tags = this.#tags;
    const scale = this.#scale;
    const slots = tags.length;
    let known = 0;
    let left = wanted;
    for (let row = 0; row < fresh.length && left > 0; row++) {
      if (fresh[row] === 0) continue;
      const low = fingerprints[2 * row + 1] ?? 0;
      const tag = low === 0 ? 1 : low;
      let slot = Math.floor((fingerprints[2 * row] ?? 0) * scale);
      let held = tags[slot] ?? 0;
      while (held !== 0 && held !== tag) {
        slot = slot + 1 === slots ? 0 : slot + 1;
        held = tags[slot] ?? 0;
      }
      if (held === 0) {
        tags[slot] = tag;
        left--;
      } else {
        fresh[row] = 0;
        known++;
      }
    }
    this.#room -= wanted - left;
    return known;
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
