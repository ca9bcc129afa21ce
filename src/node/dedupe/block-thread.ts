import { Comparison } from '../../core/dedupe/comparison.js';
import { isKeywrightError } from '../../core/errors.js';
import {
  type BlockArrays,
  BlockFault,
  BlockScanner,
  blockCount,
  type OpenText,
  type ScannedBlock,
} from './block-scanner.js';

/** What a scanning thread is started with. It scans the blocks `first`, `first + step`, … */
export interface BlockThreadData {
  readonly text: OpenText;
  readonly exact: boolean;
  readonly secret: Uint8Array;
  readonly first: number;
  readonly step: number;
  /** Filled in turn. */
  readonly slots: readonly BlockArrays[];
  /** How many of the blocks it delivered may be overwritten: one word, shared. */
  readonly released: Int32Array;
}

/** One block, or what is wrong with it. */
export type BlockAnswer =
  | { readonly block: number; readonly scanned: ScannedBlock }
  | { readonly block: number; readonly fault: string; readonly line: number | undefined };

/** A comparison whose hash has this secret: the same in every thread. */
export function comparisonOf(exact: boolean, secret: Uint8Array): Comparison {
  return new Comparison(exact, { fill: (bytes) => bytes.set(secret) });
}

/** The body of a scanning thread. Waits, blocking it, for slots to be released. */
export function scanBlocks(data: BlockThreadData, tell: (answer: BlockAnswer) => void): void {
  const { text, exact, secret, first, step, slots, released } = data;
  const [slot] = slots;
  if (slot === undefined) return;
  const scanner = new BlockScanner(text, comparisonOf(exact, secret));
  for (let block = first, turn = 0; block < blockCount(text); block += step, turn++) {
    for (
      let free = Atomics.load(released, 0);
      turn - free >= slots.length;
      free = Atomics.load(released, 0)
    ) {
      Atomics.wait(released, 0, free);
    }
    const answer = scanOne(scanner, block, slots[turn % slots.length] ?? slot);
    tell(answer);
    if ('fault' in answer) return;
  }
}

/** One block, with its fault as data: an error loses its class between threads. */
export function scanOne(scanner: BlockScanner, block: number, arrays: BlockArrays): BlockAnswer {
  try {
    return { block, scanned: scanner.scan(block, arrays) };
  } catch (error) {
    if (error instanceof BlockFault) return { block, fault: error.message, line: error.line };
    if (isKeywrightError(error)) return { block, fault: error.message, line: undefined };
    throw error;
  }
}
