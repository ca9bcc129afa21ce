/** What is said of a fingerprint that was not there. */
export const NEW = -1;

/** The places of some keys: of key `i`, `base + words[stride * i]`. */
export interface Places {
  readonly base: number;
  readonly words: Uint32Array;
  readonly stride: number;
}

const MOST_FILLED = 0.75;
const FEWEST_MEMBERS = 3072;
/** What one typed array holds on every platform, with room to spare: 716 MB. Further members, further tables. */
const MOST_MEMBERS = 2 ** 26;

/** Bytes that so many members take. */
export function bytesFor(members: number): number {
  return 8 * Math.ceil(members / MOST_FILLED);
}

/** Open addressing with linear probing; a slot is a tag, 0 when empty, and beside it, in the same cache line, the place. */
export class PlacesTable {
  readonly #words: Uint32Array;
  readonly #scale: number;
  readonly #room: number;
  #count = 0;

  /** An empty one for so many members, or as many as one can hold. */
  constructor(members: number) {
    this.#room = Math.ceil(Math.min(Math.max(FEWEST_MEMBERS, members), MOST_MEMBERS));
    this.#words = new Uint32Array(bytesFor(this.#room) / 4);
    this.#scale = this.#words.length / 2 / 2 ** 32;
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
      seen ^= words[2 * (((fingerprints[2 * index] ?? 0) * scale) >>> 0)] ?? 0;
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
    before: number,
  ): number {
    const words = this.#words;
    const scale = +this.#scale;
    const end = words.length;
    let found = before | 0;
    let added = 0;
    for (let index = from; index < to; index++) {
      if (skip[index] === 0) continue;
      const low = fingerprints[2 * index + 1] ?? 0;
      const tag = low === 0 ? 1 : low;
      let at = 2 * (((fingerprints[2 * index] ?? 0) * scale) >>> 0);
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
