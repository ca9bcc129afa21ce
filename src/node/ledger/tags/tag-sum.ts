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
    const at = place * TAG_BYTES;
    this.#forth = (this.#forth + mixed(tags, at, 4)) | 0;
    this.#back = (this.#back + mixed(tags, at + TAG_BYTES - 4, -4)) | 0;
    this.#count++;
  }

  /** Takes one away that was added. */
  subtract(tags: Uint8Array, place: number): void {
    const at = place * TAG_BYTES;
    this.#forth = (this.#forth - mixed(tags, at, 4)) | 0;
    this.#back = (this.#back - mixed(tags, at + TAG_BYTES - 4, -4)) | 0;
    this.#count--;
  }

  /** As 16 hex digits. */
  toString(): string {
    return [this.#forth, this.#back].map((sum) => (sum >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

/** The four words of a tag, one after the other: of tags that differ in one of them, never the same. */
function mixed(tags: Uint8Array, first: number, step: number): number {
  let mix = 0;
  for (let word = 0, at = first; word < 4; word++, at += step) mix = scrambled(mix ^ wordAt(tags, at));
  return mix;
}

function wordAt(tags: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [tags[at], tags[at + 1], tags[at + 2], tags[at + 3]];
  return (a << 24) | (b << 16) | (c << 8) | d;
}

/** The last step of MurmurHash3, which is one to one: https://github.com/aappleby/smhasher/wiki/MurmurHash3. */
function scrambled(word: number): number {
  let mix = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}
