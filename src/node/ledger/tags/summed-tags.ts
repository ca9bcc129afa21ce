import type { LedgerSnapshot, StoredChunk, TagSpan } from '../model/copying.js';
import { TagSum } from './tag-sum.js';

/** What tags are summed up of. */
export type SummedLedger = Pick<LedgerSnapshot, 'marks' | 'chunks' | 'doubles' | 'tags'> & {
  readonly batches: readonly { readonly number: number; readonly id: string }[];
};

/** The tags of a ledger, summed up as they are read: whoever reads them all anyway learns whether they are sound. */
export class SummedTags {
  readonly #ledger: SummedLedger;
  #sums: ReadonlyMap<number, TagSum> | undefined;

  constructor(ledger: SummedLedger) {
    this.#ledger = ledger;
  }

  /** As `LedgerSnapshot.tags`. */
  async *tags(): AsyncGenerator<TagSpan> {
    const sums = new Map<number, TagSum>();
    for await (const span of this.#ledger.tags()) {
      for (let place = 0; place < span.count; place++)
        sumOf(sums, span.chunks[place] ?? 0).add(span.bytes, place);
      yield span;
    }
    for (const { tag, chunk } of this.#ledger.doubles) sumOf(sums, chunk).add(tag, 0);
    this.#sums = sums;
  }

  /** What the tags of each chunk come to. They are read here where nobody has read them to their end. */
  async sums(): Promise<ReadonlyMap<number, TagSum>> {
    const tags = this.tags();
    while (this.#sums === undefined) await tags.next();
    return this.#sums;
  }

  /** What does not fit together, a line a fault. */
  async faults(): Promise<readonly string[]> {
    const { marks, chunks, batches } = this.#ledger;
    const sums = await this.sums();
    const faults = marks.copying ? ['a copy into it was cut off: repeat it'] : [];
    const names = new Map(batches.map(({ number, id }) => [number, id]));
    for (const chunk of chunks) {
      if (chunk.arriving) continue;
      const batch = names.get(chunk.batch);
      const name = `batch ${batch ?? 'unknown'}, chunk ${chunk.number}`;
      if (batch === undefined) faults.push(`${name}: its batch is not there`);
      faults.push(...faultsOf(chunk, sums.get(chunk.id) ?? new TagSum()).map((fault) => `${name}: ${fault}`));
    }
    const known = new Set(chunks.map(({ id }) => id));
    for (const [chunk, { count }] of sums)
      if (!known.has(chunk)) faults.push(`${count} keys carry chunk ${chunk}, which is not there`);
    return faults;
  }
}

function sumOf(sums: Map<number, TagSum>, chunk: number): TagSum {
  let sum = sums.get(chunk);
  if (sum !== undefined) return sum;
  sum = new TagSum();
  sums.set(chunk, sum);
  return sum;
}

/** Of a chunk from before checksums only the count is known. */
function faultsOf({ recorded, checksum }: StoredChunk, sum: TagSum): readonly string[] {
  if (sum.count !== recorded) return [`${recorded} keys were recorded, ${sum.count} are there`];
  const isSame = checksum === null || checksum === sum.toString();
  return isSame ? [] : ['its keys are not those that were recorded'];
}
