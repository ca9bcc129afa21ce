import { TAG_BYTES } from './cmac.js';

/** So few are sooner compared than their digits are counted, of which there are 65,536. */
const FEW = 1000;

/** Tags in order, each once. */
export interface SortedTags {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** For each, its index in what was sorted: the first, of equal ones. */
  readonly order: Uint32Array;
  /** Indexes of those that repeat an earlier one. */
  readonly repeated: Uint32Array;
  /** For each of those, where its equal stands in `bytes`. */
  readonly repeats: Uint32Array;
}

/**
 * Sorts `count` tags of 16 bytes, which begin at a multiple of four, and drops the repeated ones. The first 32 bits are sorted by two radix passes, and
 * what meets there, a pair in ten thousand, by insertion on all bits.
 */
export function sortTags(tags: Uint8Array, count: number, scratch = new SortScratch()): SortedTags {
  const { heads, next } = scratch.ofSize(count);
  const room = scratch.takeRoom(count);
  for (let index = 0, at = 0; index < count; index++, at += TAG_BYTES) {
    heads[index] =
      (((tags[at] ?? 0) << 24) |
        ((tags[at + 1] ?? 0) << 16) |
        ((tags[at + 2] ?? 0) << 8) |
        (tags[at + 3] ?? 0)) >>>
      0;
  }
  if (count < FEW) comparedOrder(room.order, heads, count);
  else radixOrder(room.order, heads, next, count);
  settleTies(room.order, heads, tags, count);
  return gather(room, heads, tags, count);
}

/** Where a result goes: four words a tag, and its index. */
interface SortedRoom {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly order: Uint32Array<ArrayBuffer>;
}

/** What sorting needs. Kept from call to call, a result once it is given back: the collector lets such arrays pile up. */
export class SortScratch {
  #heads = new Uint32Array(0);
  #next = new Uint32Array(0);
  #spare: SortedRoom | undefined;

  /** Where to put a result of `count` tags: where one was that is given back, or anew. */
  takeRoom(count: number): SortedRoom {
    const spare = this.#spare;
    if (spare === undefined || spare.order.length < count)
      return { words: new Uint32Array(4 * count), order: new Uint32Array(count) };
    this.#spare = undefined;
    return spare;
  }

  /** Takes back a result that nobody reads any more. */
  giveBack({ bytes, order }: Pick<SortedTags, 'bytes' | 'order'>): void {
    const [words, indexes] = [bytes.buffer, order.buffer];
    if (words instanceof ArrayBuffer && indexes instanceof ArrayBuffer)
      this.#spare = { words: new Uint32Array(words), order: new Uint32Array(indexes) };
  }

  ofSize(count: number): { readonly heads: Uint32Array; readonly next: Uint32Array } {
    if (this.#heads.length < count) {
      this.#heads = new Uint32Array(count);
      this.#next = new Uint32Array(count);
    }
    return { heads: this.#heads, next: this.#next };
  }
}

function comparedOrder(order: Uint32Array, heads: Uint32Array, count: number): void {
  for (let index = 0; index < count; index++) order[index] = index;
  order.subarray(0, count).sort((a, b) => (heads[a] ?? 0) - (heads[b] ?? 0));
}

/** Two passes, so what began in `room` ends there. */
function radixOrder(room: Uint32Array, heads: Uint32Array, spare: Uint32Array, count: number): void {
  let [order, next] = [room, spare];
  for (let index = 0; index < count; index++) order[index] = index;
  const places = new Uint32Array(65_536);
  for (const shift of [0, 16]) {
    places.fill(0);
    for (let index = 0; index < count; index++) {
      const digit = ((heads[index] ?? 0) >>> shift) & 0xffff;
      places[digit] = (places[digit] ?? 0) + 1;
    }
    let sum = 0;
    for (let digit = 0; digit < places.length; digit++) {
      const held = places[digit] ?? 0;
      places[digit] = sum;
      sum += held;
    }
    for (let place = 0; place < count; place++) {
      const index = order[place] ?? 0;
      const digit = ((heads[index] ?? 0) >>> shift) & 0xffff;
      const at = places[digit] ?? 0;
      next[at] = index;
      places[digit] = at + 1;
    }
    [order, next] = [next, order];
  }
}

/** Equal tags keep the order they came in. */
function settleTies(order: Uint32Array, heads: Uint32Array, tags: Uint8Array, count: number): void {
  for (let start = 0; start < count; ) {
    const head = heads[order[start] ?? 0];
    let end = start + 1;
    while (end < count && heads[order[end] ?? 0] === head) end++;
    if (end - start > 1) order.subarray(start, end).sort((a, b) => compare(tags, a, b) || a - b);
    start = end;
  }
}

function compare(tags: Uint8Array, left: number, right: number): number {
  const [a, b] = [left * TAG_BYTES, right * TAG_BYTES];
  for (let index = 4; index < TAG_BYTES; index++) {
    const difference = (tags[a + index] ?? 0) - (tags[b + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function gather(
  { words: to, order }: SortedRoom,
  heads: Uint32Array,
  tags: Uint8Array,
  count: number,
): SortedTags {
  const from = new Uint32Array(tags.buffer, tags.byteOffset, 4 * count);
  const repeated: number[] = [];
  const repeats: number[] = [];
  let held = 0;
  for (let place = 0; place < count; place++) {
    const index = order[place] ?? 0;
    const previous = order[held - 1] ?? 0;
    if (held > 0 && heads[previous] === heads[index] && compare(tags, previous, index) === 0) {
      repeated.push(index);
      repeats.push(held - 1);
      continue;
    }
    const [source, target] = [4 * index, 4 * held];
    to[target] = from[source] ?? 0;
    to[target + 1] = from[source + 1] ?? 0;
    to[target + 2] = from[source + 2] ?? 0;
    to[target + 3] = from[source + 3] ?? 0;
    order[held++] = index;
  }
  return {
    bytes: new Uint8Array(to.buffer, 0, held * TAG_BYTES),
    count: held,
    order: order.subarray(0, held),
    repeated: Uint32Array.from(repeated),
    repeats: Uint32Array.from(repeats),
  };
}
