import { FirstPlaces } from '../../../core/dedupe/first-places.js';
import type { PlacesPart } from '../../../core/dedupe/places-table.js';
import type { BlockArrays } from './block-scanner.js';
import { type BlockThreadData, waitFor } from './block-thread.js';

/** How many keys are looked up together. */
export const TOGETHER = 64;

/** The table that the keys of a text are looked up in. */
export interface Lookup {
  readonly parts: readonly PlacesPart[];
  /** How many members the table may have. */
  readonly most: number;
  /** The place of the text's first byte. */
  readonly base: number;
}

/** What a thread that looks keys up is started with. */
export interface LookupThreadData extends Lookup {
  /** Those that scan, in turn; their blocks are looked up in order. */
  readonly teams: readonly Pick<BlockThreadData, 'slots' | 'delivered'>[];
  readonly blocks: number;
}

/** Of each block how many were met; the table when all are done, or that it is full. */
export type LookupAnswer =
  | { readonly found: number }
  | { readonly parts: readonly PlacesPart[] }
  | { readonly isFull: true };

/** The body of the thread. Waits, blocking it, for blocks to be scanned. */
export function lookUpBlocks(data: LookupThreadData, tell: (answer: LookupAnswer) => void): void {
  const { teams, blocks, parts, most, base } = data;
  const table = new FirstPlaces(parts, most, true);
  for (let block = 0; block < blocks; block++) {
    const turn = Math.floor(block / teams.length);
    const team = teams[block % teams.length];
    const arrays = team?.slots[turn % team.slots.length];
    if (team === undefined || arrays === undefined) return;
    waitFor(team.delivered, turn + 1);
    if (table.size + (arrays.head[0] ?? 0) > most) {
      tell({ isFull: true });
      return;
    }
    tell({ found: lookUp(table, arrays, base) });
  }
  tell({ parts: table.parts });
}

let every = new Uint8Array();

function lookUp(table: FirstPlaces, { head, hashes, spans, met }: BlockArrays, base: number): number {
  const [count = 0, offset = 0] = head;
  if (every.length < count) every = new Uint8Array(2 * count);
  every.fill(1, 0, count);
  const places = { base: base + offset, words: spans, stride: 2 };
  let found = 0;
  for (let first = 0; first < count; first += TOGETHER) {
    found = table.putAll(hashes, first, Math.min(first + TOGETHER, count), places, every, met, found);
  }
  return found;
}
