import { sha256 } from '../sign/sha256.js';

/*
 * The Merkle tree of RFC 6962 section 2.1 over hashes of leaves, each of 32 bytes:
 *
 *          root
 *         /    \
 *       k       l          a node is the hash of 01 and its two children; one that is left over
 *      / \     / \         at the right goes up as it is
 *     a   b   c   d        a leaf is the hash of 00 and its data
 */

/** Writes the SHA-256 of a message at `at` of `into`. */
export type LeafHasher = (message: Uint8Array, into: Uint8Array, at: number) => void;

/** Core's own. */
export const ownSha256: LeafHasher = (message, into, at) => into.set(sha256(message), at);

/** The bytes of a hash. */
export const HASH_LENGTH = 32;
/** The first byte of a leaf. */
export const LEAF_MARK = 0x00;
/** The first byte of a node. */
export const NODE_MARK = 0x01;

/** The hash of a leaf: as its first byte is another than a node's, no data of a leaf passes for a node. */
export function leafHash(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(1 + data.length);
  message[0] = LEAF_MARK;
  message.set(data, 1);
  return sha256(message);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + left.length + right.length);
  message[0] = NODE_MARK;
  message.set(left, 1);
  message.set(right, 1 + left.length);
  return sha256(message);
}

/**
 * The root of a tree of `size` leaves in which `leaf` stands at `index` (from 0) and `path` are the hashes beside its way,
 * from its sibling up; undefined where no such way is (RFC 9162 section 2.1.3.2). Numbers are divided, not shifted: an index
 * may take 53 bits.
 */
export function rootByPath(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index >= size || leaf.length !== HASH_LENGTH) return undefined;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const beside of path) {
    if (last === 0 || beside.length !== HASH_LENGTH) return undefined;
    // The last of its level, without a sibling, goes up as it is until it has one.
    while (at === last && at % 2 === 0) [at, last] = [at / 2, last / 2];
    hash = at % 2 === 1 ? nodeHash(beside, hash) : nodeHash(hash, beside);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : undefined;
}
