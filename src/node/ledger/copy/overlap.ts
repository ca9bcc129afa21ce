import type { LedgerSnapshot, TagSpan } from '../model/copying.js';
import { TAG_BYTES } from '../tags/cmac.js';

/** How many tags of a chunk on one side carry which chunks on the other. */
export type Overlaps = ReadonlyMap<number, ReadonlyMap<number, number>>;

/**
 * Reads both sides once, in the order of their tags. Of several chunks that hold a tag `there`, the one counts that `isOwn` says
 * belongs to the same batch. `from` is read to its end, unless there is nothing `there`.
 */
export async function overlapOf(
  from: LedgerSnapshot,
  there: LedgerSnapshot,
  isOwn: (chunk: number, there: number) => boolean,
): Promise<Overlaps> {
  const overlaps = new Map<number, Map<number, number>>();
  const [here, further] = [furtherHolders(from), furtherHolders(there)];
  const note = (chunk: number, holders: readonly number[]) => {
    const counted = holders.find((each) => isOwn(chunk, each)) ?? holders[0] ?? 0;
    const known = overlaps.get(chunk) ?? new Map<number, number>();
    overlaps.set(chunk, known.set(counted, (known.get(counted) ?? 0) + 1));
  };
  const noteAll = (tag: () => Uint8Array, chunk: number, holder: number) => {
    if (here.size + further.size === 0) return note(chunk, [holder]);
    const text = hexOf(tag());
    const holders = [holder, ...(further.get(text) ?? [])];
    for (const each of [chunk, ...(here.get(text) ?? [])]) note(each, holders);
  };
  const [left, right] = [new TagCursor(from.tags()), new TagCursor(there.tags())];
  for (let more = (await left.next()) && (await right.next()); more; ) {
    const order = compareTags(left, right);
    if (order === 0) noteAll(() => left.tag, left.chunk, right.chunk);
    more = order < 0 ? await left.next() : await right.next();
  }
  if (there.chunks.length > 0) await left.end();
  return overlaps;
}

function furtherHolders({ doubles }: LedgerSnapshot): ReadonlyMap<string, readonly number[]> {
  const holders = new Map<string, number[]>();
  for (const { tag, chunk } of doubles) {
    const text = hexOf(tag);
    holders.set(text, [...(holders.get(text) ?? []), chunk]);
  }
  return holders;
}

function hexOf(tag: Uint8Array): string {
  return Buffer.from(tag.buffer, tag.byteOffset, tag.length).toString('hex');
}

/** One tag after the other. */
class TagCursor {
  readonly #spans: AsyncGenerator<TagSpan>;
  #chunks: readonly number[] = [];
  bytes: Uint8Array = new Uint8Array(0);
  offset = 0;
  #at = 0;

  constructor(spans: AsyncGenerator<TagSpan>) {
    this.#spans = spans;
  }

  get chunk(): number {
    return this.#chunks[this.#at] ?? 0;
  }

  get tag(): Uint8Array {
    return this.bytes.subarray(this.offset, this.offset + TAG_BYTES);
  }

  /** False at the end. */
  next(): boolean | Promise<boolean> {
    this.#at++;
    this.offset += TAG_BYTES;
    return this.#at < this.#chunks.length || this.#read();
  }

  /** Reads what is left. */
  async end(): Promise<void> {
    while (await this.#read());
  }

  async #read(): Promise<boolean> {
    const { value, done } = await this.#spans.next();
    if (done === true || value === undefined) return false;
    this.bytes = value.bytes;
    this.#chunks = value.chunks;
    this.#at = 0;
    this.offset = 0;
    return true;
  }
}

function compareTags(left: TagCursor, right: TagCursor): number {
  for (let index = 0; index < TAG_BYTES; index++) {
    const difference = (left.bytes[left.offset + index] ?? 0) - (right.bytes[right.offset + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
