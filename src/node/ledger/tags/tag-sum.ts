import { TAG_BYTES } from './cmac.js';

/**
 * What some tags come to, in whatever order they come: two sums of 32 bits. Another bit in any tag makes it another sum. It
 * finds damage, not malice: who can write to a ledger can write sums as well.
 */
export class TagSum {
  #count = 0;
  #forth = 0;
  #back = 0;

  /** How many tags. */
  get count(): number {
    return this.#count;
  }

  /** Adds the tag at a place of a list. */
  add(tags: Uint8Array, place: number): void {
    this.#change(tags, place, 1);
  }

  /** Takes one away that was added, or that will be. */
  subtract(tags: Uint8Array, place: number): void {
    this.#change(tags, place, -1);
  }

  /** Both together. */
  plus(other: TagSum): TagSum {
    const both = new TagSum();
    both.#count = this.#count + other.#count;
    both.#forth = (this.#forth + other.#forth) | 0;
    both.#back = (this.#back + other.#back) | 0;
    return both;
  }

  /** As 16 hex digits. */
  toString(): string {
    return [this.#forth, this.#back].map((sum) => (sum >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #change(tags: Uint8Array, place: number, by: 1 | -1): void {
    const at = place * TAG_BYTES;
    const a = wordAt(tags, at);
    const b = wordAt(tags, at + 4);
    const c = wordAt(tags, at + 8);
    const d = wordAt(tags, at + 12);
    this.#forth = (this.#forth + by * mixed(a, b, c, d)) | 0;
    this.#back = (this.#back + by * mixed(d, c, b, a)) | 0;
    this.#count += by;
  }
}

/** The four words of a tag, one after the other: of tags that differ in one of them, never the same. */
function mixed(a: number, b: number, c: number, d: number): number {
  return scrambled(scrambled(scrambled(scrambled(a) ^ b) ^ c) ^ d);
}

/** Without a list of the four bytes, which took most of the time. */
function wordAt(tags: Uint8Array, at: number): number {
  const high = ((tags[at] ?? 0) << 8) | (tags[at + 1] ?? 0);
  return (high << 16) | ((tags[at + 2] ?? 0) << 8) | (tags[at + 3] ?? 0);
}

/** The last step of MurmurHash3, which is one to one: https://github.com/aappleby/smhasher/wiki/MurmurHash3. */
function scrambled(word: number): number {
  let mix = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}
