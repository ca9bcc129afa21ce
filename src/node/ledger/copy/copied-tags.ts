import type { CopiedStore, DoubleTag, LedgerSnapshot, TagSpan } from '../model/copying.js';
import { TAG_BYTES } from '../tags/cmac.js';
import { TagSum } from '../tags/tag-sum.js';

/** Which tags go where. */
export interface TagRoute {
  /** Chunks there, by those here: tags of others are there already. */
  readonly chunks: ReadonlyMap<number, number>;
  /** Chunks here whose keys were issued: what another batch holds of them is recorded as a further holder. */
  readonly issued: ReadonlySet<number>;
  /** Chunks there that belong to the same batch as one here. */
  isOwn(chunk: number, there: number): boolean;
  /** Whether what a chunk here and one there hold may stay with both. Throws where it may not. */
  refuseDouble(there: number): Promise<void>;
  /** How many tags go in one transaction. */
  readonly together: number;
  /** Told how many tags were looked at, after each transaction. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Copies tags in their order. Returns what those of each chunk, here, come to that are with its chunk there. */
export async function copyTags(
  from: LedgerSnapshot,
  to: CopiedStore,
  route: TagRoute,
): Promise<ReadonlyMap<number, TagSum>> {
  const sums = new Map([...route.chunks.keys()].map((chunk) => [chunk, new TagSum()]));
  const further = new FurtherHolders(to);
  let done = 0;
  for await (const { bytes, count, chunks, seen } of gathered(from, route)) {
    const there = chunks.map((chunk) => route.chunks.get(chunk) ?? 0);
    for (const [place, chunk] of chunks.entries()) sums.get(chunk)?.add(bytes, place);
    const taken = await to.place({ bytes, count, chunks: there }, []);
    for (const [at, place] of taken.places.entries()) {
      const chunk = chunks[place] ?? 0;
      const isOwn = route.isOwn(chunk, taken.chunks[at] ?? 0);
      if (!route.issued.has(chunk) || isOwn) {
        // Others hold it.
        sums.get(chunk)?.subtract(bytes, place);
        continue;
      }
      await route.refuseDouble(taken.chunks[at] ?? 0);
      await further.add(bytes.slice(place * TAG_BYTES, (place + 1) * TAG_BYTES), there[place] ?? 0);
    }
    done += seen;
    route.onProgress?.(done);
  }
  for (const { tag, chunk } of from.doubles) {
    const there = route.chunks.get(chunk);
    if (there === undefined) continue;
    sums.get(chunk)?.add(tag, 0);
    await further.add(tag, there);
  }
  await further.flush();
  return sums;
}

/** Further holders on their way, some thousands a transaction. */
class FurtherHolders {
  readonly #to: CopiedStore;
  #waiting: DoubleTag[] = [];

  constructor(to: CopiedStore) {
    this.#to = to;
  }

  async add(tag: Uint8Array, chunk: number): Promise<void> {
    this.#waiting.push({ tag, chunk });
    if (this.#waiting.length >= 10_000) await this.flush();
  }

  async flush(): Promise<void> {
    const doubles = this.#waiting;
    this.#waiting = [];
    if (doubles.length > 0) await this.#to.place({ bytes: new Uint8Array(0), count: 0, chunks: [] }, doubles);
  }
}

/** The tags that have to go, in parts, and how many were read for them. */
async function* gathered(
  from: LedgerSnapshot,
  { chunks: wanted, together }: TagRoute,
): AsyncGenerator<TagSpan & { readonly seen: number }> {
  let bytes = new Uint8Array(together * TAG_BYTES);
  let chunks: number[] = [];
  let seen = 0;
  for await (const span of from.tags()) {
    for (const [at, chunk] of span.chunks.entries()) {
      if (!wanted.has(chunk)) continue;
      const to = chunks.length * TAG_BYTES;
      for (let index = 0; index < TAG_BYTES; index++)
        bytes[to + index] = span.bytes[at * TAG_BYTES + index] ?? 0;
      chunks.push(chunk);
      if (chunks.length < together) continue;
      yield { bytes, count: together, chunks, seen: seen + at + 1 };
      seen = -at - 1;
      bytes = new Uint8Array(together * TAG_BYTES);
      chunks = [];
    }
    seen += span.count;
  }
  const count = chunks.length;
  if (count + seen > 0) yield { bytes: bytes.subarray(0, count * TAG_BYTES), count, chunks, seen };
}
