import type { PlacesPart } from '../../../core/dedupe/places-table.js';
import { AnsweringThread } from './answering-thread.js';
import type { Lookup, LookupAnswer, LookupThreadData } from './lookup-thread.js';

/** A table that is lent for as long as a text is scanned. */
export interface TableLookup extends Lookup {
  /** Takes it back, with the keys of the text in it. */
  readonly done: (parts: readonly PlacesPart[]) => void;
}

/** The keys that were met before: of each its index and the place of the first. */
export interface MetKeys {
  readonly words: Uint32Array;
  readonly count: number;
}

/** The table does not hold all keys, or their places need more than 32 bits. */
export class TooMany extends Error {}

/** The thread that looks keys up, seen from here. */
export class LookupThread {
  readonly #thread: AnsweringThread<LookupAnswer>;

  constructor({ parts, most, base }: Lookup, teams: LookupThreadData['teams'], blocks: number) {
    const data: LookupThreadData = { parts, most, base, blocks, teams };
    this.#thread = new AnsweringThread(new URL('./lookup-worker.js', import.meta.url), data);
  }

  /** Of how many keys of the next block the fingerprint was met before. */
  async found(): Promise<number> {
    const answer = await this.#thread.next();
    if ('found' in answer) return answer.found;
    throw new TooMany();
  }

  /** The table, when all blocks are through. */
  async parts(): Promise<readonly PlacesPart[]> {
    const answer = await this.#thread.next();
    if ('parts' in answer) return answer.parts;
    throw new Error('a table that is not done');
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}
