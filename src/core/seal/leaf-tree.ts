import { HashTree } from './hash-tree.js';
import { HASH_LENGTH, type LeafHasher, ownSha256 } from './merkle.js';

/** The leaves of a block: a subtree of its own, as their number is a power of two. */
const BLOCK_LEAVES = 4096;

/**
 * The tree over any number of leaves, appended in their order, of which only the roots of blocks are kept: 80 kB for ten
 * million leaves. The way from a leaf to the root is its way in the tree of its block, which `visit` is given with the
 * block's number as soon as it is whole, and then the way of that block in the tree that `finish` returns.
 */
export class LeafTree {
  readonly #visit: (block: HashTree, number: number) => void;
  readonly #hash: LeafHasher;
  readonly #block = new Uint8Array(BLOCK_LEAVES * HASH_LENGTH);
  #message = new Uint8Array(256);
  readonly #roots: Uint8Array[] = [];
  #inBlock = 0;
  #size = 0;

  constructor(visit: (block: HashTree, number: number) => void = () => {}, hash: LeafHasher = ownSha256) {
    this.#visit = visit;
    this.#hash = hash;
  }

  /** How many leaves there are. */
  get size(): number {
    return this.#size;
  }

  /** Where the message of the next leaf, of up to `length` bytes, is written: the byte 00 and its data. */
  message(length: number): Uint8Array {
    if (this.#message.length < length) this.#message = new Uint8Array(2 * length);
    return this.#message;
  }

  /** Appends the leaf whose message was written, of `length` bytes. */
  append(length: number): void {
    this.#hash(this.#message.subarray(0, length), this.#block, this.#inBlock * HASH_LENGTH);
    this.#size += 1;
    if (++this.#inBlock === BLOCK_LEAVES) this.#endBlock();
  }

  /** The hash of the leaf that was appended last. */
  get lastHash(): Uint8Array {
    const end = (this.#inBlock || BLOCK_LEAVES) * HASH_LENGTH;
    return this.#block.subarray(end - HASH_LENGTH, end);
  }

  /** Ends the last block. The tree over the roots of all blocks, whose root is that of all leaves. */
  finish(): HashTree {
    if (this.#inBlock > 0 || this.#roots.length === 0) this.#endBlock();
    const roots = new Uint8Array(this.#roots.length * HASH_LENGTH);
    for (const [index, root] of this.#roots.entries()) roots.set(root, index * HASH_LENGTH);
    return new HashTree(roots, this.#hash);
  }

  #endBlock(): void {
    const tree = new HashTree(this.#block.subarray(0, this.#inBlock * HASH_LENGTH), this.#hash);
    this.#visit(tree, this.#roots.length);
    this.#roots.push(tree.root);
    this.#inBlock = 0;
  }
}

/** Where a leaf stands: the number of its block, and its place in it. */
export function placeInBlocks(index: number): { readonly block: number; readonly place: number } {
  return { block: Math.floor(index / BLOCK_LEAVES), place: index % BLOCK_LEAVES };
}
