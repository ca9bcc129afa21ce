import { HASH_LENGTH, type LeafHasher, NODE_MARK, ownSha256 } from './merkle.js';

/** The Merkle tree over hashes that lie one behind the other, with all its levels: its root, and the way to each hash. */
export class HashTree {
  /** The hashes of each level one behind the other, from those given up to the root. */
  readonly levels: readonly Uint8Array[];

  /** `hashes` are copied: at least one. */
  constructor(hashes: Uint8Array, hash: LeafHasher = ownSha256) {
    let level = hashes.slice();
    const levels = [level];
    while (level.length > HASH_LENGTH) {
      level = nextLevel(level, hash);
      levels.push(level);
    }
    this.levels = levels;
  }

  get root(): Uint8Array {
    return this.levels.at(-1) ?? new Uint8Array();
  }

  /** The hashes beside the way from the hash at `index` to the root, from its sibling up. */
  path(index: number): readonly Uint8Array[] {
    let at = index;
    return this.levels.flatMap((level) => {
      const beside = (at % 2 === 0 ? at + 1 : at - 1) * HASH_LENGTH;
      at = Math.floor(at / 2);
      return beside < level.length ? [level.subarray(beside, beside + HASH_LENGTH)] : [];
    });
  }
}

/** The nodes over a level; one that is left over goes up as it is. */
function nextLevel(level: Uint8Array, hash: LeafHasher): Uint8Array<ArrayBuffer> {
  const count = Math.ceil(level.length / HASH_LENGTH / 2);
  const nodes = new Uint8Array(count * HASH_LENGTH);
  const message = new Uint8Array(1 + 2 * HASH_LENGTH);
  message[0] = NODE_MARK;
  for (let node = 0; node < count; node++) {
    const [left, end] = [2 * node * HASH_LENGTH, 2 * (node + 1) * HASH_LENGTH];
    if (end > level.length) {
      nodes.set(level.subarray(left), node * HASH_LENGTH);
    } else {
      message.set(level.subarray(left, end), 1);
      hash(message, nodes, node * HASH_LENGTH);
    }
  }
  return nodes;
}
