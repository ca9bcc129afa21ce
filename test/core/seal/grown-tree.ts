import { expect } from 'vitest';
import type { HashTree } from '../../../src/core/seal/hash-tree.js';
import { LeafTree, placeInBlocks } from '../../../src/core/seal/leaf-tree.js';
import { type LeafHasher, leafHash, rootByPath } from '../../../src/core/seal/merkle.js';
import { auditPath, treeHash } from './textbook-tree.js';

/** The data of so many leaves, each another. */
export const leavesOf = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, index) => Buffer.from(`row ${index}`));

/** A tree of ours over the data of leaves, and the way to each of them. */
export function grow(leaves: readonly Uint8Array[], hash?: LeafHasher) {
  const blocks: HashTree[] = [];
  const tree = new LeafTree((block) => blocks.push(block), hash);
  for (const leaf of leaves) {
    const message = tree.message(leaf.length + 1);
    message[0] = 0;
    message.set(leaf, 1);
    tree.append(leaf.length + 1);
  }
  const over = tree.finish();
  const path = (index: number) => {
    const { block, place } = placeInBlocks(index);
    return [...(blocks[block]?.path(place) ?? []), ...over.path(block)];
  };
  return { root: over.root, path, size: tree.size };
}

/** Expects of a tree over so many leaves the root of the textbook, and its path of the leaf at `index`, which proves it. */
export function expectTextbook(size: number, index: number, hash?: LeafHasher): void {
  const leaves = leavesOf(size);
  const tree = grow(leaves, hash);
  const path = tree.path(index);
  expect(tree.root).toEqual(treeHash(leaves));
  expect(path).toEqual(auditPath(index, leaves));
  expect(rootByPath(leafHash(leaves[index] ?? new Uint8Array()), index, size, path)).toEqual(tree.root);
}
