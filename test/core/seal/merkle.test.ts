import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashTree } from '../../../src/core/seal/hash-tree.js';
import { leafHash, rootByPath } from '../../../src/core/seal/merkle.js';
import { nativeSha256 } from '../../../src/node/seal/leaf-rows.js';
import { bytesOf, hasVectors, NEEDS, readVectors, vectorPath } from '../../vectors/vector-files.js';
import { expectTextbook, grow, leavesOf } from './grown-tree.js';
import { auditPath, treeHash } from './textbook-tree.js';

/** Texts are held against each other in less time than bytes. */
const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');
const base64 = (text: string | null) => Uint8Array.from(Buffer.from(text ?? '', 'base64'));

interface Inclusion {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly desc: string;
  readonly wantErr: boolean;
}

const { hashes: reference } = readVectors<{
  readonly hashes: {
    readonly reference_leaves_hex: readonly string[];
    readonly roots_prefix_by_size: readonly string[];
  };
}>('note/examples.json', { hashes: { reference_leaves_hex: [], roots_prefix_by_size: [] } });
const referenceLeaves = () => reference.reference_leaves_hex.map(bytesOf);

const files = hasVectors
  ? readdirSync(vectorPath('merkle/inclusion'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    )
  : [];

describe.skipIf(!hasVectors)(`inclusion proofs (transparency-dev/merkle)${NEEDS}`, () => {
  it.each(files)('%s', (name) => {
    const { leafIdx, treeSize, root, leafHash, proof, wantErr } = readVectors<Inclusion>(
      `merkle/inclusion/${name}`,
      { leafIdx: 0, treeSize: 0, root: '', leafHash: '', proof: [], desc: '', wantErr: true },
    );
    const found = rootByPath(base64(leafHash), leafIdx, treeSize, (proof ?? []).map(base64));
    const isRoot = found !== undefined && Buffer.compare(found, base64(root)) === 0;
    expect(isRoot).toBe(!wantErr);
  });

  it('are all there, good ones among them', () => {
    expect(files.length).toBeGreaterThan(90);
  });

  it('agree with the reference leaves and roots of RFC 6962', () => {
    for (const [index, prefix] of reference.roots_prefix_by_size.entries()) {
      const { root } = grow(referenceLeaves().slice(0, index + 1));
      expect(Buffer.from(root).toString('hex').slice(0, 8)).toBe(prefix);
    }
    expect(reference.roots_prefix_by_size).toHaveLength(8);
  });
});

interface Consistency {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly wantErr: boolean;
}

// Proofs that a log has grown by leaves at its end prove nothing of a seal, which never grows: their trees are ours.
describe.skipIf(!hasVectors)(
  `trees that consistency proofs hold for (transparency-dev/merkle)${NEEDS}`,
  () => {
    it.each([0, 1, 2, 3, 4])('%i/happy-path.json', (number) => {
      const { size1, size2, root1, root2, wantErr } = readVectors<Consistency>(
        `merkle/consistency/${number}/happy-path.json`,
        { size1: 0, size2: 0, root1: '', root2: '', wantErr: true },
      );
      expect(wantErr).toBe(false);
      expect(grow(referenceLeaves().slice(0, size1)).root).toEqual(base64(root1));
      expect(grow(referenceLeaves().slice(0, size2)).root).toEqual(base64(root2));
    });
  },
);

describe('a tree', () => {
  it('has the root and the paths of the textbook, for every size up to 130', () => {
    for (let size = 1; size <= 130; size++) {
      const leaves = leavesOf(size);
      const tree = grow(leaves);
      expect(tree.root).toEqual(treeHash(leaves));
      for (const [index, leaf] of leaves.entries())
        expect(hex(rootByPath(leafHash(leaf), index, size, tree.path(index)))).toBe(hex(tree.root));
      for (const index of [0, 1, size >> 1, size - 2, size - 1].filter((at) => at >= 0 && at < size))
        expect(tree.path(index).map(hex)).toEqual(auditPath(index, leaves).map(hex));
    }
  });

  it.each([4096, 4097, 8193])('of %i leaves, around the ends of its blocks, has them too', (size) => {
    const leaves = leavesOf(size);
    const tree = grow(leaves);
    expect(tree.root).toEqual(treeHash(leaves));
    for (const index of [0, 4095, 4096, size - 1].filter((at) => at < size)) {
      expect(tree.path(index)).toEqual(auditPath(index, leaves));
    }
  });

  it('of any number of leaves has them, hashed by node:crypto', () => {
    fc.assert(
      fc.property(fc.integer({ min: 131, max: 40_000 }), fc.nat(), (size, at) =>
        expectTextbook(size, at % size, nativeSha256),
      ),
      { numRuns: 4 },
    );
  });

  it('accepts a leaf by its own path, place and size alone', () => {
    const sizes = fc.integer({ min: 1, max: 1500 });
    const trial = sizes.chain((size) =>
      fc.tuple(fc.constant(size), fc.nat(size - 1), fc.nat(size), fc.nat(300)),
    );
    fc.assert(
      fc.property(trial, ([size, index, otherIndex, change]) => {
        const leaves = leavesOf(size);
        const { root, path } = grow(leaves);
        const [hash, way] = [leafHash(leaves[index] ?? new Uint8Array()), path(index)];
        const found = (at: number, of: number, by: readonly Uint8Array[]) => rootByPath(hash, at, of, by);
        expect(found(index, size, way)).toEqual(root);
        if (otherIndex !== index) expect(found(otherIndex, size, way)).not.toEqual(root);
        expect(found(index, size, [...way, hash])).not.toEqual(root);
        expect(found(index, size, way.slice(0, -1))).not.toEqual(way.length > 0 ? root : undefined);
        if (way.length === 0) return;
        const changed = way.map((each) => each.slice());
        const at = change % changed.length;
        changed[at] = changed[at]?.map((byte, place) => (place === change % 32 ? byte ^ 1 : byte)) ?? hash;
        expect(found(index, size, changed)).not.toEqual(root);
        const turned = way.toReversed();
        if (String(turned) !== String(way)) expect(found(index, size, turned)).not.toEqual(root);
      }),
      { numRuns: 40 },
    );
  });

  it('counts places beyond 2³²', () => {
    const [leaf, hashes] = [
      leafHash(new Uint8Array(1)),
      Array.from({ length: 50 }, (_, n) => new Uint8Array(32).fill(n)),
    ];
    const index = 2 ** 49 + 5;
    const root = rootByPath(leaf, index, 2 ** 50, hashes);
    expect(root).toBeDefined();
    expect(rootByPath(leaf, 5, 2 ** 50, hashes)).not.toEqual(root);
    expect(rootByPath(leaf, index, 2 ** 50, hashes.slice(1))).toBeUndefined();
    expect(rootByPath(leaf, 2 ** 50, 2 ** 50, hashes)).toBeUndefined();
  });

  it('does not take a node for a leaf', () => {
    const leaves = leavesOf(4);
    const { root } = grow(leaves);
    const [a, b, c, d] = leaves.map(leafHash);
    if (!a || !b || !c || !d) throw new Error('four leaves');
    const right = new HashTree(Buffer.concat([c, d])).root;
    const left = new HashTree(Buffer.concat([a, b])).root;
    expect(rootByPath(left, 0, 2, [right])).toEqual(root);
    expect(rootByPath(leafHash(Buffer.concat([a, b])), 0, 2, [right])).not.toEqual(root);
  });
});
