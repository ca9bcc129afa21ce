import { KeyComparer } from '../../../core/dedupe/key-comparer.js';
import { isKeywrightError } from '../../../core/errors.js';
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
  /** How many blocks it delivered, and how many of them may be overwritten: one word each, shared. */
  readonly delivered: Int32Array;
  readonly released: Int32Array;
}

/** One block, or what is wrong with it. */
export type BlockAnswer =
  | { readonly block: number; readonly scanned: ScannedBlock }
  | { readonly block: number; readonly fault: string; readonly line: number | undefined };

/** A comparison whose hash has this secret: the same in every thread. */
export function comparisonOf(exact: boolean, secret: Uint8Array): KeyComparer {
  return new KeyComparer(exact, { fill: (bytes) => bytes.set(secret) });
}

/** The body of a scanning thread. Waits, blocking it, for slots to be released. */
export function scanBlocks(data: BlockThreadData, tell: (answer: BlockAnswer) => void): void {
  const { text, exact, secret, first, step, slots, delivered, released } = data;
  const scanner = new BlockScanner(text, comparisonOf(exact, secret));
  for (let block = first, turn = 0; block < blockCount(text); block += step, turn++) {
    waitFor(released, turn - slots.length + 1);
    const arrays = slots[turn % slots.length];
    if (arrays === undefined) return;
    const answer = scanOne(scanner, block, arrays);
    tell(answer);
    // Whoever looks keys up waits for this block until it is ended.
    if ('fault' in answer) return;
    arrays.head[0] = answer.scanned.count;
    arrays.head[1] = answer.scanned.offset;
    raise(delivered);
  }
}

/** Waits, blocking this thread, until a shared counter is `least` or more. */
export function waitFor(counter: Int32Array, least: number): void {
  for (let count = Atomics.load(counter, 0); count < least; count = Atomics.load(counter, 0)) {
    Atomics.wait(counter, 0, count);
  }
}

/** Adds 1 to a shared counter, and wakes who waits for it. */
export function raise(counter: Int32Array): void {
  Atomics.add(counter, 0, 1);
  Atomics.notify(counter, 0);
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
