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

/** Copies tags in their order. Returns what those of each chunk, here, take away from it that others hold there. */
export async function copyTags(
  from: LedgerSnapshot,
  to: CopiedStore,
  route: TagRoute,
): Promise<ReadonlyMap<number, TagSum>> {
  const elsewhere = new Map([...route.chunks.keys()].map((chunk) => [chunk, new TagSum()]));
  const further = new FurtherHolders(to);
  let done = 0;
  for await (const { bytes, count, chunks, seen } of gathered(from, route)) {
    const there = chunks.map((chunk) => route.chunks.get(chunk) ?? 0);
    const taken = await to.place({ bytes, count, chunks: there }, []);
    for (const [at, place] of taken.places.entries()) {
      const chunk = chunks[place] ?? 0;
      const isOwn = route.isOwn(chunk, taken.chunks[at] ?? 0);
      if (!route.issued.has(chunk) || isOwn) {
        elsewhere.get(chunk)?.subtract(bytes, place);
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
    if (there !== undefined) await further.add(tag, there);
  }
  await further.flush();
  return elsewhere;
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
  let part = new Part(together);
  let seen = 0;
  for await (const span of from.tags()) {
    for (let at = 0; at < span.count; ) {
      const next = part.take(span, at, wanted);
      seen += next - at;
      at = next;
      if (part.count < together) continue;
      yield { ...part.span, seen };
      part = new Part(together);
      seen = 0;
    }
  }
  if (seen > 0) yield { ...part.span, seen };
}

/** Tags of one transaction. */
class Part {
  count = 0;
  readonly #bytes: Uint8Array;
  readonly #chunks: number[] = [];

  constructor(most: number) {
    this.#bytes = new Uint8Array(most * TAG_BYTES);
  }

  get span(): TagSpan {
    return {
      bytes: this.#bytes.subarray(0, this.count * TAG_BYTES),
      count: this.count,
      chunks: this.#chunks,
    };
  }

  /** Takes what is wanted, from a place of a span on, until it is full. Returns which place is next. */
  take({ bytes, count, chunks }: TagSpan, first: number, wanted: TagRoute['chunks']): number {
    let at = first;
    for (; at < count && this.count * TAG_BYTES < this.#bytes.length; at++) {
      const chunk = chunks[at] ?? 0;
      if (!wanted.has(chunk)) continue;
      const to = this.count * TAG_BYTES;
      const start = at * TAG_BYTES;
      for (let index = 0; index < TAG_BYTES; index++) this.#bytes[to + index] = bytes[start + index] ?? 0;
      this.#chunks.push(chunk);
      this.count++;
    }
    return at;
  }
}
